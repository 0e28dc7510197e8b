// What an examination finds: one line each, and what to do about it.
import { messageOf, RollcallError } from '../../base/errors.ts';

export type Finding = {
  /** What was looked at: `clock`, `ports`. */
  readonly check: string;
  readonly state: 'ok' | 'warning' | 'problem';
  readonly message: string;
  /** What to do; null where nothing is to be done. */
  readonly remedy: string | null;
};

/** The findings of one check, under its name. */
export const findingsOf = (check: string) => ({
  ok: (message: string): Finding => ({ check, state: 'ok', message, remedy: null }),
  warning: (message: string, remedy: string): Finding => ({ check, state: 'warning', message, remedy }),
  problem: (message: string, remedy: string): Finding => ({ check, state: 'problem', message, remedy }),
});

/** What a check that cannot even be made says of itself. */
export function failedCheck(check: string, error: unknown): Finding {
  const remedy = error instanceof RollcallError ? error.remedy : undefined;
  return { check, state: 'problem', message: messageOf(error), remedy: remedy ?? 'see what the message says' };
}
