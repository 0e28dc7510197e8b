// What the node leaves out of the list: how much, why, and a way to see it.
import { page } from '../../state/catalogue.ts';
import { formats, text } from '../../state/locale.ts';
import { view } from '../../state/servers.ts';
import { Icon } from '../../ui/icon.tsx';
import { Menu } from '../../ui/menu.tsx';
import { change } from './moves.ts';

const reasons = ['silent', 'karma', 'duplicate', 'crowd'] as const;

export function Hidden() {
  const { servers } = text.value;
  const { number } = formats.value;
  const { everything } = view.value;
  // Of what is shown with the others the node tells no numbers: there each row says why.
  const hidden = everything ? undefined : page.value?.hidden;
  if (!everything && !hidden?.total) return null;
  const words = hidden ? servers.hiddenCount(number(hidden.total)) : servers.hiddenShown;
  return (
    <div class="hidden-menu">
      <Menu
        quiet
        label={words}
        button={
          <>
            {words} <Icon name="fold" />
          </>
        }
      >
        <p class="note">{servers.hiddenWhy}</p>
        {hidden && (
          <dl class="hidden-reasons">
            {reasons
              .filter(reason => hidden[reason] > 0)
              .map(reason => (
                <div key={reason}>
                  <dt>{servers.hiding[reason]}</dt>
                  <dd class="number">{number(hidden[reason])}</dd>
                </div>
              ))}
          </dl>
        )}
        <ShowHidden />
      </Menu>
    </div>
  );
}

/** The way to what is left out, and back. */
export function ShowHidden() {
  const { servers } = text.value;
  const { everything } = view.value;
  return (
    <button type="button" onClick={() => change({ everything: !everything })}>
      {everything ? servers.hideAgain : servers.showHidden}
    </button>
  );
}
