// Who gets a place when a quota is full. The answer depends on who asks, never on who came first: members are placed in
// the order of their ids, each where every group it belongs to (its announcer, its networks, the list) still has room.
// Members without a place wait; since those who wait count nowhere, two nodes that exchange their placed members agree.

import { Crowd } from './crowd.ts';

/** The groups that a member counts in, each with the places it has. */
export type Groups = ReadonlyMap<string, number>;

/** A member whose place was given or taken. */
export type Flip = { readonly id: string; readonly placed: boolean };

type Member = { readonly id: string; readonly groups: readonly Group[]; placed: boolean };

type Group = {
  readonly name: string;
  readonly limit: number;
  readonly members: Crowd<Member>;
  /** Only while members outnumber places: ids of those with and without a place, ascending. */
  order: { placed: string[]; waiting: string[] } | undefined;
};

export class Places {
  readonly #members = new Map<string, Member>();
  readonly #groups = new Map<string, Group>();
  readonly #waiting = new Set<Member>();
  readonly #waitingMax: number;

  constructor(waitingMax: number) {
    this.#waitingMax = waitingMax;
  }

  has(id: string): boolean {
    return this.#members.has(id);
  }

  placed(id: string): boolean {
    return this.#members.get(id)?.placed ?? false;
  }

  get waiting(): number {
    return this.#waiting.size;
  }

  /**
   * Puts a member in, or moves it to other groups. Gives every place that changed, the member's own included, and the
   * ids that were dropped because too many wait.
   */
  put(id: string, groups: Groups): { flips: Flip[]; dropped: string[] } {
    const before = this.placed(id);
    const queue = this.#leave(id);
    const member: Member = { id, groups: [...groups].map(([name, limit]) => this.#group(name, limit)), placed: false };
    this.#members.set(id, member);
    this.#waiting.add(member);
    for (const group of member.groups) join(group, member);
    queue.push(member);
    const flips = this.#settle(queue);
    // Taken out and placed again is no change; taken out and not placed again is one.
    const own = flips.findIndex(flip => flip.id === id);
    if (own >= 0 && before) flips.splice(own, 1);
    else if (own < 0 && before) flips.push({ id, placed: false });
    return { flips, dropped: this.#trim() };
  }

  remove(id: string): Flip[] {
    const before = this.placed(id);
    const flips = this.#settle(this.#leave(id));
    if (before) flips.push({ id, placed: false });
    return flips;
  }

  /** Takes a member out without settling; gives those whose turn may have come. */
  #leave(id: string): Member[] {
    const member = this.#members.get(id);
    if (!member) return [];
    this.#members.delete(id);
    this.#waiting.delete(member);
    const next: Member[] = [];
    for (const group of member.groups) {
      group.members.delete(member);
      if (group.order) {
        remove(member.placed ? group.order.placed : group.order.waiting, id);
        if (member.placed) this.#queueAfter(group, '', next);
        if (group.members.size <= group.limit && group.order.waiting.length === 0) group.order = undefined;
      }
      if (group.members.size === 0) this.#groups.delete(group.name);
    }
    return next;
  }

  #settle(queue: Member[]): Flip[] {
    const flips = new Map<string, Flip>();
    // Ascending, so that whoever is judged finds everyone before it settled.
    queue.sort(descending);
    for (let member = queue.pop(); member; member = queue.pop()) {
      while (queue.at(-1) === member) queue.pop();
      const { id } = member;
      const fits = member.groups.every(group => hasRoom(group, id));
      if (fits === member.placed) {
        // Its place in one group stays free because another is full: the next in line may want it.
        if (!fits) for (const group of member.groups) if (hasRoom(group, id)) this.#queueAfter(group, id, queue);
        continue;
      }
      member.placed = fits;
      if (!flips.delete(id)) flips.set(id, { id, placed: fits });
      if (fits) this.#waiting.delete(member);
      else this.#waiting.add(member);
      for (const group of member.groups) {
        const { order } = group;
        if (!order) continue;
        remove(fits ? order.waiting : order.placed, id);
        insert(fits ? order.placed : order.waiting, id);
        if (!fits) this.#queueAfter(group, id, queue);
        else if (order.placed.length > group.limit) this.#queue(order.placed.at(-1)!, queue);
      }
    }
    return [...flips.values()];
  }

  #queueAfter(group: Group, id: string, queue: Member[]): void {
    const waiting = group.order?.waiting;
    if (!waiting) return;
    let at = countBelow(waiting, id);
    if (waiting[at] === id) at++;
    if (at < waiting.length) this.#queue(waiting[at]!, queue);
  }

  #queue(id: string, queue: Member[]): void {
    const member = this.#members.get(id);
    if (!member || queue.includes(member)) return;
    queue.push(member);
    queue.sort(descending);
  }

  #group(name: string, limit: number): Group {
    const held = this.#groups.get(name);
    if (held) return held;
    const group: Group = { name, limit, members: new Crowd(), order: undefined };
    this.#groups.set(name, group);
    return group;
  }

  /** Those who wait longest go first: they take no part in anything, so forgetting them changes no answer. */
  #trim(): string[] {
    const dropped: string[] = [];
    for (const member of this.#waiting) {
      if (this.#waiting.size <= this.#waitingMax) break;
      this.#leave(member.id);
      dropped.push(member.id);
    }
    return dropped;
  }
}

const hasRoom = (group: Group, id: string): boolean => !group.order || countBelow(group.order.placed, id) < group.limit;

function join(group: Group, member: Member): void {
  group.members.add(member);
  if (group.order) insert(group.order.waiting, member.id);
  else if (group.members.size > group.limit) {
    const ids = (placed: boolean) =>
      [...group.members]
        .filter(m => m.placed === placed)
        .map(m => m.id)
        .sort();
    group.order = { placed: ids(true), waiting: ids(false) };
  }
}

const descending = (a: Member, b: Member): number => (a.id < b.id ? 1 : a.id > b.id ? -1 : 0);

function countBelow(sorted: readonly string[], id: string): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]! < id) low = middle + 1;
    else high = middle;
  }
  return low;
}

function insert(sorted: string[], id: string): void {
  sorted.splice(countBelow(sorted, id), 0, id);
}

function remove(sorted: string[], id: string): void {
  const at = countBelow(sorted, id);
  if (sorted[at] === id) sorted.splice(at, 1);
}
