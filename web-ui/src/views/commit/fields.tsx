// The fields of one server that changed: what went, what came, and what stayed around it.
import { type FieldChange, fieldChanges } from '../../lib/diff.ts';
import { shown } from '../../lib/format.ts';
import { inspect, lookAlike } from '../../lib/lookalikes.ts';
import { formats } from '../../state/locale.ts';
import { words } from '../history/words.ts';
import { Marked, Notes } from './careful.tsx';

export function Fields({ fields }: { fields: Readonly<Record<string, readonly [unknown, unknown]>> }) {
  const { diff } = words.value;
  return (
    <dl class="fields">
      {fieldChanges(fields).map(field => (
        <div key={field.name}>
          <dt>{diff.fields[field.name] ?? shown(field.name)}</dt>
          <dd>
            <Change field={field} />
          </dd>
        </div>
      ))}
    </dl>
  );
}

function Change({ field }: { field: FieldChange }) {
  const { diff } = words.value;
  const { utc } = formats.value;
  if (field.kind === 'time') {
    return (
      <>
        <del>{utc(field.old)}</del> → <ins>{utc(field.new)}</ins>
      </>
    );
  }
  if (field.kind === 'members') {
    return (
      <span class="members">
        {field.kept.map(member => (
          <span key={member}>{shown(member)}</span>
        ))}
        {field.gone.map(member => (
          <del key={member}>{shown(member)}</del>
        ))}
        {field.come.map(member => (
          <ins key={member}>{shown(member)}</ins>
        ))}
      </span>
    );
  }
  const { before, old, new: now, after } = field.change;
  const [oldText, newText] = [before + old + after, before + now + after];
  return (
    <>
      <span class="was">
        {oldText === '' ? diff.nothing : <Parts before={before} after={after} tag="del" middle={old} />}
      </span>
      {' → '}
      <span class="is">
        {newText === '' ? diff.nothing : <Parts before={before} after={after} tag="ins" middle={now} />}
      </span>
      {lookAlike(oldText, newText) && (
        <>
          <span class="odd-note">{diff.sameLook}</span>
          <Notes text={oldText} />
          <Notes text={newText} />
        </>
      )}
    </>
  );
}

type PartsProps = {
  readonly before: string;
  readonly middle: string;
  readonly after: string;
  readonly tag: 'del' | 'ins';
};

const Parts = ({ before, middle, after, tag: Tag }: PartsProps) => (
  <bdi>
    <Marked pieces={inspect(before)} />
    {middle !== '' && (
      <Tag>
        <Marked pieces={inspect(middle)} />
      </Tag>
    )}
    <Marked pieces={inspect(after)} />
  </bdi>
);
