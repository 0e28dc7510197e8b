// One commit: who made it, what it says, whether its signature holds, and what it did to the list.
import './commit.css';
import './diff.css';
import type { ComponentChildren } from 'preact';
import type { CommitDetail } from '../../api/types.ts';
import { shown } from '../../lib/format.ts';
import { inspect } from '../../lib/lookalikes.ts';
import { formats } from '../../state/locale.ts';
import { place } from '../../state/place.ts';
import { Copy, Copyable } from '../../ui/copy.tsx';
import { Icon } from '../../ui/icon.tsx';
import { Failed, Loading } from '../../ui/state.tsx';
import { Ago } from '../../ui/time.tsx';
import { Changes } from '../history/changes.tsx';
import { commitAddress, compareAddress, historyAddress } from '../history/moves.ts';
import { Signature } from '../history/signature.tsx';
import { words } from '../history/words.ts';
import { useAsk } from './ask.ts';
import { Marked } from './careful.tsx';
import { Diff, diffSize } from './diff.tsx';
import { Fingerprint } from './fingerprint.tsx';
import { partServers, useParts } from './parts.ts';
import { Raw } from './raw.tsx';
import { Verify } from './verify.tsx';

export function Commit() {
  const revision = place.value.path[1] ?? 'HEAD';
  const { value, error, again } = useAsk<CommitDetail>(`/commits/${encodeURIComponent(revision)}?diff=false`);
  return (
    <div class="page">
      {error && <Failed error={error} onAgain={again} />}
      {!value && !error && <Loading />}
      {value && <Found key={value.oid} commit={value} />}
    </div>
  );
}

function Found({ commit }: { commit: CommitDetail }) {
  const { commit: says, kinds, diff } = words.value;
  const { oid, parents, statement, base, cut } = commit;
  return (
    <article class="commit">
      <header>
        <p class="crumbs">
          <a href={historyAddress({ at: oid })}>
            <Icon name="back" /> {says.inHistory}
          </a>
        </p>
        <h1 dir="auto">{shown(commit.summary) || words.value.history.noSummary}</h1>
        <p class="commit-marks">
          {statement && <span class={`tag ${statement.kind}`}>{`${kinds[statement.kind]} ${statement.sequence}`}</span>}
          {!statement && parents.length > 1 && <span class="tag">{kinds.merge}</span>}
          {commit.signature && <Signature {...commit.signature} />}
          <Changes {...commit} />
        </p>
      </header>
      <Facts commit={commit} />
      <SignatureSection commit={commit} />
      <Message text={commit.message} />
      <div class="diff">
        <p class="note">{base !== null ? diff.since(base.slice(0, 10)) : cut ? diff.sinceCut : diff.sinceEmpty}</p>
        <WhatChanged commit={commit} />
      </div>
      <Raw oid={oid} />
      <Commands commit={commit} />
    </article>
  );
}

/** Apart from the rest, and in parts, for it may be the whole list. */
function WhatChanged({ commit: { oid } }: { commit: CommitDetail }) {
  const parts = useParts(oid);
  const { diff: says } = words.value;
  const { number } = formats.value;
  if (parts.value === null) return parts.error ? <Failed error={parts.error} onAgain={parts.more} /> : <Loading />;
  const { diff, told, differing, next } = parts.value;
  return (
    <>
      {differing > told && <p class="note">{says.part(number(told), number(differing))}</p>}
      {(next === null || diffSize(diff) > 0) && <Diff diff={diff} />}
      {parts.error && <Failed error={parts.error} onAgain={parts.more} />}
      {next !== null && (
        <p>
          <button type="button" disabled={parts.asking} onClick={parts.more}>
            {says.next(number(Math.min(partServers, differing - told)))}
          </button>
        </p>
      )}
    </>
  );
}

const Fact = ({ name, children }: { name: string; children: ComponentChildren }) => (
  <div>
    <dt>{name}</dt>
    <dd>{children}</dd>
  </div>
);

function Facts({ commit: { oid, author, atMs, parents, cut, tree, signature } }: { commit: CommitDetail }) {
  const { commit: says, history } = words.value;
  return (
    <dl class="facts">
      <Fact name={history.columns.commit}>
        <code>{oid}</code> <Copy what={history.columns.commit} value={oid} />
      </Fact>
      <Fact name={says.author}>{signature ? <bdi>{shown(author)}</bdi> : <code>{shown(author)}</code>}</Fact>
      <Fact name={says.time}>
        <Ago atMs={atMs} /> <span class="note">{formats.value.utc(atMs)}</span>
      </Fact>
      <Fact name={says.parents}>
        {parents.length === 0 && says.noParents}
        {cut && says.cut(parents.map(parent => parent.slice(0, 10)).join(', '))}
        {(cut ? [] : parents).map(parent => (
          <p key={parent}>
            <a href={commitAddress(parent)}>
              <code>{parent.slice(0, 10)}</code>
            </a>{' '}
            <a class="note" href={compareAddress(parent, oid)}>
              {says.compareWith(parent.slice(0, 10))}
            </a>
          </p>
        ))}
      </Fact>
      <Fact name={says.tree}>
        <code>{tree}</code>
      </Fact>
    </dl>
  );
}

function SignatureSection({ commit: { oid, signature, statement, message } }: { commit: CommitDetail }) {
  const { commit: says } = words.value;
  if (!signature) {
    return (
      <section>
        <h2>{says.signature}</h2>
        <p class="note">{says.unsigned}</p>
      </section>
    );
  }
  const trailers = [...message.matchAll(/^Rollcall-([A-Za-z-]+): (.*)$/gm)].map(([, name, value]) => [name!, value!]);
  return (
    <section>
      <h2>{says.signature}</h2>
      <p class="signature-line">
        <Signature {...signature} /> <span class="note">{says.nodeSays}</span>
      </p>
      <dl class="facts">
        <Fact name={says.signer}>
          <bdi>{shown(signature.name)}</bdi>
        </Fact>
        <Fact name={says.fingerprint}>
          <Fingerprint text={signature.fingerprint} />
        </Fact>
        {statement?.rollbackTo && (
          <Fact name={says.rollbackTo}>
            <a href={commitAddress(statement.rollbackTo)}>
              <code>{statement.rollbackTo.slice(0, 10)}</code>
            </a>
          </Fact>
        )}
      </dl>
      <h3>{says.trailers}</h3>
      <dl class="facts">
        {trailers.map(([name, value]) => (
          <Fact key={name} name={name!}>
            <code>{shown(value!)}</code>
          </Fact>
        ))}
      </dl>
      <Verify oid={oid} />
    </section>
  );
}

/** A commit of a thousand servers has a line for each; the servers stand below in any case. */
const messageMax = 20_000;

function Message({ text }: { text: string }) {
  const { commit: says } = words.value;
  return (
    <section>
      <h2>{says.message}</h2>
      <pre class="message" role="region" tabIndex={0} aria-label={says.message}>
        <Marked pieces={inspect(text, messageMax)} />
      </pre>
    </section>
  );
}

function Commands({ commit: { oid, base, signature } }: { commit: CommitDetail }) {
  const { commands, command } = words.value.commit;
  return (
    <section>
      <h2>{commands}</h2>
      {(
        [
          [command.git, `git show ${oid}`],
          ...(signature ? [[command.verify, `git verify-commit -v ${oid}`] as const] : []),
          ...(base === null ? [] : [[command.diff, `rollcall diff ${base} ${oid}`] as const]),
          [command.api, `curl ${location.origin}/api/v1/commits/${oid}`],
        ] as const
      ).map(([what, value]) => (
        <div key={what} class="command">
          <p class="note">{what}</p>
          <Copyable what={what} value={value} />
        </div>
      ))}
    </section>
  );
}
