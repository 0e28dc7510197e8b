// One error class for what a person can act on: configuration, input and I/O. Outcomes of judging a peer are verdicts.

/**
 * An error with a stable `code` (UPPER_SNAKE) that scripts may rely on.
 * `message` says what is wrong and where; `remedy`, when there is one, says what to do.
 */
export class RollcallError extends Error {
  readonly code: string;
  readonly remedy: string | undefined;
  /** What a program needs to act on it: `{ missing: [hash, …] }`. */
  readonly details: Readonly<Record<string, unknown>> | undefined;
  constructor(
    code: string,
    message: string,
    options: { remedy?: string; cause?: unknown; details?: Readonly<Record<string, unknown>> } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'RollcallError';
    this.code = code;
    this.remedy = options.remedy;
    this.details = options.details;
  }
}

/** The text of anything thrown, for logs and for wrapping. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
