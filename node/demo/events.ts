// What the demo tells of itself: lines for people, or with `--json` one document a line.
import type { Sighting } from './sightings.ts';

export type DemoNode = {
  /** `entry`, `server-1`, `player-1`. */
  readonly name: string;
  readonly peerId: string;
  readonly http: string;
  readonly dataDir: string;
  readonly pid: number;
  /** Multiaddrs; a player listens nowhere and has none. */
  readonly addresses: readonly string[];
};

/** By name of the node. */
type OfNodes<Value> = Readonly<Record<string, Value>>;

export type AttackEvent =
  /** A maintainer is about to make a key and to sign the list. */
  | { readonly event: 'defence' }
  /** These nodes trust the maintainer now. */
  | { readonly event: 'trusted'; readonly by: readonly string[]; readonly name: string }
  | {
      /** A statement is in force on every node. */
      readonly event: 'adopted';
      readonly kind: 'checkpoint' | 'rollback';
      readonly sequence: number;
      readonly commit: string;
      /** From the moment the command that signs it was started. */
      readonly tookMs: OfNodes<number>;
    }
  | { readonly event: 'attack'; readonly bots: number; readonly fakes: number; readonly network: string }
  | {
      readonly event: 'flooded';
      /** The player that sees it. */
      readonly by: string;
      readonly servers: number;
      readonly fakes: number;
      readonly tookMs: number;
    }
  /** The maintainer is about to. */
  | { readonly event: 'rollingBack'; readonly to: string }
  /** Fakes left. */
  | { readonly event: 'healed'; readonly fakes: OfNodes<number> }
  | {
      readonly event: 'returned';
      readonly by: string;
      readonly id: string;
      readonly name: string;
      readonly standing: string;
    }
  /** How many of the fakes that came again each node refused that they were sent to. */
  | { readonly event: 'refused'; readonly fakes: number; readonly refused: OfNodes<number> }
  | {
      readonly event: 'recovered';
      readonly servers: number;
      readonly tree: string;
      readonly trees: OfNodes<string>;
    };

export type DemoEvent =
  | AttackEvent
  | { readonly event: 'starting'; readonly nodes: number; readonly folder: string }
  | ({ readonly event: 'ready' } & DemoNode)
  | { readonly event: 'connected'; readonly nodes: number; readonly tookMs: number }
  | {
      readonly event: 'announced';
      readonly by: string;
      readonly server: string;
      readonly game: string;
      readonly name: string;
    }
  | {
      readonly event: 'converged';
      readonly servers: number;
      readonly tree: string;
      /** Of each node. */
      readonly trees: Readonly<Record<string, string>>;
      /** From asking a node to announce until both players had heard. */
      readonly spread: { readonly medianMs: number; readonly maxMs: number };
    }
  | ({
      readonly event: 'seen';
      /** The player that saw it. */
      readonly by: string;
      /** For what was announced: how long it took to get there. */
      readonly tookMs?: number;
    } & Sighting)
  | { readonly event: 'stopping' }
  | { readonly event: 'stopped' };

export type Tell = (event: DemoEvent) => void;
