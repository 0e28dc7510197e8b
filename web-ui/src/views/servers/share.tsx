// How to get to a server, and how to show it to others: address, link, QR code, a snippet for a page.
import { useSignal } from '@preact/signals';
import type { ServerRow } from '../../api/types.ts';
import { embedOf } from '../../lib/embed.ts';
import { shown as printed } from '../../lib/format.ts';
import { joinLink } from '../../lib/join.ts';
import { text } from '../../state/locale.ts';
import { Copy, Copyable } from '../../ui/copy.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Icon } from '../../ui/icon.tsx';
import { Qr } from './qr.tsx';

export function Share({ row }: { row: ServerRow }) {
  const words = text.value.servers.detail;
  const open = useSignal<'qr' | 'embed' | null>(null);
  const join = joinLink(row.game, row.addresses[0]);
  const permalink = `${location.origin}/servers/${row.id}`;
  const close = () => {
    open.value = null;
  };
  return (
    <section class="share">
      {row.addresses.map(address => (
        <Copyable key={address} what={words.address} value={printed(address)} />
      ))}
      <div class="share-buttons">
        {join && (
          <a class="button primary" href={join} data-external>
            <Icon name="play" filled /> {words.join}
          </a>
        )}
        <Copy what={words.permalink} value={permalink} label={words.share} />
        <button type="button" class="quiet" onClick={() => (open.value = 'qr')}>
          {words.qr}
        </button>
        <button type="button" class="quiet" onClick={() => (open.value = 'embed')}>
          {words.embed}
        </button>
      </div>
      {open.value === 'qr' && (
        <Dialog title={words.qr} onClose={close}>
          <Qr value={join ?? row.addresses[0] ?? permalink} />
        </Dialog>
      )}
      {open.value === 'embed' && (
        <Dialog title={words.embed} onClose={close}>
          <p class="note">{words.embedHint}</p>
          {Object.entries(embedOf({ name: printed(row.name), address: row.addresses[0] ?? '', href: permalink })).map(
            ([format, snippet]) => (
              <div key={format} class="command">
                <h3>{format}</h3>
                <Copyable what={format} value={snippet} />
              </div>
            ),
          )}
        </Dialog>
      )}
    </section>
  );
}
