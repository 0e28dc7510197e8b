// What peers gossip, read from streams that are plain events.
import type { PeerId, Stream } from '@libp2p/interface';
import test from 'ava';
import { formatFrame } from './frame.ts';
import { type Receiver, readDirectly } from './inflow.ts';

/** As much of a stream as is read. */
class Pipe extends EventTarget {
  isClosed = false;
  brings(bytes: Uint8Array): void {
    this.dispatchEvent(Object.assign(new Event('message'), { data: bytes }));
  }
  abort(error: Error): void {
    this.dispatchEvent(Object.assign(new Event('close'), { error }));
  }
  async close(): Promise<void> {
    this.isClosed = true;
  }
}

function setup() {
  const peer = { toString: () => 'peer' } as PeerId;
  const [heard, left, logged]: string[][] = [[], [], []];
  const gossip: Receiver<string> = {
    peers: new Map([['peer', peer]]),
    streamsInbound: new Map(),
    isStarted: () => true,
    createInboundStream: () => {},
    decodeRpc: bytes => {
      if (bytes.length === 0) throw new Error('no message');
      return Buffer.from(bytes).toString();
    },
    handleReceivedRpc: async (_, rpc) => {
      if (rpc === 'fails') throw new Error('out of order');
      heard!.push(rpc);
    },
    onPeerDisconnected: it => void left!.push(it.toString()),
  };
  readDirectly(gossip, 100, message => logged!.push(message));
  const open = (it = peer): Pipe => {
    const pipe = new Pipe();
    gossip.createInboundStream(it, pipe as unknown as Stream);
    return pipe;
  };
  return { gossip, open, heard: heard!, left: left!, logged: logged! };
}
const framed = (text: string): Uint8Array => formatFrame(Buffer.from(text));

test('messages are heard in their order, however they are cut', t => {
  const { open, heard, left } = setup();
  const bytes = Buffer.concat([framed('one'), framed('two'), framed('three')]);
  const pipe = open();
  for (const [from, to] of [
    [0, 1],
    [1, 6],
    [6, bytes.length],
  ])
    pipe.brings(bytes.subarray(from, to));
  t.deepEqual(heard, ['one', 'two', 'three']);
  t.deepEqual(left, []);
});

test('what cannot be read ends gossip with the peer: of thousands in one piece none fills the log', async t => {
  const { open, heard, left, logged } = setup();
  open().brings(Buffer.concat([framed('one'), ...Array.from({ length: 5_000 }, () => framed('')), framed('two')]));
  await Promise.resolve();
  t.deepEqual(heard, ['one']);
  t.deepEqual(left, ['peer']);
  t.deepEqual(logged, []);
});

test('what fails though it could be read is told, and what follows is heard', async t => {
  const { open, heard, left, logged } = setup();
  open().brings(Buffer.concat([framed('fails'), framed('two')]));
  await Promise.resolve();
  t.deepEqual(heard, ['two']);
  t.deepEqual(left, []);
  t.deepEqual(logged, ['gossip of peer failed: out of order']);
});

test('a message above the limit ends gossip with the peer', t => {
  const { open, heard, left } = setup();
  open().brings(Buffer.concat([framed('one'), Uint8Array.of(101)]));
  t.deepEqual(heard, ['one']);
  t.deepEqual(left, ['peer']);
});

test('a later stream replaces the one before, whose end is not that of the peer', t => {
  const { gossip, open, heard, left } = setup();
  const [first, second] = [open(), open()];
  t.true(first.isClosed);
  t.false(second.isClosed);
  first.abort(new Error('reset'));
  t.deepEqual(left, []);
  second.brings(framed('two'));
  t.deepEqual(heard, ['two']);
  t.is(gossip.streamsInbound.get('peer')?.rawStream as unknown, second);
  second.abort(new Error('reset'));
  t.deepEqual(left, ['peer']);
});

test('of a peer that is not connected nothing is read', t => {
  const { gossip, open, heard } = setup();
  open({ toString: () => 'stranger' } as PeerId).brings(framed('one'));
  t.deepEqual(heard, []);
  t.is(gossip.streamsInbound.size, 0);
});
