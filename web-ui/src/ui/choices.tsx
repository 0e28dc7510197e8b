// Rows of buttons: one of several is chosen, or any of several.
import type { ComponentChildren } from 'preact';
import { Icon } from './icon.tsx';

type Choices<Name extends string> = {
  readonly title: string;
  readonly names: readonly Name[];
  readonly label: (name: Name) => ComponentChildren;
};

type One<Name extends string> = Choices<Name> & { readonly chosen: Name; readonly onChoose: (name: Name) => void };

export const Segments = <Name extends string>({ title, names, label, chosen, onChoose }: One<Name>) => (
  <fieldset class="segments">
    <legend class="visually-hidden">{title}</legend>
    {names.map(name => (
      <button key={name} type="button" aria-pressed={chosen === name} onClick={() => onChoose(name)}>
        {label(name)}
      </button>
    ))}
  </fieldset>
);

type Any<Name extends string> = Choices<Name> & {
  readonly chosen: readonly Name[];
  readonly onChoose: (names: Name[]) => void;
};

export const Chips = <Name extends string>({ title, names, label, chosen, onChoose }: Any<Name>) => (
  <fieldset class="chips">
    <legend>{title}</legend>
    {names.map(name => {
      const pressed = chosen.includes(name);
      const others = chosen.filter(other => other !== name);
      return (
        <button
          key={name}
          type="button"
          aria-pressed={pressed}
          onClick={() => onChoose(pressed ? others : [...others, name])}
        >
          {pressed && <Icon name="check" />}
          {label(name)}
        </button>
      );
    })}
  </fieldset>
);
