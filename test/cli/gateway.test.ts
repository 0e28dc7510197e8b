import test from 'ava';
import { gateway } from '../api/gateway.ts';
import { fakeNode, rollcall } from './harness.ts';

test('gateway list shows where each listens and what it has counted', async t => {
  await using node = await fakeNode({ 'GET /api/v1/gateways': { body: { gateways: [gateway] } } });
  const { exit, stdout } = await rollcall(['gateway', 'list', '--data', node.folder]);
  t.is(exit, 0);
  for (const part of ['dpmaster', 'udp 0.0.0.0:27950', '15 min', 'heartbeats 3, packets 12', '1 gateway']) {
    t.true(stdout.includes(part), `${part} is not in\n${stdout}`);
  }
});

test('gateway list tells a time-out as it is: 90 s is not a minute', async t => {
  const gateways = [90_000, 3_900_000].map(timeoutMs => ({ ...gateway, timeoutMs }));
  await using node = await fakeNode({ 'GET /api/v1/gateways': { body: { gateways } } });
  const { stdout } = await rollcall(['gateway', 'list', '--data', node.folder]);
  t.regex(stdout, / 90 s .*\n.* 65 min /);
});

test('gateway list --json is what the node says', async t => {
  await using node = await fakeNode({ 'GET /api/v1/gateways': { body: { gateways: [gateway] } } });
  const { stdout } = await rollcall(['gateway', 'list', '--json', '--data', node.folder]);
  t.deepEqual(JSON.parse(stdout), { gateways: [gateway] });
});
