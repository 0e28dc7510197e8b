// Keys, the language of filters, and what the marks say.
import { text } from '../state/locale.ts';
import { Dialog } from '../ui/dialog.tsx';

export function Help({ onClose }: { onClose: () => void }) {
  const { shell } = text.value;
  return (
    <Dialog title={shell.help} onClose={onClose}>
      <Rows title={shell.keysTitle} rows={shell.keys} tag="kbd" />
      <Rows title={shell.filterTitle} rows={shell.filters} tag="code" />
      <Rows title={shell.marksTitle} rows={shell.marks} tag="strong" />
    </Dialog>
  );
}

type RowsProps = {
  readonly title: string;
  readonly rows: readonly (readonly [string, string])[];
  readonly tag: 'kbd' | 'code' | 'strong';
};

const Rows = ({ title, rows, tag: Tag }: RowsProps) => (
  <section>
    <h3>{title}</h3>
    <dl class="help">
      {rows.map(([what, meaning]) => (
        <div key={what}>
          <dt>
            <Tag>{what}</Tag>
          </dt>
          <dd>{meaning}</dd>
        </div>
      ))}
    </dl>
  </section>
);
