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

export type DemoEvent =
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
