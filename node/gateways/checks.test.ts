import { setImmediate } from 'node:timers/promises';
import test from 'ava';
import { at, GatewayWorld } from '../../test/gateways.ts';
import { second } from '../base/time.ts';
import type { Answer } from '../probe/observation.ts';
import { Bars } from './bars.ts';
import { Checks, checksMax, checksPerHostMax } from './checks.ts';
import { Faults, faultsMax } from './faults.ts';
import { fieldsMax, fieldsOf } from './form.ts';

const here = at('8.8.8.8:5000');
const state: Answer = { players: 1, maxPlayers: 2, map: null, rttMs: 3 };

function setup(lab = false) {
  const world = new GatewayWorld('test', 60 * second, { lab });
  const asked: PromiseWithResolvers<Answer | undefined>[] = [];
  const checks = new Checks(world.deps, () => {
    const one = Promise.withResolvers<Answer | undefined>();
    asked.push(one);
    return one.promise;
  });
  return { world, checks, asked };
}

test('who asks while a server is asked hears the same answer', async t => {
  const { checks, asked } = setup();
  const both = [checks.check(here), checks.check(here)];
  t.is(asked.length, 1);
  asked[0]!.resolve(state);
  t.deepEqual(await Promise.all(both), [state, state]);
  await setImmediate();
  t.is(checks.running, 0);
});

test('a server is silent when three questions found no answer', async t => {
  const { world, checks, asked } = setup();
  const found = checks.check(here);
  for (let i = 0; i < 3; i++) {
    asked[i]!.reject(new Error('no answer'));
    await setImmediate();
  }
  t.is(await found, 'silent');
  t.is(asked.length, 3);
  t.is(world.counters.get('challenge-failed'), 1);
});

test('an answer after the farewell is none, and the next check is a new one', async t => {
  const { checks, asked } = setup();
  const found = checks.check(here);
  checks.cancel(here);
  const next = checks.check(here);
  asked[0]!.resolve(state);
  asked[1]!.resolve(state);
  t.deepEqual(await Promise.all([found, next]), ['cancelled', state]);
});

test('one host is asked so much at a time, all together so much', async t => {
  const { checks, asked } = setup();
  for (let port = 1; port <= 100; port++) void checks.check({ ...here, port });
  t.is(asked.length, checksPerHostMax);
  t.is(await checks.check({ ...here, port: 101 }), 'busy');
  for (let i = 0; i < 1_000; i++) void checks.check({ ...here, host: `8.9.${i >> 8}.${i & 255}` });
  t.is(asked.length, checksMax);
  t.is(checks.running, checksMax);
});

test('a fault is told for its time, and the oldest makes room', t => {
  const faults = new Faults(10 * second);
  faults.set(here, 'silent', 0);
  t.is(faults.get(here, 10 * second - 1), 'silent');
  t.is(faults.get(here, 10 * second), undefined);
  for (let i = 0; i < faultsMax; i++) faults.set({ ...here, port: 10_000 + i }, 'silent', 0);
  t.is(faults.size, faultsMax);
  t.is(faults.get(here, 0), undefined);
});

test('a new rule bars within ten seconds', t => {
  const world = { now: 0, barred: ['8.8.8.0/24', 'nonsense'] };
  const bars = new Bars({ barred: () => world.barred, monotonic: () => world.now });
  t.deepEqual([bars.has('8.8.8.8'), bars.has('8.8.4.4')], [true, false]);
  world.barred = ['8.8.4.4'];
  t.true(bars.has('8.8.8.8'));
  world.now += 10 * second;
  t.deepEqual([bars.has('8.8.8.8'), bars.has('8.8.4.4')], [false, true]);
});

const form = (body: string, type?: string, query = '') => {
  const fields = fieldsOf({
    query: new URLSearchParams(query),
    headers: type === undefined ? {} : { 'content-type': type },
    body: Buffer.from(body, 'latin1'),
  });
  return fields && Object.fromEntries(fields);
};
const urlencoded = 'application/x-www-form-urlencoded';
const multipart = 'multipart/form-data; boundary=x';

const forms: readonly [what: string, given: Parameters<typeof form>, expected: object | undefined][] = [
  ['a query', ['', undefined, 'a=1&b=%20'], { a: '1', b: ' ' }],
  ['a form', ['a=1&b=2+3', urlencoded], { a: '1', b: '2 3' }],
  ['both, of which the form counts', ['a=2', `${urlencoded}; charset=utf-8`, 'a=1&c=3'], { a: '2', c: '3' }],
  [
    'a form in parts',
    [
      '--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n--x\r\nContent-Type: text/plain\r\nContent-Disposition: form-data; name="b"\r\n\r\n2\r\n3\r\n--x--\r\n',
      multipart,
    ],
    { a: '1', b: '2\r\n3' },
  ],
  ['a part without its end', ['--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n1', multipart], undefined],
  ['a part without a name', ['--x\r\n\r\n1\r\n--x--', multipart], undefined],
  ['a boundary that never comes', ['a=1', multipart], undefined],
  ['no boundary', ['a=1', 'multipart/form-data'], undefined],
  ['another kind of body', ['{}', 'application/json'], undefined],
  ['a body of no kind', ['a=1'], undefined],
  ['no UTF-8', ['a=\xff', urlencoded], undefined],
];
for (const [what, given, expected] of forms) {
  test(`of ${what} ${expected ? 'the fields are read' : 'nothing is read'}`, t =>
    t.deepEqual(form(...given), expected));
}

test('a form has so many fields at most', t => {
  const body = Array.from({ length: 1_000 }, (_, i) => `f${i}=1`).join('&');
  t.is(Object.keys(form(body, urlencoded)!).length, fieldsMax);
});
