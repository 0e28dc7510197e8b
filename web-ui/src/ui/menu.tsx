// A button with a panel below it. Closed by Escape, by what was chosen in it, and by clicking elsewhere.
import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';

export type MenuProps = {
  readonly label: string;
  readonly button: ComponentChildren;
  /** Without a border. */
  readonly quiet?: boolean;
  readonly children: ComponentChildren;
};

export function Menu({ label, button, quiet = false, children }: MenuProps) {
  const menu = useRef<HTMLDetailsElement>(null);
  useEffect(() => {
    const elsewhere = ({ target }: Event) => {
      if (menu.current?.open && !menu.current.contains(target as Node)) menu.current.open = false;
    };
    document.addEventListener('pointerdown', elsewhere);
    return () => document.removeEventListener('pointerdown', elsewhere);
  }, []);
  const close = () => {
    if (!menu.current?.open) return;
    menu.current.open = false;
    menu.current.querySelector('summary')?.focus();
  };
  const closeByKey = (event: KeyboardEvent) => {
    if (event.key !== 'Escape' || !menu.current?.open) return;
    event.stopPropagation();
    close();
  };
  const chosen = ({ target }: Event) => {
    if ((target as Element).closest('.menu-panel button')) close();
  };
  return (
    <details class="menu" ref={menu} onKeyDown={closeByKey} onClick={chosen}>
      <summary aria-label={label} title={label} class={quiet ? 'button quiet' : 'button'}>
        {button}
      </summary>
      <div class="menu-panel">{children}</div>
    </details>
  );
}
