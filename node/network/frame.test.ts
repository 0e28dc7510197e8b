import test from 'ava';
import fc from 'fast-check';
import { FrameParser, FramesParser, formatFrame } from './frame.ts';

test('a frame is its length as a varint and the body', t => {
  t.deepEqual([...formatFrame(new TextEncoder().encode('hello'))], [5, 0x68, 0x65, 0x6c, 0x6c, 0x6f]);
  t.deepEqual([...formatFrame(new Uint8Array(300)).subarray(0, 2)], [0xac, 0x02]);
});

test('a frame cut anywhere parses to the body it was made of', t => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40_000 }), fc.array(fc.nat(40_005), { maxLength: 5 }), (body, cuts) => {
      const frame = formatFrame(body);
      const parser = new FrameParser(40_000);
      const ends = [...cuts.filter(cut => cut < frame.length), frame.length].sort((a, b) => a - b);
      let at = 0;
      for (const end of ends) {
        const whole = parser.push(frame.subarray(at, end));
        at = end;
        if (whole) return end === frame.length && Buffer.compare(whole, body) === 0;
      }
      return false;
    }),
    { numRuns: 50 },
  );
  t.pass();
});

for (const [title, bytes, code] of [
  ['one byte above the limit is refused before its body comes', [11], 'TOO_LARGE'],
  ['with a length in more bytes than needed is refused', [0x81, 0x00], 'BAD_FRAME'],
  ['with a length that never ends is refused', [0xff, 0xff, 0xff, 0xff], 'BAD_FRAME'],
  ['with something behind it is refused', [1, 7, 7], 'BAD_FRAME'],
] as const) {
  test(`a frame ${title}`, t => {
    t.throws(() => new FrameParser(10).push(Uint8Array.from(bytes)), { code });
  });
}

test('frames one behind another, cut anywhere, parse to the bodies they were made of', t => {
  fc.assert(
    fc.property(
      fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 8 }),
      fc.array(fc.nat(2_500), { maxLength: 12 }),
      (bodies, cuts) => {
        const bytes = Buffer.concat(bodies.map(formatFrame));
        const parser = new FramesParser(300);
        const ends = [...cuts.filter(cut => cut < bytes.length), bytes.length].sort((a, b) => a - b);
        const read = ends.flatMap((end, n) => [...parser.push(bytes.subarray(ends[n - 1] ?? 0, end))]);
        return read.length === bodies.length && read.every((body, n) => Buffer.compare(body, bodies[n]!) === 0);
      },
    ),
  );
  t.pass();
});

test('of frames one behind another those before a bad one are read', t => {
  const frames = new FramesParser(10).push(Uint8Array.of(1, 7, 0, 11));
  t.deepEqual([...(frames.next().value as Uint8Array)], [7]);
  t.deepEqual([...(frames.next().value as Uint8Array)], []);
  t.throws(() => frames.next(), { code: 'TOO_LARGE' });
});
