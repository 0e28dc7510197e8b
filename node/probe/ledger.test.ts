import test from 'ava';
import { hostGapMs, Ledger } from './ledger.ts';

const interval = 60_000;
const endpoint = '192.0.2.1:27960';
const ip = '192.0.2.1';
const answer = { players: 1, maxPlayers: 8, map: 'dm1', rttMs: 5 };
const of = (...protocols: string[]) => new Set(protocols);
const setup = () => new Ledger(interval, () => 0);

test('an endpoint that answered rests for the interval, counted from the question', t => {
  const ledger = setup();
  t.deepEqual(ledger.next(endpoint, ip, of('quake3'), 0), { do: 'ask', protocol: 'quake3' });
  t.is(ledger.settle(endpoint, answer, 40), interval);
  t.deepEqual(ledger.next(endpoint, ip, of('quake3'), interval - 1), { do: 'wait', untilMs: interval });
  t.like(ledger.next(endpoint, ip, of('quake3'), interval), { do: 'ask' });
});

test('the rest is stretched by up to a tenth, never shortened', t => {
  const ledger = new Ledger(interval, () => 0.999);
  ledger.next(endpoint, ip, of('quake3'), 0);
  const again = ledger.settle(endpoint, answer, 40);
  t.true(again > interval && again <= interval * 1.1);
});

test('one silence is not yet down, the second is', t => {
  const ledger = setup();
  ledger.next(endpoint, ip, of('quake3'), 0);
  ledger.settle(endpoint, answer, 40);
  ledger.next(endpoint, ip, of('quake3'), interval);
  ledger.settle(endpoint, undefined, interval + 500);
  t.is(ledger.seen(endpoint)!.answer, answer);
  t.deepEqual(ledger.next(endpoint, ip, of('quake3'), interval + 500), { do: 'wait', untilMs: interval + hostGapMs });
  t.like(ledger.next(endpoint, ip, of('quake3'), interval + hostGapMs), { do: 'ask' });
  t.is(ledger.settle(endpoint, undefined, interval + 1_500), 2 * interval);
  t.deepEqual(ledger.seen(endpoint), {
    ...{ protocol: 'quake3', answer: undefined, at: interval + 1_500 },
    silentSince: interval + 1_500,
  });
});

test('an endpoint is not asked twice at once', t => {
  const ledger = setup();
  ledger.next(endpoint, ip, of('quake3'), 0);
  t.like(ledger.next(endpoint, ip, of('quake3'), 5_000), { do: 'wait' });
});

test('two servers on one host are asked a second apart', t => {
  const ledger = setup();
  ledger.next(endpoint, ip, of('quake3'), 0);
  t.deepEqual(ledger.next('192.0.2.1:27961', ip, of('quake3'), 999), { do: 'wait', untilMs: hostGapMs });
  t.like(ledger.next('192.0.2.1:27961', ip, of('quake3'), hostGapMs), { do: 'ask' });
});

test('who announces a live address as another game neither asks it nor changes what is known', t => {
  const ledger = setup();
  ledger.next(endpoint, ip, of('quake3'), 0);
  ledger.settle(endpoint, answer, 40);
  t.like(ledger.next(endpoint, ip, of('valve'), interval), { do: 'wait' });
  t.deepEqual(ledger.next(endpoint, ip, of('valve', 'quake3'), interval), { do: 'ask', protocol: 'quake3' });
});

test('where nothing answers the protocols take turns, two tries each', t => {
  const ledger = setup();
  const asked: string[] = [];
  for (let now = 0; asked.length < 6; now += hostGapMs) {
    const step = ledger.next(endpoint, ip, of('valve', 'quake3'), now);
    if (step.do === 'wait') continue;
    asked.push(step.protocol);
    ledger.settle(endpoint, undefined, now);
  }
  t.deepEqual(asked, ['quake3', 'quake3', 'valve', 'valve', 'quake3', 'quake3']);
});

test('what nobody asks any more is forgotten', t => {
  const ledger = setup();
  ledger.next(endpoint, ip, of('quake3'), 0);
  ledger.settle(endpoint, answer, 40);
  ledger.sweep(300_000, 300_000);
  t.truthy(ledger.seen(endpoint));
  ledger.sweep(300_001, 300_000);
  t.is(ledger.seen(endpoint), undefined);
});
