// Where each commit stands in the graph, and which lines pass it: one walk from the newest to the oldest. Pure.
import type { GraphCommit } from '../api/types.ts';

export type LaneCommit = Pick<GraphCommit, 'oid' | 'parents' | 'kind' | 'rollbackTo'>;

/**
 * What a line says. `own`: this node's list went on. `signed`: to a statement. `back`: from a rollback to the commit whose
 * list it brought back, which is no parent. `fallen`: what the rollback left behind.
 */
export type LineKind = 'own' | 'signed' | 'back' | 'fallen';

/** A line on its way down; an object of its own for each, so that one that passes a row is told from one that begins there. */
export type Line = { readonly kind: LineKind };
export type Bend = readonly [from: number, to: number, kind: LineKind];

/** The upper half of a row has a straight line for each of `before`; the lower half, those also in `after`, and `bends`. */
export type LaneRow = {
  readonly lane: number;
  readonly fallen: boolean;
  readonly before: readonly (Line | null)[];
  readonly after: readonly (Line | null)[];
  /** From the commit to its parents, straight down included, and lines that give way to it. */
  readonly bends: readonly Bend[];
  /** A parent is not here: the statement was made elsewhere, or the rest is not loaded yet. */
  readonly stub: boolean;
};

/** Takes commits newest first, each before its parents. Yields where it may rest, with each commit and each row. */
export function* layOut(commits: readonly LaneCommit[]): Generator<undefined, LaneRow[]> {
  const known = new Map<string, LaneCommit>();
  const backTo = new Set<string>();
  for (const commit of commits) {
    known.set(commit.oid, commit);
    if (commit.rollbackTo !== null) backTo.add(commit.rollbackTo);
    yield;
  }
  /** The one lane in which a commit is waited for. */
  const awaited = new Map<string, number>();
  let lanes: readonly (Line | null)[] = [];
  const rowOf = (commit: LaneCommit): LaneRow => {
    const before = lanes;
    const lane = awaited.get(commit.oid) ?? freeLane(lanes);
    const line = lanes[lane];
    const fallen = line?.kind === 'fallen' && !isBack(commit, backTo);
    awaited.delete(commit.oid);
    const [parent] = commit.parents;
    // Nearly every commit has one parent and goes straight on: little has to be made for it.
    if (commit.kind === 'own' && commit.parents.length === 1 && line && line.kind === (fallen ? 'fallen' : 'own')) {
      if (known.has(parent!) && !awaited.has(parent!)) {
        awaited.set(parent!, lane);
        return { lane, fallen, before, after: before, bends: straightOn(lane, fallen), stub: false };
      }
    }
    const all = waysOf(commit, fallen, known);
    const ways = all.filter(({ to }) => known.has(to));
    const row = { lane, fallen, before, stub: ways.length < all.length };
    const after = [...lanes];
    after[lane] = null;
    const bends = ways.flatMap((way, i) => lead(way, lane, i === 0, after, awaited));
    while (after.at(-1) === null) after.pop();
    lanes = after;
    return { ...row, after, bends };
  };
  const rows: LaneRow[] = [];
  for (const commit of commits) {
    rows.push(rowOf(commit));
    yield;
  }
  return rows;
}

/** The commit whose list a rollback brought back, or the merge that had brought that statement into force: the fall ends. */
const isBack = ({ oid, kind, parents }: LaneCommit, backTo: ReadonlySet<string>): boolean =>
  backTo.has(oid) || (kind === 'merge' && backTo.has(parents[0]!));

type Way = { readonly to: string; readonly kind: LineKind };

/** Where lines go from a commit, the one that goes on in its own lane first. */
function waysOf(
  { parents, kind, rollbackTo }: LaneCommit,
  fallen: boolean,
  known: ReadonlyMap<string, LaneCommit>,
): Way[] {
  const own: LineKind = fallen ? 'fallen' : 'own';
  if (kind === 'own') return parents.map(to => ({ to, kind: own }));
  if (kind !== 'merge') {
    const signed = parents.map((to): Way => ({ to, kind: 'signed' }));
    return rollbackTo === null ? signed : [{ to: rollbackTo, kind: 'back' }, ...signed];
  }
  // A merge has the statement first. A checkpoint vouches for what was there; behind a rollback, the list goes on from it.
  const [statement, ...others] = parents;
  const signed: Way[] = statement === undefined ? [] : [{ to: statement, kind: 'signed' }];
  const back = known.get(statement ?? '')?.rollbackTo ?? null;
  // Where the commit that came back is another node's, it cannot be told from here how far the fall went.
  const rest = others.map((to): Way => ({ to, kind: back !== null && known.has(back) ? 'fallen' : own }));
  return back === null ? [...rest, ...signed] : [...signed, ...rest];
}

/** Draws one way, and changes `after` and `awaited`. `stays`: it goes on in the commit's own lane where it can. */
function lead(
  { to, kind }: Way,
  lane: number,
  stays: boolean,
  after: (Line | null)[],
  awaited: Map<string, number>,
): Bend[] {
  const held = awaited.get(to);
  if (held === undefined) {
    const goal = stays ? lane : freeLane(after);
    after[goal] = { kind };
    awaited.set(to, goal);
    return [[lane, goal, kind]];
  }
  const other = after[held]!;
  // What another way leads to has not fallen.
  const joined = { kind: kind === 'fallen' ? other.kind : kind };
  if (stays && lane < held) {
    // The line further left goes on, and the other one comes over to it.
    after[lane] = joined;
    after[held] = null;
    awaited.set(to, lane);
    return [
      [lane, lane, kind],
      [held, lane, other.kind],
    ];
  }
  if (other.kind === 'fallen') after[held] = joined;
  return other.kind === 'fallen' && joined.kind !== 'fallen'
    ? [
        [lane, held, kind],
        [held, held, other.kind],
      ]
    : [[lane, held, kind]];
}

function freeLane(lanes: readonly (Line | null)[]): number {
  const free = lanes.indexOf(null);
  return free < 0 ? lanes.length : free;
}

/** One array for each lane and kind, made once. */
const straight: Record<'own' | 'fallen', (readonly Bend[])[]> = { own: [], fallen: [] };
function straightOn(lane: number, fallen: boolean): readonly Bend[] {
  const kind = fallen ? 'fallen' : 'own';
  straight[kind][lane] ??= [[lane, lane, kind]];
  return straight[kind][lane];
}
