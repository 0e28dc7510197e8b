// Clients of list.git that hang up before their answer begins.
import { once } from 'node:events';
import test, { type ExecutionContext } from 'ava';
import fastify, { type FastifyReply } from 'fastify';
import { fakeNode } from '../../../test/api/fake-node.ts';
import { gitRoutes, gitStreamsMax } from './git.ts';

/** `before` is awaited ahead of the handler, as the end of a compressed request is. */
async function open(
  t: ExecutionContext,
  bundle: () => AsyncGenerator<Uint8Array>,
  before: (reply: FastifyReply) => Promise<unknown>,
) {
  const app = fastify({ forceCloseConnections: true });
  t.teardown(() => app.close());
  app.addHook('preHandler', async (_, reply) => void (await before(reply)));
  await app.register(gitRoutes, { git: { ...fakeNode().git, bundle } });
  const address = await app.listen({ host: '127.0.0.1', port: 0 });
  const stop = new AbortController();
  const ask = (signal: AbortSignal | null = null) => fetch(`${address}/list.bundle`, { signal });
  return {
    ask,
    /** As many as may be served at a time ask, and all hang up at `there`. */
    hangUp: async (there: Promise<void>) => {
      const asked = Array.from({ length: gitStreamsMax }, () => ask(stop.signal));
      await there;
      stop.abort();
      await Promise.allSettled(asked);
    },
  };
}

/** Resolves when it was called by each of those who hang up. */
function allOfThem() {
  const { promise, resolve } = Promise.withResolvers<void>();
  let count = 0;
  return { all: promise, one: () => void (++count === gitStreamsMax && resolve()) };
}

test('who hangs up before the request is looked at leaves no place taken', async t => {
  const [came, went] = [allOfThem(), allOfThem()];
  let hangingUp = true;
  const bundle = async function* () {
    yield Buffer.from('pack');
  };
  const { ask, hangUp } = await open(t, bundle, async reply => {
    if (!hangingUp) return;
    const closed = once(reply.raw, 'close');
    came.one();
    await closed;
    went.one();
  });
  await hangUp(came.all);
  await went.all;
  hangingUp = false;
  t.is(await (await ask()).text(), 'pack');
});

test('what is read for somebody ends when he hung up before the first piece of it', async t => {
  const [came, went] = [allOfThem(), allOfThem()];
  const go = Promise.withResolvers<void>();
  const bundle = async function* () {
    try {
      came.one();
      await go.promise;
      yield Buffer.from('pa');
      yield Buffer.from('ck');
    } finally {
      went.one();
    }
  };
  const closings: Promise<unknown>[] = [];
  const { ask, hangUp } = await open(t, bundle, async reply => void closings.push(once(reply.raw, 'close')));
  await hangUp(came.all);
  await Promise.all(closings);
  go.resolve();
  await went.all;
  t.is(await (await ask()).text(), 'pack');
});
