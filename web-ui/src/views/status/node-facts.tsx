// The node that serves this page, as it sees itself and the list.
import type { Status } from '../../api/types.ts';
import { shown as printed, shortId } from '../../lib/format.ts';
import { beat, catalogue } from '../../state/catalogue.ts';
import { formats } from '../../state/locale.ts';
import { Copy } from '../../ui/copy.tsx';
import { Ago } from '../../ui/time.tsx';
import { Fact } from './fact.tsx';
import { text } from './text.ts';

export function NodeFacts({ status }: { status: Status }) {
  const { node } = text.value;
  const { number } = formats.value;
  const { peerId, role, version, list, startedAt, servers, announced, tree, head, uncommitted } = status;
  const { addresses, http, turnedAway, deny, refused } = status;
  const codes = Object.entries(refused);
  return (
    <section class="card">
      <h2>{node.title}</h2>
      <dl class="facts">
        <Fact name={node.peerId}>
          <span class="with-copy">
            <a href={`/nodes/${peerId}`}>
              <code title={peerId}>{shortId(peerId, 8, 8)}</code>
            </a>
            <Copy what={node.theId} value={peerId} />
          </span>
        </Fact>
        <Fact name={node.role}>{node.roles[role]}</Fact>
        <Fact name={node.version}>{printed(version)}</Fact>
        <Fact name={node.list}>{printed(list)}</Fact>
        <Fact name={node.up}>
          <Ago atMs={startedAt} />
        </Fact>
        <Fact name={node.servers}>{node.serversOf(number(servers), number(announced))}</Fact>
        <Observed />
        <Fact name={node.tree} title={node.treeTitle}>
          <code>{tree}</code>
        </Fact>
        <Fact name={node.head}>{head === null ? node.headNone : <code>{head}</code>}</Fact>
        {uncommitted > 0 && <Fact name={node.uncommitted}>{node.changes(number(uncommitted), uncommitted)}</Fact>}
        {addresses.length > 0 && (
          <Fact name={node.addresses}>
            {addresses.map(address => (
              <div key={address}>
                <code>{printed(address)}</code>
              </div>
            ))}
          </Fact>
        )}
        <Fact name={node.http}>
          <code>{printed(http)}</code>
        </Fact>
        <Fact name={node.turnedAway}>{node.turnedAwayOf(number(turnedAway.karma), number(turnedAway.full))}</Fact>
        <Fact name={node.deny}>{node.denyOf(number(deny.own), number(deny.maintainers))}</Fact>
        <Fact name={node.refused}>
          {codes.length === 0 && node.refusedNone}
          {codes.map(([code, times]) => (
            <div key={code}>
              {number(times)} <code>{printed(code)}</code> <span class="dim">{node.refusals[code]}</span>
            </div>
          ))}
        </Fact>
      </dl>
    </section>
  );
}

/** Of the servers that are shown by default. */
function Observed() {
  const { node } = text.value;
  const { number } = formats.value;
  beat.value;
  let [all, seen, several] = [0, 0, 0];
  for (const { observed } of catalogue.rows()) {
    all++;
    if (observed !== null) seen++;
    if ((observed?.observers ?? 0) > 1) several++;
  }
  return <Fact name={node.seen}>{node.seenOf(number(seen), number(all), number(several))}</Fact>;
}
