// What the viewer decides without a browser.
import test from 'ava';
import type { ServersPage, Why } from '../../node/api/port.ts';
import { formatCsv } from '../../web-ui/src/lib/csv.ts';
import { embedOf } from '../../web-ui/src/lib/embed.ts';
import { csvOf, ndjsonOf } from '../../web-ui/src/lib/export.ts';
import { formatsFor, shortId, shown } from '../../web-ui/src/lib/format.ts';
import { joinLink } from '../../web-ui/src/lib/join.ts';
import { PageParser } from '../../web-ui/src/lib/page-parser.ts';
import { reasonIn, reasonsIn } from '../../web-ui/src/lib/reasons.ts';
import { scrollToShow, windowOf } from '../../web-ui/src/lib/window.ts';
import { history as deHistory } from '../../web-ui/src/texts/de/history.ts';
import { servers as deServers } from '../../web-ui/src/texts/de/servers.ts';
import { status as deStatus } from '../../web-ui/src/texts/de/status.ts';
import { servers as enServers } from '../../web-ui/src/texts/en/servers.ts';
import { row } from '../api/fake-node.ts';
import { rowOf } from './rows.ts';

for (const [cell, safe] of [
  ['=1+1', "'=1+1"],
  ['+49 170', "'+49 170"],
  ['-1', "'-1"],
  ['@SUM(A1)', "'@SUM(A1)"],
  [' =1', "' =1"],
  ['\t=1', "'\t=1"],
  ['＝1', "'＝1"],
  ["|cmd' /C calc'!A0", "'|cmd' /C calc'!A0"],
  ['a,b', '"a,b"'],
  ['say "hi"', '"say ""hi"""'],
  ['two\r\nlines', '"two\r\nlines"'],
  ['plain = text', 'plain = text'],
] as const) {
  test(`a cell ${JSON.stringify(cell)} is written as ${JSON.stringify(safe)}`, t => {
    t.is(formatCsv(['h'], [[cell]]), `h\r\n${safe}\r\n`);
  });
}

test('numbers stay numbers and nothing stays empty', t => t.is(formatCsv(['a', 'b'], [[-1, null]]), 'a,b\r\n-1,\r\n'));

test('the list as CSV has as many cells in each line, and as NDJSON what the API said', t => {
  const rows = [rowOf({ name: '=HYPERLINK("x")' }), rowOf({ observed: null, tags: [] })];
  const lines = csvOf(rows).trimEnd().split('\r\n');
  t.is(lines.length, 3);
  t.true(lines[1]!.includes(`"'=HYPERLINK(""x"")"`));
  const [first] = ndjsonOf(rows).split('\n');
  const { rank: _, gone: __, newsAtMs: ___, words: ____, ...fields } = rows[0]!;
  t.deepEqual(JSON.parse(first!), fields);
});

for (const size of [1, 7, 1_000, 300_000, 10_000_000]) {
  test(`a list that arrives ${size} characters at a time is the list`, t => {
    const name = 'not a row: ,{"id":"x"} "servers":[ ]}';
    const servers = Array.from({ length: 900 }, (_, n) => row(1, { name, attributes: { id: `${n}` } }));
    const body = JSON.stringify({ total: 900, tree: 'abc', statement: null, servers, hidden: { total: 3 } });
    const parser = new PageParser<ServersPage>();
    const rows = [];
    for (let at = 0; at < body.length; at += size) {
      for (const piece of parser.push(body.slice(at, at + size))) rows.push(...piece);
    }
    t.is(parser.total, 900);
    const page = parser.end();
    t.deepEqual([...rows, ...page.servers], servers);
    t.like(page, { total: 900, tree: 'abc', statement: null, hidden: { total: 3 } });
  });
}

test('a list that was cut off is no list', t => {
  const parser = new PageParser<ServersPage>();
  t.deepEqual([...parser.push('{"total":2,"servers":[{"id":"a"},{"id":')], []);
  t.throws(() => parser.end(), { instanceOf: SyntaxError });
});

for (const [title, text, expected] of [
  ['what cannot be seen is marked', 'a\u200bb\u202ec', 'a\ufffdb\ufffdc'],
  ['towers of marks are cut', `e${'\u0301'.repeat(50)}`, 'e\u0301\u0301\u0301\ufffd'],
  ['what is too long is cut', 'x'.repeat(200), `${'x'.repeat(160)}…`],
  ['what people write stays', 'Zażółć 日本語 ساحة 🎮', 'Zażółć 日本語 ساحة 🎮'],
] as const) {
  test(`of text from the network, ${title}`, t => t.is(shown(text), expected));
}

/** One of each code that `node/app/reasons.ts` and `node/app/node.ts` give, but `barred`, which says why in a maintainer’s words. */
const whys: readonly [why: Why, german: RegExp][] = [
  [{ code: 'place', values: { place: 3, of: 12_000 } }, /^Platz 3 von 12\.000/],
  [{ code: 'hidden-karma', values: {} }, /negativ$/],
  [{ code: 'hidden-silent', values: { ms: 720_000 } }, /seit 12\sMin\. keine Antwort$/],
  [{ code: 'hidden-duplicate', values: {} }, /dieselbe Adresse/],
  [{ code: 'hidden-crowd', values: { network: '' } }, /in seinem Netz/],
  [
    { code: 'endorsed', values: { kind: 'checkpoint', sequence: 12, signer: 'Ada' } },
    /^bestätigt: Checkpoint 12 von Ada/,
  ],
  [{ code: 'not-endorsed', values: { kind: 'rollback', sequence: 13, signer: 'Ada' } }, /^neu: Rollback 13 von Ada/],
  [{ code: 'no-statement', values: {} }, /keine signierte Erklärung/],
  [{ code: 'over-quota', values: {} }, /wartet auf einen Platz/],
  [{ code: 'withdrawn', values: {} }, /dass er ging$/],
  [{ code: 'left', values: {} }, /^nicht mehr auf der Liste$/],
  [{ code: 'unseen', values: {} }, /niemand/],
  [{ code: 'seen-down', values: { observers: 2, ms: 20_000, silentMs: 720_000 } }, /vor 20\D+2\).* 12\sMin/],
  [{ code: 'seen-up', values: { observers: 1, ms: 20_000 } }, /geantwortet \(Beobachter: 1\)$/],
  [{ code: 'seen-players', values: { observers: 1, ms: 20_000, players: 5 } }, / 5 Spieler gesehen/],
  [{ code: 'seen-players', values: { observers: 1, ms: 20_000, players: 5, maxPlayers: 16 } }, / 5 von 16 Spieler/],
  [{ code: 'unconfirmed', values: {} }, /wie viele/],
  [{ code: 'overstated', values: {} }, /zählen halb$/],
  [{ code: 'implausible', values: {} }, /zählen halb$/],
  [{ code: 'disputed', values: {} }, /zählt halb$/],
  [{ code: 'listed', values: { ms: 3 * 86_400_000 } }, /seit 3\sT$/],
  [{ code: 'karma', values: { tier: 'green', value: 0.21 } }, /grün \(0,21\)$/],
  [{ code: 'neighbours', values: { count: 2, network: '45.1.2.0/24' } }, /45\.1\.2\.0\/24: 2$/],
];
for (const [why, german] of whys) {
  test(`the reason ${JSON.stringify(why)} is said in German, and in English by the node`, t => {
    const told = { reasons: ['as the node says it'], why: [why] };
    const [inGerman] = reasonsIn(told, deServers.detail.reasons, formatsFor('de'));
    t.regex(inGerman!.words, german);
    t.is(inGerman!.lang, undefined);
    const own = [{ words: 'as the node says it', lang: 'en' }];
    t.deepEqual(reasonsIn(told, enServers.detail.reasons, formatsFor('en')), own);
  });
}

for (const [sayings, why, german] of [
  [deStatus.keys.reasons, { code: 'expired', values: {} }, /abgelaufen: Sein Inhaber/],
  [deStatus.keys.reasons, { code: 'revoked', values: {} }, /widerrufen$/],
  [deStatus.keys.reasons, { code: 'subkey-revoked', values: {} }, /den Unterschlüssel widerrufen$/],
  [deStatus.keys.reasons, { code: 'weak', values: { algorithm: 'rsa1024' } }, /^rsa1024 oder .* zu schwach$/],
  [deStatus.keys.reasons, { code: 'not-for-signing', values: {} }, /nicht zum Signieren/],
  [deStatus.keys.reasons, { code: 'from-the-future', values: { made: '2030-01-01' } }, /erzeugt 2030-01-01$/],
  [deHistory.reasons, { code: 'adopted', values: {} }, /^sie gilt$/],
  [deHistory.reasons, { code: 'superseded', values: {} }, /^eine andere gilt$/],
  [deHistory.reasons, { code: 'untrusted', values: {} }, /zählt hier nicht mehr$/],
  [deHistory.reasons, { code: 'replaced', values: {} }, /^geprüft, als sie kam/],
] as const) {
  test(`the reason ${JSON.stringify(why)} beside a key or a signature is said in German`, t => {
    const { words, lang } = reasonIn({ reason: 'as the node says it', why }, sayings, formatsFor('de'));
    t.regex(words, german);
    t.is(lang, undefined);
  });
}

test('a reason with a code that the page does not know is told in the words of the node', t => {
  for (const code of ['barred', 'constructor']) {
    const told = { reasons: ['barred by Ada'], why: [{ code, values: {} }] };
    t.deepEqual(reasonsIn(told, deServers.detail.reasons, formatsFor('de')), [{ words: 'barred by Ada', lang: 'en' }]);
  }
});

test('times are said in the language, and exactly in UTC', t => {
  const [en, de] = [formatsFor('en'), formatsFor('de')];
  t.is(en.ago(0, 3 * 3_600_000), '3 hours ago');
  t.is(en.ago(0, 999), 'now');
  t.is(en.ago(728 * 86_400_000, 0), 'in 2 years', 'not `next year`, which it is not');
  t.is(en.ago(0, 47 * 3_600_000), '1 day ago', 'not `yesterday`: it may be the day before');
  t.is(de.ago(0, 3 * 3_600_000), 'vor 3 Stunden');
  t.is(en.age(0, 90_000), '1m');
  t.is(en.age(0, 150 * 86_400_000), '4 mths');
  t.is(en.utc(0), '1970-01-01 00:00:00 UTC');
  t.is(de.number(1234), '1.234');
  t.is(de.country('de'), 'Deutschland');
  t.is(en.country('<b>'), '<b>');
});

test('ids are shortened in the middle', t => {
  t.is(shortId('12D3KooWabcdefHyQ6X', 4, 4), '12D3…yQ6X');
  t.is(shortId('short'), 'short');
});

for (const [game, address, link] of [
  ['css', '203.0.113.7:27015', 'steam://connect/203.0.113.7:27015'],
  ['xonotic', '[2001:db8::7]:26000', 'xonotic://[2001:db8::7]:26000'],
  ['openarena', '203.0.113.7:27960', undefined],
  ['css', 'javascript:alert(1)', undefined],
  ['css', '203.0.113.7:27015/"onclick', undefined],
  ['constructor', '203.0.113.7:1', undefined],
  ['css', undefined, undefined],
] as const) {
  test(`${game} at ${address} is joined by ${link ?? 'hand'}`, t => t.is(joinLink(game, address), link));
}

test('a snippet stays text, whatever the name', t => {
  const { HTML, Markdown, BBCode } = embedOf({ name: `<b>"x"](y)[/url]`, address: '1.2.3.4:5', href: 'http://h/s' });
  t.is(HTML, '<a href="http://h/s">&lt;b&gt;&quot;x&quot;](y)[/url]</a> <code>1.2.3.4:5</code>');
  t.true(Markdown.startsWith('[&lt;b&gt;"x"\\]\\(y\\)\\[/url\\]](http://h/s)'));
  t.is(BBCode, '[url=http://h/s]<b>"x"］(y)［/url］[/url] 1.2.3.4:5');
});

for (const [title, [top, height, rowHeight, rows], expected] of [
  ['at the top', [0, 360, 36, 1000], { first: 0, end: 18 }],
  ['in the middle', [3600, 360, 36, 1000], { first: 92, end: 118 }],
  ['at the end', [35640, 360, 36, 1000], { first: 982, end: 1000 }],
  ['of a short list', [0, 360, 36, 3], { first: 0, end: 3 }],
  ['scrolled beyond a list that became short', [35640, 360, 36, 3], { first: 0, end: 3 }],
  ['of nothing', [0, 360, 36, 0], { first: 0, end: 0 }],
] as const) {
  test(`the rows to draw ${title}`, t => t.deepEqual(windowOf(top, height, rowHeight, rows), expected));
}

test('a row is scrolled to no further than needed', t => {
  t.is(scrollToShow(5, 0, 360, 36), 0);
  t.is(scrollToShow(10, 0, 360, 36), 36);
  t.is(scrollToShow(2, 360, 360, 36), 72);
});
