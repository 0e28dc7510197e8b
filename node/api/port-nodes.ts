// Announcers and other nodes as the viewer shows them: in a table, one by one, and as a graph.
import type { ServerRow } from './port.ts';

/** `filter`: a part of the peer id or of a game, whatever the case. `sort`: a field; with `-` before it the largest first. */
export type AnnouncersQuery = { sort?: string; limit?: number; offset?: number; filter?: string };

/** Somebody who has servers on the list now. */
export type AnnouncerRow = {
  announcer: string;
  servers: number;
  /** How many of them the statement in force lists. */
  endorsed: number;
  /** Seen on them, as far as what was seen is believed. */
  players: number;
  karma: ServerRow['karma'];
  connected: boolean;
  /** Since when the oldest of them has been listed. */
  since: number | null;
  /** At most 10, those with most servers first. */
  games: string[];
};

export type AnnouncersPage = { total: number; announcers: AnnouncerRow[] };

export type AnnouncerDetail = AnnouncerRow & {
  /** Days of UTC, the oldest first, today last. */
  days: { from: number; joined: number[]; left: number[]; changed: number[] };
  /** Pairs of announcements of one server with one time: hashes of the blobs. */
  equivocations: { atMs: number; kept: string; dropped: string }[];
};

export type NodesGraphQuery = { limit?: number };

/** `rater`: neither connected nor on the list, but its opinions are held. */
export type GraphNode = {
  peer: string;
  kind: 'self' | 'peer' | 'announcer' | 'rater';
  servers: number;
  karma: ServerRow['karma'];
};

/** `connected`: to this node, value 1. `vouches` and `warns`: what `a` says of `b`, from −1 to 1. */
export type GraphLink = { a: string; b: string; kind: 'connected' | 'vouches' | 'warns'; value: number };

export type NodesGraph = { nodes: GraphNode[]; links: GraphLink[] };
