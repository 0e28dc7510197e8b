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
  t.deepEqual(ledger.settle(endpoint, ip, answer, 40, 40), { untilMs: interval, due: false });
  t.deepEqual(ledger.next(endpoint, ip, of('quake3'), interval - 1), { do: 'wait', untilMs: interval, due: false });
  t.like(ledger.next(endpoint, ip, of('quake3'), interval), { do: 'ask' });
});

test('the rest is stretched by up to a tenth, never shortened', t => {
  const ledger = new Ledger(interval, () => 0.999);
  ledger.next(endpoint, ip, of('quake3'), 0);
  const again = ledger.settle(endpoint, ip, answer, 40, 40).untilMs;
  t.true(again > interval && again <= interval * 1.1);
});

test('one silence is not yet down, the second is', t => {
  const ledger = setup();
  ledger.next(endpoint, ip, of('quake3'), 0);
  ledger.settle(endpoint, ip, answer, 40, 40);
  ledger.next(endpoint, ip, of('quake3'), interval);
  ledger.settle(endpoint, ip, undefined, interval + 500, interval + 500);
  t.is(ledger.seen(endpoint, -1)!.answer, answer);
  t.deepEqual(ledger.next(endpoint, ip, of('quake3'), interval + 500), {
    ...{ do: 'wait', untilMs: interval + hostGapMs, due: true },
  });
  t.like(ledger.next(endpoint, ip, of('quake3'), interval + hostGapMs), { do: 'ask' });
  t.deepEqual(ledger.settle(endpoint, ip, undefined, interval + 1_500, interval + 1_500), {
    untilMs: 2 * interval,
    due: false,
  });
  t.deepEqual(ledger.seen(endpoint, -1), {
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
  t.deepEqual(ledger.next('192.0.2.1:27961', ip, of('quake3'), hostGapMs), {
    ...{ do: 'wait', untilMs: 2 * hostGapMs, due: true },
  });
  ledger.settle(endpoint, ip, answer, 40, 40);
  t.deepEqual(ledger.next('192.0.2.1:27961', ip, of('quake3'), 999), { do: 'wait', untilMs: hostGapMs, due: true });
  t.like(ledger.next('192.0.2.1:27961', ip, of('quake3'), hostGapMs), { do: 'ask' });
});

test('who announces a live address as another game neither asks it nor changes what is known', t => {
  const ledger = setup();
  ledger.next(endpoint, ip, of('quake3'), 0);
  ledger.settle(endpoint, ip, answer, 40, 40);
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
    ledger.settle(endpoint, ip, undefined, now, now);
  }
  t.deepEqual(asked, ['quake3', 'quake3', 'valve', 'valve', 'quake3', 'quake3']);
});

test('what nobody asks any more is forgotten', t => {
  const ledger = setup();
  ledger.next(endpoint, ip, of('quake3'), 0);
  ledger.settle(endpoint, ip, answer, 40, 40);
  ledger.sweep(300_000, 300_000);
  t.truthy(ledger.seen(endpoint, -1));
  ledger.sweep(300_001, 300_000);
  t.is(ledger.seen(endpoint, -1), undefined);
});

/** Asks whenever it may within `ms`, a second at a time; gives the times of the questions in intervals. */
function questions(
  ledger: Ledger,
  {
    from = 0,
    ms,
    ports = 1,
    alive = () => false,
  }: { from?: number; ms: number; ports?: number; alive?: (at: number) => boolean },
): number[] {
  const asked: number[] = [];
  for (let now = from; now < from + ms; now += hostGapMs) {
    for (let port = 0; port < ports; port++) {
      const at = `${ip}:${27_960 + port}`;
      if (ledger.next(at, ip, of('quake3'), now).do === 'wait') continue;
      asked.push(now / interval);
      ledger.settle(at, ip, alive(now) ? answer : undefined, now, now);
    }
  }
  return asked;
}
const whole = (times: readonly number[]) => times.filter(time => Number.isInteger(time));

test('a host that never answered is asked ever less, whatever ports are named there', t => {
  for (const ports of [1, 64]) {
    const asked = questions(setup(), { ms: 70 * interval, ports });
    t.deepEqual(whole(asked), [0, 1, 2, 4, 8, 16, 32, 48, 64]);
    t.true(asked.length <= 2 * 9, `${asked.length}`);
  }
});

test('a host that answers is asked once a second at most, whatever ports are named there', t => {
  const asked = questions(setup(), { ms: 5 * interval, ports: 100, alive: () => true });
  t.is(new Set(asked).size, asked.length);
  t.true(asked.length > 290, `${asked.length}`);
});

test('a server that fell silent is asked as before for half an hour, then ever less, and as before when it is back', t => {
  const ledger = setup();
  const asked = whole(questions(ledger, { ms: 100 * interval, alive: at => at === 0 }));
  t.deepEqual(
    asked.slice(0, 31),
    Array.from({ length: 31 }, (_, i) => i),
  );
  t.deepEqual(asked.slice(31), [31, 32, 34, 38, 46, 62, 78, 94]);
  const back = questions(ledger, { from: 110 * interval, ms: 5 * interval, alive: () => true });
  t.deepEqual(back, [110, 111, 112, 113, 114]);
});

test('what others saw change is asked once before its time, and not if it never answered', t => {
  const ledger = setup();
  t.is(ledger.hurry(endpoint, 0), undefined);
  ledger.next(endpoint, ip, of('quake3'), 0);
  ledger.settle(endpoint, ip, answer, 40, 40);
  t.is(ledger.hurry(endpoint, 1_000), interval / 4);
  t.is(ledger.hurry(endpoint, 1_000), interval / 4, 'hurried once, it is not hurried again');
  t.like(ledger.next(endpoint, ip, of('quake3'), interval / 4), { do: 'ask' });
  ledger.settle(endpoint, ip, answer, interval / 4, interval / 4);
  t.is(ledger.hurry(endpoint, interval / 2), 1.25 * interval, 'no earlier than at its time');
  t.like(ledger.next(endpoint, ip, of('quake3'), 1.25 * interval), { do: 'ask' });
  ledger.settle(endpoint, ip, answer, 1.25 * interval, 1.25 * interval);
  t.is(ledger.hurry(endpoint, 10 * interval), 10 * interval);
  const silent = setup();
  silent.next(endpoint, ip, of('quake3'), 0);
  silent.settle(endpoint, ip, undefined, 0, 0);
  silent.next(endpoint, ip, of('quake3'), hostGapMs);
  silent.settle(endpoint, ip, undefined, hostGapMs, hostGapMs);
  t.is(silent.hurry(endpoint, 2 * hostGapMs), undefined);
});

test('a host that never answered is still known as such when what was asked there is forgotten', t => {
  const ledger = setup();
  questions(ledger, { ms: 9 * interval });
  ledger.sweep(40 * interval, 5 * interval);
  t.is(ledger.seen(endpoint, -1), undefined);
  t.deepEqual(whole(questions(ledger, { from: 40 * interval, ms: 20 * interval })), [40, 56]);
});
