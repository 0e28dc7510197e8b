// The raw bytes of a commit as text: what is signed is exactly this.
import { useSignal } from '@preact/signals';
import { ApiError, getBytes } from '../../api/client.ts';
import { inspect } from '../../lib/lookalikes.ts';
import { Failed } from '../../ui/state.tsx';
import { words } from '../history/words.ts';
import { Marked } from './careful.tsx';

/** A commit of 1,000 servers has 150 KB; stock git shows all of it. */
const rawMax = 20_000;

export function Raw({ oid }: { oid: string }) {
  const raw = useSignal<{ text: string } | { error: ApiError } | null>(null);
  const { commit: says } = words.value;
  const load = async () => {
    try {
      raw.value = { text: new TextDecoder().decode(await getBytes(`/commits/${oid}/raw`)) };
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      raw.value = { error };
    }
  };
  return (
    <section>
      <h2>{says.raw}</h2>
      {raw.value === null && (
        <p>
          <button type="button" onClick={load}>
            {says.showRaw}
          </button>
        </p>
      )}
      {raw.value && 'error' in raw.value && <Failed error={raw.value.error} onAgain={load} />}
      {raw.value && 'text' in raw.value && (
        <pre class="message" role="region" tabIndex={0} aria-label={says.raw}>
          <Marked pieces={inspect(raw.value.text, rawMax)} />
        </pre>
      )}
    </section>
  );
}
