// Writes the test vectors beside it: `node test/vectors/statements/make.ts`. It shares no code with node/trust, so that the
// two check each other; other implementations may use the files as they are. The keys are those in keys/ (make-keys.ts).
//
// A vector is { title, list, now, keys, highest, text or base64, expect, digest, signer }: the body of a commit object, the
// list that it was sent to, when, the public keys trusted there, the highest sequence known there, and 'accept' or the code of
// the refusal. `digest` (SHA-256 of the payload) and `signer` (fingerprint of the primary key) are null for what is refused.
import { writeFileSync } from 'node:fs';
import { readKey } from 'openpgp';
import { digest, keyFile } from './forge.ts';
import { badForm } from './make-form.ts';
import { good } from './make-good.ts';
import { badKeys, badSignatures } from './make-signatures.ts';

export type Vector = {
  title: string;
  list: string;
  now: number;
  keys: string[];
  highest: number | null;
  text?: string;
  base64?: string;
  expect: string;
  digest: string | null;
  signer: string | null;
};

export type Case = {
  title: string;
  expect: string;
  commit: string | Uint8Array | Promise<string>;
  /** Name of the key's file, for what is accepted. */
  by?: string;
  list?: string;
  highest?: number;
};

/** Trusted in every vector: `stranger` is not. */
const keys = ['ada', 'dsa', 'expired', 'expired-subkey', 'gpg', 'revoked', 'revoked-subkey', 'rsa', 'subkey', 'weak'];
/** 2025-12-01: after the keys that were revoked were, and after their statements. */
const now = Date.UTC(2025, 11, 1);

async function vector({ title, expect, commit, by, list = 'vectors', highest }: Case): Promise<Vector> {
  const bytes = Buffer.from((await commit) as string);
  const text = bytes.toString('utf8');
  const accepted = expect === 'accept';
  // Every good one has its signature between committer and message.
  const payload = text.replace(/\ngpgsig [^]*?-----END PGP SIGNATURE-----\n/, '\n');
  return {
    title,
    list,
    now,
    keys,
    highest: highest ?? null,
    ...(Buffer.from(text).equals(bytes) ? { text } : { base64: bytes.toString('base64') }),
    expect,
    digest: accepted ? digest(payload) : null,
    signer: accepted ? (await readKey({ armoredKey: keyFile(`${by}.asc`) })).getFingerprint() : null,
  };
}

/** Name and content of every file. */
export async function files(): Promise<Map<string, string>> {
  const made = new Map<string, string>();
  for (const it of [...good, ...badForm, ...badSignatures, ...badKeys]) {
    const code = it.expect === 'accept' ? 'good' : it.expect.toLowerCase().replaceAll('_', '-');
    const name = `${code}--${it.title.toLowerCase().replace(/[^a-z0-9]+/g, '-')}.json`;
    if (made.has(name)) throw new Error(`two vectors are called ${name}`);
    made.set(name, `${JSON.stringify(await vector(it), null, 2)}\n`);
  }
  return made;
}

if (import.meta.main) {
  for (const [name, content] of await files()) writeFileSync(new URL(name, import.meta.url), content);
}
