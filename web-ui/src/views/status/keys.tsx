// The maintainers' keys: whom this node takes word from, whether it still does, and what each said last.
import type { KeyJson, StatementJson } from '../../api/types.ts';
import { shown as printed } from '../../lib/format.ts';
import { reasonIn } from '../../lib/reasons.ts';
import { now } from '../../state/clock.ts';
import { formats } from '../../state/locale.ts';
import { Copyable } from '../../ui/copy.tsx';
import { Icon } from '../../ui/icon.tsx';
import { Ago } from '../../ui/time.tsx';
import { Fact } from './fact.tsx';
import { text } from './text.ts';

type KeysProps = { readonly keys: readonly KeyJson[]; readonly statements: readonly StatementJson[] };

export function Keys({ keys, statements }: KeysProps) {
  const words = text.value.keys;
  return (
    <section class="card card-wide">
      <h2>{words.title}</h2>
      {keys.length === 0 ? (
        <>
          <p>{words.none}</p>
          <Copyable what="rollcall keys add" value="rollcall keys add maintainer.asc" />
        </>
      ) : (
        <p class="note">{words.compare}</p>
      )}
      {keys.map(key => (
        <Key
          key={`${key.fingerprint}${key.shipped}`}
          of={key}
          last={statements.find(({ fingerprint }) => fingerprint === key.fingerprint)}
        />
      ))}
    </section>
  );
}

function Key({ of: key, last }: { of: KeyJson; last: StatementJson | undefined }) {
  const { keys: words, kinds, statements } = text.value;
  const { number } = formats.value;
  const good = key.state === 'good';
  const reason = reasonIn(key, words.reasons, formats.value);
  const expired = key.expiresAt !== null && key.expiresAt <= now.value;
  return (
    <article class="key">
      <h3 dir="auto">{key.userIds.map(id => printed(id)).join(', ') || words.noName}</h3>
      <p class={good ? 'mark endorsed' : 'mark denied'}>
        <Icon name={good ? 'shield' : 'barred'} /> {words.states[key.state]}
      </p>
      {!good && (
        <p class="note" lang={reason.lang}>
          {printed(reason.words)}
        </p>
      )}
      <Copyable what={words.theFingerprint} value={grouped(key.fingerprint)} />
      <dl class="facts">
        <Fact name={words.from}>{key.shipped ? words.shipped : words.added}</Fact>
        <Fact name={words.made}>
          <Ago atMs={key.createdAt} />
        </Fact>
        <Fact name={expired ? words.expired : words.expires}>
          {key.expiresAt === null ? words.never : <Ago atMs={key.expiresAt} />}
        </Fact>
        <Fact name={words.revoked}>{key.revoked ? words.yes : words.no}</Fact>
        <Fact name={words.algorithm}>{printed(key.algorithm)}</Fact>
        {key.signingSubkeys.length > 0 && (
          <Fact name={words.subkeys}>
            {key.signingSubkeys.map(fingerprint => (
              <div key={fingerprint}>
                <code>{fingerprint}</code>
              </div>
            ))}
          </Fact>
        )}
        <Fact name={words.lastStatement}>
          {last ? (
            <>
              {words.statement(number(last.sequence), kinds[last.kind], statements.states[last.state])}{' '}
              <span class="dim">
                <Ago atMs={last.atMs} />
              </span>
            </>
          ) : (
            words.noStatement
          )}
        </Fact>
      </dl>
    </article>
  );
}

/** As people read fingerprints to each other. */
const grouped = (fingerprint: string): string => fingerprint.toUpperCase().replace(/(.{4})(?=.)/g, '$1 ');
