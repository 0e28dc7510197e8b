// What is shown, as a file.
import { csvOf, ndjsonOf } from '../../lib/export.ts';
import { text } from '../../state/locale.ts';
import { shown } from '../../state/servers.ts';
import { Icon } from '../../ui/icon.tsx';
import { Menu } from '../../ui/menu.tsx';

export function Export() {
  const { servers } = text.value;
  return (
    <Menu
      label={servers.export}
      button={
        <>
          <Icon name="download" /> <span class="button-words">{servers.export}</span>
        </>
      }
    >
      <p class="note">{servers.exportHint}</p>
      <button type="button" onClick={() => save('servers.csv', 'text/csv', csvOf(shown.peek()))}>
        {servers.csv}
      </button>
      <button type="button" onClick={() => save('servers.ndjson', 'application/x-ndjson', ndjsonOf(shown.peek()))}>
        {servers.ndjson}
      </button>
    </Menu>
  );
}

function save(name: string, type: string, body: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([body], { type }));
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}
