// A name from a stranger with all that is not what it seems: marked, and told of in words.
import { inspect, type Piece, scriptsOf } from '../../lib/lookalikes.ts';
import { words } from '../history/words.ts';

/** A text with what is odd in it marked; the words for it stand in `Notes`. */
export const Marked = ({ pieces }: { pieces: readonly Piece[] }) => (
  <bdi class="careful">
    {pieces.map((piece, i) =>
      piece.mark === 'plain' ? (
        piece.text
      ) : (
        <mark key={i} class={`odd ${piece.mark}`} title={noteOf(piece)}>
          {piece.mark === 'foreign' ? piece.text : piece.points.slice(0, pointsShown).join(' ')}
        </mark>
      ),
    )}
  </bdi>
);

/** A name of a thousand marks is told by its first. */
const pointsShown = 6;

function noteOf({ mark, points, text }: Piece): string {
  const { marks } = words.value.diff;
  const told = points.slice(0, pointsShown);
  const more = points.length > pointsShown ? ' …' : '';
  if (mark === 'foreign') {
    const letters = [...text].slice(0, pointsShown);
    return marks.foreign(letters.map((letter, i) => `${letter} ${told[i]}`).join(', ') + more);
  }
  return mark === 'plain' ? '' : marks[mark](told.join(' ') + more);
}

/** What is odd in a text, in words. `twin`: another name that it looks like. */
export function Notes({ text, twin }: { text: string; twin?: string | undefined }) {
  const { diff } = words.value;
  const odd = inspect(text).filter(({ mark }) => mark !== 'plain');
  const notes = [
    ...(twin === undefined ? [] : [diff.looksLike(twin)]),
    ...(odd.some(({ mark }) => mark === 'foreign') ? [diff.mixed(scriptsOf(text).join(', '))] : []),
    ...new Set(odd.map(noteOf)),
  ];
  return notes.length > 0 ? <span class="odd-note">{notes.join('; ')}</span> : null;
}
