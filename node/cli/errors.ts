// How a command ends: its exit code, which scripts rely on, and the error that carries one.
import { RollcallError } from '../base/errors.ts';

export const exits = { done: 0, failed: 1, usage: 2, noNode: 3, refused: 4 } as const;
export type Exit = (typeof exits)[keyof typeof exits];

export class CliError extends RollcallError {
  readonly exit: Exit;
  constructor(exit: Exit, code: string, message: string, remedy?: string, details?: Readonly<Record<string, unknown>>) {
    super(code, message, {
      ...(remedy === undefined ? {} : { remedy }),
      ...(details === undefined ? {} : { details }),
    });
    this.name = 'CliError';
    this.exit = exit;
  }
}

/** A 4xx that tells of a mistake in what was typed is usage; one that tells of a rule or of something absent is a refusal. */
export function exitOfStatus(status: number): Exit {
  if (status === 400) return exits.usage;
  if (status === 401 || status >= 500) return exits.failed;
  return exits.refused;
}

/** Configuration is checked while a node starts: its errors are the caller's, anything else is a failure. */
export function exitOf(error: unknown): Exit {
  if (error instanceof CliError) return error.exit;
  return error instanceof RollcallError && error.code.includes('CONFIG') ? exits.usage : exits.failed;
}
