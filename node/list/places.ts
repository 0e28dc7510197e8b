// Who gets a place when a quota is full. The answer depends on who asks, never on who came first: members are placed in
// order, the endorsed first and then by id, each where every group it belongs to (its announcer, its networks, the list)
// still has room. Members without a place wait; since those who wait count nowhere, two nodes that exchange their placed
// members agree.
import { isBefore, Ordered, orderOf, type Ranked, ranked } from './ordered.ts';

/** A member whose place was given or taken. */
export type Flip = { readonly id: string; readonly placed: boolean };

type Member = Ranked & { rank: number; order: number; readonly groups: readonly Group[]; placed: boolean };

type Group = {
  readonly name: string;
  limit: number;
  readonly placed: Ordered<Member>;
  /** `nobody` in most groups. */
  waiting: Ordered<Member>;
};

/** Shared by all groups that nobody waits for, so never written to. */
const nobody = new Ordered<Member>();

export type PlacesDeps = {
  /** Places that a group has, by its name. When that changes, `resize` has to be told. */
  readonly limitOf: (group: string) => number;
  /** Members without a place that are remembered. */
  readonly waitingMax: number;
};

export class Places {
  readonly #deps: PlacesDeps;
  readonly #members = new Map<string, Member>();
  readonly #groups = new Map<string, Group>();
  readonly #waiting = new Set<Member>();

  constructor(deps: PlacesDeps) {
    this.#deps = deps;
  }

  placed(id: string): boolean {
    return this.#members.get(id)?.placed ?? false;
  }

  /** Whether somebody has a place, and has it by that rank. */
  isPlaced({ id, rank }: Ranked): boolean {
    const member = this.#members.get(id);
    return member?.placed === true && member.rank === rank;
  }

  rankOf(id: string): number | undefined {
    return this.#members.get(id)?.rank;
  }

  /** How many have a place in a group. */
  sizeOf(group: string): number {
    return this.#groups.get(group)?.placed.size ?? 0;
  }

  get waiting(): number {
    return this.#waiting.size;
  }

  /** All members, with or without a place. May be read while places change: who moves may come up again. */
  ids(): Iterable<string> {
    return this.#members.keys();
  }

  /** Names of all groups that have members; may be read while places change. */
  groups(): Iterable<string> {
    return this.#groups.keys();
  }

  /** A group without room for somebody who stands there in the order: full of others who stand before. */
  fullFor(it: Ranked, groups: Iterable<string>): string | undefined {
    for (const name of groups) {
      const group = this.#groups.get(name);
      if (group && !hasRoom(group, it)) return group.name;
    }
    return undefined;
  }

  /**
   * Puts a member in, or moves it to another rank or other groups. Gives every place that changed, the member's own
   * included, and the ids that were dropped because too many wait.
   */
  put({ id, rank, order }: Ranked, names: readonly string[]): { flips: Flip[]; dropped: string[] } {
    const held = this.#members.get(id);
    // Renewed: nobody's place changes.
    if (held?.placed && held.rank === rank && isIn(held, names)) return { flips: [], dropped: [] };
    const before = held?.placed ?? false;
    const left = held && this.#leave(held);
    const member: Member = { id, rank, order, groups: names.map(name => this.#group(name)), placed: false };
    this.#members.set(id, member);
    if (!held && member.groups.every(isOpen)) {
      member.placed = true;
      for (const group of member.groups) group.placed.add(member);
      return { flips: [{ id, placed: true }], dropped: [] };
    }
    this.#waiting.add(member);
    for (const group of member.groups) wait(group, member);
    const openings = left ?? new Openings();
    openings.add(member);
    const flips = this.#settle(openings);
    // Taken out and placed again is no change; taken out and not placed again is one.
    const own = flips.findIndex(flip => flip.id === id);
    if (own >= 0 && before) flips.splice(own, 1);
    else if (own < 0 && before) flips.push({ id, placed: false });
    return { flips, dropped: this.#trim() };
  }

  /** Moves a member to another rank in the groups that it has. */
  rank(id: string, rank: number): { flips: Flip[]; dropped: string[] } {
    const member = this.#members.get(id);
    if (!member) return { flips: [], dropped: [] };
    const { groups } = member;
    if (groups.some(({ waiting }) => waiting.size > 0)) {
      return this.put(
        ranked(id, rank),
        groups.map(({ name }) => name),
      );
    }
    // Nobody wants another's place: only the order is another.
    for (const { placed } of groups) placed.delete(member);
    member.rank = rank;
    member.order = orderOf(id, rank);
    for (const { placed } of groups) placed.add(member);
    return { flips: [], dropped: [] };
  }

  remove(id: string): Flip[] {
    const member = this.#members.get(id);
    if (!member) return [];
    const flips = this.#settle(this.#leave(member));
    if (member.placed) flips.push({ id, placed: false });
    return flips;
  }

  /**
   * Gives a group the places that it has now; takes away at most so many from it in one go. Undefined when it has them
   * already.
   */
  resize(name: string, takenMax: number): Flip[] | undefined {
    const group = this.#groups.get(name);
    const limit = this.#deps.limitOf(name);
    if (!group || group.limit === limit) return undefined;
    group.limit = Math.max(limit, group.placed.size - takenMax);
    const openings = new Openings();
    if (group.placed.size > group.limit) openings.add(group.placed.last!);
    else openings.after(group, first);
    return this.#settle(openings);
  }

  /** Takes a member out without settling; gives those whose turn may have come. */
  #leave(member: Member): Openings {
    const openings = new Openings();
    this.#members.delete(member.id);
    this.#waiting.delete(member);
    for (const group of member.groups) {
      if (member.placed) group.placed.delete(member);
      else stopWaiting(group, member);
      if (member.placed) openings.behind(group, member);
      if (group.placed.size + group.waiting.size === 0) this.#groups.delete(group.name);
    }
    return openings;
  }

  #settle(openings: Openings): Flip[] {
    const flips = new Map<string, Flip>();
    for (let next = openings.next(); next; next = openings.next()) {
      const { member, opened } = next;
      const { id } = member;
      const fits = member.groups.every(group => hasRoom(group, member));
      if (fits !== member.placed) {
        member.placed = fits;
        if (!flips.delete(id)) flips.set(id, { id, placed: fits });
        if (fits) this.#waiting.delete(member);
        else this.#waiting.add(member);
        for (const group of member.groups) {
          if (fits) {
            stopWaiting(group, member);
            group.placed.add(member);
          } else {
            group.placed.delete(member);
            wait(group, member);
          }
          if (group.placed.size > group.limit) openings.add(group.placed.last!);
          if (!fits) openings.behind(group, member);
        }
      }
      // What it did not take, because another group of its is full or there is more than one: the next in line may want it.
      for (const group of opened) if (hasRoom(group, member)) openings.after(group, member);
    }
    return [...flips.values()];
  }

  #group(name: string): Group {
    const held = this.#groups.get(name);
    if (held) return held;
    const limit = this.#deps.limitOf(name);
    const group: Group = { name, limit, placed: new Ordered(), waiting: nobody };
    this.#groups.set(name, group);
    return group;
  }

  /** Those who wait longest go first: they take no part in anything, so forgetting them changes no answer. */
  #trim(): string[] {
    const dropped: string[] = [];
    for (const member of this.#waiting) {
      if (this.#waiting.size <= this.#deps.waitingMax) break;
      this.#leave(member);
      dropped.push(member.id);
    }
    return dropped;
  }
}

/** Whether these are the groups of a member. */
const isIn = ({ groups }: Member, names: readonly string[]): boolean =>
  groups.length === names.length && groups.every(({ name }, i) => name === names[i]);

/** Nobody wants another's place, and there is one more. */
const isOpen = ({ placed, limit, waiting }: Group): boolean => waiting.size === 0 && placed.size < limit;

function wait(group: Group, member: Member): void {
  if (group.waiting === nobody) group.waiting = new Ordered();
  group.waiting.add(member);
}

function stopWaiting(group: Group, member: Member): void {
  group.waiting.delete(member);
  if (group.waiting.size === 0) group.waiting = nobody;
}

/** Members that are to be judged, in order, so that each finds everyone before it settled. */
class Openings {
  readonly #queue = new Ordered<Member>();
  /** Groups on whose account a member is asked: if it does not take the place there, it is offered to the next. */
  readonly #opened = new Map<Member, Set<Group>>();

  add(member: Member): void {
    this.#queue.add(member);
  }

  /** A place became free where somebody stood: news only to those who found the group full. */
  behind(group: Group, at: Ranked): void {
    if (group.placed.size >= group.limit - 1) this.after(group, at);
  }

  after(group: Group, at: Ranked): void {
    const member = group.waiting.after(at);
    if (!member) return;
    this.#queue.add(member);
    const groups = this.#opened.get(member) ?? new Set<Group>();
    this.#opened.set(member, groups.add(group));
  }

  next(): { readonly member: Member; readonly opened: Iterable<Group> } | undefined {
    const member = this.#queue.shift();
    if (!member) return undefined;
    const opened = this.#opened.get(member) ?? [];
    this.#opened.delete(member);
    return { member, opened };
  }
}

/** Stands before everybody. */
const first = ranked('', -1);

/** Fewer than the limit stand before somebody: the last that fits is none of them. */
function hasRoom({ placed, limit }: Group, it: Ranked): boolean {
  if (placed.size < limit) return true;
  const last = placed.at(limit - 1);
  return last !== undefined && !isBefore(last, it);
}
