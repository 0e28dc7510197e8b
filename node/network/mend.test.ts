// What is repaired in libraries: that it is, and that nothing else breaks by it.
import { Socket } from 'node:net';
import { type ConnectionEncrypter, type MessageStream, type Stream, TypedEventEmitter } from '@libp2p/interface';
import test from 'ava';
import { labNode, until } from './lab.ts';
import { mendNoise } from './mend.ts';

const protocol = '/lab/1';

/** What is read of yamux's streams here. */
type Windowed = Stream & { readonly recvWindow: number; readonly recvWindowCapacity: number };

async function start() {
  const node = await labNode();
  await node.start();
  return node;
}

test('a sender hears of more room when half of the window is used, not with each message', async t => {
  const [from, to] = [await start(), await start()];
  let stream: Windowed | undefined;
  let bytes = 0;
  await to.handle(protocol, it => {
    stream = it as Windowed;
    it.addEventListener('message', ({ data }) => {
      bytes += data.byteLength;
    });
  });
  const out = await (await from.dial(to.getMultiaddrs())).newStream(protocol);
  const least: number[] = [];
  for (let sent = 1; sent <= 60; sent++) {
    out.send(new Uint8Array(10_000));
    await until(() => bytes === sent * 10_000);
    least.push(stream!.recvWindowCapacity);
  }
  const { recvWindow } = stream!;
  t.true(
    least.some(capacity => capacity < recvWindow * 0.6),
    'messages are not confirmed one by one',
  );
  t.true(
    least.every(capacity => capacity >= recvWindow / 2),
    'and the window never closes',
  );
  await Promise.all([from.stop(), to.stop()]);
});

test('a message is written in one piece, whatever its size, and arrives', async t => {
  const [from, to] = [await start(), await start()];
  let bytes = 0;
  await to.handle(protocol, it => {
    it.addEventListener('message', ({ data }) => {
      bytes += data.byteLength;
    });
  });
  const out = await (await from.dial(to.getMultiaddrs())).newStream(protocol);
  for (const size of [1, 500, 5_000, 50_000]) {
    const { write } = Socket.prototype;
    const written: number[] = [];
    Socket.prototype.write = function (this: Socket, data: Uint8Array) {
      written.push(data.length);
      return write.call(this, data);
    } as typeof write;
    // Down to the socket nothing waits, so that nobody else writes in between.
    out.send(new Uint8Array(size));
    Socket.prototype.write = write;
    t.is(written.length, 1, `${size} bytes`);
    t.true(written[0]! > size);
    await until(() => bytes === size);
    bytes = 0;
  }
  await Promise.all([from.stop(), to.stop()]);
});

test('the length of a message that has not come yet is none, and one that has come is read', async t => {
  const stream = {
    encrypt: () => new Uint8Array(),
    decoder: {
      lengthDecoder: (): number => {
        throw new RangeError('Could not decode int16BE');
      },
    },
  };
  const secured = async () => ({ connection: stream as unknown as MessageStream });
  const noise = {
    protocol: '/noise',
    secureInbound: secured,
    secureOutbound: secured,
  } as unknown as ConnectionEncrypter;
  await mendNoise(() => noise)({}).secureInbound({} as MessageStream);
  const lengthOf = stream.decoder.lengthDecoder as (bytes: object) => number;
  for (const [bytes, length] of [
    [[], 0],
    [[1], 0],
    [[1, 2], 258],
  ] as const) {
    const buffer = Buffer.from(bytes);
    t.is(lengthOf({ byteLength: buffer.length, getUint16: (at: number) => buffer.readUInt16BE(at) }), length);
  }
});

test('that nothing is left to send is told to those who listen, and made for nobody else', t => {
  const made: string[] = [];
  const emitter = new (class extends TypedEventEmitter<{ drain: CustomEvent<number> }> {
    override dispatchEvent(event: Event): boolean {
      made.push(event.type);
      return super.dispatchEvent(event);
    }
  })();
  t.true(emitter.safeDispatchEvent('drain'));
  t.deepEqual(made, []);
  const heard: number[] = [];
  const listener = ({ detail }: CustomEvent<number>): void => void heard.push(detail);
  emitter.addEventListener('drain', listener);
  t.true(emitter.safeDispatchEvent('drain', { detail: 7 }));
  emitter.removeEventListener('drain', listener);
  t.true(emitter.safeDispatchEvent('drain', { detail: 8 }));
  t.deepEqual(made, ['drain']);
  t.deepEqual(heard, [7]);
});

test('what libp2p tells of itself reaches who listens to the node, also where nobody inside does', async t => {
  const [from, to] = [await start(), await start()];
  const met: string[] = [];
  from.addEventListener('peer:connect', ({ detail }) => met.push(detail.toString()));
  await from.dial(to.getMultiaddrs());
  await until(() => met.length > 0);
  t.deepEqual(met, [to.peerId.toString()]);
  await Promise.all([from.stop(), to.stop()]);
});
