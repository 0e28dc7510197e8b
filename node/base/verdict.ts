// Judging what a peer sent gives a value, never an exception.

/**
 * `accept`: pass it on. `ignore`: an honest node may have sent it, yet it is of no use here (stale, over quota).
 * `reject`: no honest node sends this; the sender's gossip score pays for it.
 */
export type Verdict<Code extends string = string> =
  | { readonly action: 'accept' }
  | { readonly action: 'ignore'; readonly code: Code }
  | { readonly action: 'reject'; readonly code: Code };

export const accept = { action: 'accept' } as const;
export const ignore = <Code extends string>(code: Code) => ({ action: 'ignore', code }) as const;
export const reject = <Code extends string>(code: Code) => ({ action: 'reject', code }) as const;

/** What a strict parser gives: the value, or which field is wrong and why. */
export type Parsed<T> = { readonly ok: true; readonly value: T } | ParseFault;
export type ParseFault = {
  readonly ok: false;
  readonly code: string;
  readonly field: string;
  readonly message: string;
};

export const parsed = <T>(value: T): Parsed<T> => ({ ok: true, value });
export const fault = (code: string, field: string, message: string): ParseFault => ({
  ok: false,
  code,
  field,
  message: `${field}: ${message}`,
});
