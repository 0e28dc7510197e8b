// The contract of every gateway: what a game family's native master server gets from the node, and what it gives back.
import type { Address } from '../base/address.ts';
import type { Monotonic, Ticker } from '../base/time.ts';
import type { Answer } from '../probe/observation.ts';
import type { Asked } from './ask.ts';
import type { Counters } from './counters.ts';
import type { Groups, KeysOf } from './listing.ts';
import type { Registry } from './registry.ts';
import type { Sources } from './sources.ts';

/** A native master protocol that game servers and clients already speak. Each is one folder here, and one line in families.ts. */
export type Family = {
  /** Its section in the configuration, `gateways.<name>`, and the attribute `gateway` of what it announces. Never changes. */
  readonly name: string;
  readonly transport: 'udp' | 'tcp' | 'http';
  /** A registered server that is not heard of for this long is withdrawn. The protocol's own time-out, with its source. */
  readonly timeoutMs: number;
  /** Many games speak this protocol without a word of which they are: `gateways.<name>.game` says it. */
  readonly takesGame?: true;
  /** Listens. @throws RollcallError PORT_TAKEN, CANNOT_LISTEN */
  readonly open: (deps: FamilyDeps) => Promise<Gateway>;
  /** How to ask a server of this family how it is, where gamedig cannot. In force whether or not the gateway is enabled. */
  readonly probe?: NativeProbe;
};

export type FamilyDeps = {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** Where `takesGame`. */
  readonly game?: string | undefined;
  /** Puts servers on the network's list, and takes them off again. */
  readonly registry: Registry;
  /**
   * The network's list, sorted into groups by the keys that `keysOf` names for a server. Each group is what `rollcall list`
   * shows, in that order: endorsed and healthy ones first. Denied ones are in none.
   */
  readonly groups: (keysOf: KeysOf) => Groups;
  /** Whether nodes know how to ask a server whose announcement names this as its `query`. */
  readonly isAsked: (query: string) => boolean;
  /** IPv4 and IPv6 ranges that this node and the maintainers bar now, for protocols that hand out bans. */
  readonly barred: () => readonly string[];
  /** How often a source may ask, and what it may be told before it has proved its address: for the helpers udp, tcp, http. */
  readonly sources: Sources;
  /** Random for this run: what challenges are made from. */
  readonly secret: Uint8Array;
  readonly counters: Counters;
  readonly monotonic: Monotonic;
  readonly random: () => number;
  readonly ticker: Ticker;
  /** Aborts when the node stops, before `close`. */
  readonly signal: AbortSignal;
  /** For whoever looks for a fault: level debug. */
  readonly log: (message: string) => void;
};

export type Gateway = {
  /** Where it really listens, as `host:port`. */
  readonly address: string;
  /**
   * A server registered here was silent when it was probed: ask it in the family's own way, and withdraw it if it stays so.
   * Without this it goes when its time is out.
   */
  readonly recheck?: (address: Address) => void;
  readonly close: () => Promise<void>;
};

/** Games by their ids, the port for questions, and one question. */
export type NativeProbe = {
  readonly games: readonly string[];
  readonly portOf: (gamePort: number) => number;
  /** Undefined, or a throw: no answer. */
  readonly ask: (whom: Asked) => Promise<Answer | undefined>;
};

/** What is shown of a gateway that runs. */
export type GatewayStatus = {
  readonly family: string;
  readonly transport: 'udp' | 'tcp' | 'http';
  readonly address: string;
  /** Servers that are registered here now. */
  readonly registered: number;
  readonly timeoutMs: number;
  readonly counters: Readonly<Record<string, number>>;
};
