// gamedig ships no types: what we use of version 5.3.3.
declare module 'gamedig' {
  type GameOptions = {
    readonly protocol: string;
    readonly port?: number;
    /** A fixed port for questions, beside the usual game port. */
    readonly port_query?: number;
    /** The port for questions lies this far from the game port. */
    readonly port_query_offset?: number | readonly number[];
  };
  export const games: Readonly<Record<string, { readonly options: GameOptions; readonly extra?: { old_id?: string } }>>;
  export class GameDig {
    readonly queryRunner: { udpSocket: unknown };
    query(options: Readonly<Record<string, unknown>>): Promise<unknown>;
  }
}
