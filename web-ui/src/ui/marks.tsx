// Standing and karma: a shape, a word and a colour, so that no one of them is needed.
import type { ServerRow } from '../api/types.ts';
import { text } from '../state/locale.ts';
import { Icon } from './icon.tsx';

const standingIcons = { endorsed: 'shield', new: 'ring', denied: 'barred' } as const;
const karmaIcons = { green: 'up', yellow: 'diamond', red: 'down' } as const;

export const Standing = ({ standing }: { standing: ServerRow['standing'] }) => (
  <span class={`mark ${standing}`}>
    <Icon name={standingIcons[standing]} />
    {text.value.servers.standings[standing]}
  </span>
);

export const Karma = ({ karma }: { karma: ServerRow['karma'] }) => (
  <span class={`mark karma-${karma.tier}`} title={karma.value.toFixed(2)}>
    <Icon name={karmaIcons[karma.tier]} filled />
    {text.value.servers.karma[karma.tier]}
  </span>
);
