// Karma: does anybody's word about others count here?
import type { NodesGraph } from '../../api/port.ts';
import type { Config } from '../../config/schema.ts';
import { directMin } from '../../karma/hearsay.ts';
import { count } from '../words.ts';
import { type Finding, findingsOf } from './findings.ts';

/** `graph`: whom this node thinks what of. Those whom the configuration prefers count whether they are there or not. */
export function judgeWords({ links }: NodesGraph, self: string, { prefer }: Pick<Config['karma'], 'prefer'>): Finding {
  const { ok, warning } = findingsOf('karma');
  const heard = links.flatMap(({ a, b, value }) => (a === self && value >= directMin ? [b] : []));
  const believed = new Set([...heard, ...prefer]);
  if (believed.size > 0) return ok(`the word of ${count(believed.size, 'other node')} about others counts here`);
  return warning(
    "nobody's word about others counts here yet: who misbehaved elsewhere looks like a stranger",
    'name servers whose operators you know in karma.prefer (two, in different networks), or rate good ones: "rollcall rate"',
  );
}
