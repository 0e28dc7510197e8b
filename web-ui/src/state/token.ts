// The node's token, for those who may write: entered once, kept until the browser's tab is closed, sent to this node only.
import { signal } from '@preact/signals';
import { ApiError } from '../api/client.ts';

const key = 'rollcall.token';
/** What a header can carry; tokens are made of less. */
const tokenForm = /^[\x21-\x7e]{1,512}$/;

const read = (): string | null => {
  try {
    return sessionStorage.getItem(key);
  } catch {
    return null;
  }
};

export const token = signal<string | null>(read());

/** False when it cannot be a token. */
export function enterToken(text: string): boolean {
  const trimmed = text.trim();
  if (!tokenForm.test(trimmed)) return false;
  token.value = trimmed;
  keep();
  return true;
}

export function forgetToken(): void {
  token.value = null;
  keep();
}

function keep(): void {
  try {
    if (token.value === null) sessionStorage.removeItem(key);
    else sessionStorage.setItem(key, token.value);
  } catch {
    // It then holds until the page is closed.
  }
}

/** Writes with the token. One that the node refuses is forgotten, so that it is asked for again. @throws ApiError */
export async function withToken<T>(write: (token: string) => Promise<T>): Promise<T> {
  const sent = token.peek();
  if (sent === null) throw new ApiError(401, 'UNAUTHORIZED', 'this needs the token of this node');
  try {
    return await write(sent);
  } catch (error) {
    if (error instanceof ApiError && error.status === 401 && token.peek() === sent) forgetToken();
    throw error;
  }
}
