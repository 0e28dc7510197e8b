import test from 'ava';
import { formatPktLine } from './pkt-line.ts';
import { havesMax, parseUploadPackRequest, requestBytesMax, wantsMax } from './upload-pack-request.ts';

const a = 'a'.repeat(40);
const b = 'b'.repeat(40);

const request = (...lines: (string | null)[]): Uint8Array =>
  Buffer.concat(lines.map(line => (line === null ? Buffer.from('0000') : formatPktLine(`${line}\n`))));

test('everything that stock git may ask is understood', t => {
  const lines = [
    `want ${a} multi_ack_detailed no-done agent=git/2.39.5`,
    `want ${b}`,
    `shallow ${b}`,
    'deepen 3',
    null,
  ];
  const read = parseUploadPackRequest(request(...lines, `have ${a}`, null, `have ${b}`, 'done'));
  t.deepEqual(read, {
    ok: true,
    value: {
      wants: [a, b],
      capabilities: new Set(['multi_ack_detailed', 'no-done', 'agent=git/2.39.5']),
      shallow: [b],
      depth: 3,
      haves: [a, b],
      end: 'done',
    },
  });
});

for (const [title, lines, end] of [
  ['wants alone', [`want ${a}`, null], 'wants'],
  ['wants with a trailing space', [`want ${a} `, null], 'wants'],
  ['no wants at all', [null], 'wants'],
  ['a round that goes on', [`want ${a}`, null, `have ${b}`, null], 'flush'],
  ['a round that ends', [`want ${a}`, null, 'done'], 'done'],
] as const) {
  test(`${title} is understood`, t => {
    t.like(parseUploadPackRequest(request(...lines)), { ok: true, value: { end } });
  });
}

for (const [title, body, field] of [
  ['nothing', Buffer.alloc(0), 'request'],
  ['no pkt-lines', Buffer.from('hello'), 'byte 0'],
  ['wants without a flush', request(`want ${a}`), 'request'],
  ['a short hash', request('want abc', null), 'want'],
  ['a want in upper case', request(`want ${'A'.repeat(40)}`, null), 'want'],
  ['features on the second want', request(`want ${a}`, `want ${b} no-done`, null), 'want'],
  ['deepen 0', request(`want ${a}`, 'deepen 0', null), 'request'],
  ['deepen twice', request(`want ${a}`, 'deepen 1', 'deepen 2', null), 'request'],
  ['deepen-since', request(`want ${a}`, 'deepen-since 1', null), 'request'],
  ['a filter', request(`want ${a}`, 'filter blob:none', null), 'request'],
  ['another hash function', request(`want ${a} object-format=sha256`, null), 'object-format'],
  ['haves that are cut off', request(`want ${a}`, null, `have ${b}`), 'request'],
  ['something behind done', request(`want ${a}`, null, 'done', null), 'have'],
  ['too many wants', request(...Array(wantsMax + 1).fill(`want ${a}`), null), 'want'],
  ['too many haves', request(`want ${a}`, null, ...Array(havesMax + 1).fill(`have ${b}`), null), 'have'],
  ['too many bytes', Buffer.alloc(requestBytesMax + 1), 'request'],
] as const) {
  test(`${title} is refused, naming ${field}`, t => {
    t.like(parseUploadPackRequest(body), { ok: false, code: 'BAD_REQUEST', field });
  });
}
