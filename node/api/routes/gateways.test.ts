import test from 'ava';
import { setup } from '../../../test/api/fake-node.ts';
import { gateway } from '../../../test/api/gateway.ts';

test('gateways are open to read: where they listen, and what they have counted', async t => {
  const { ask } = await setup(t);
  t.deepEqual((await ask('/api/v1/gateways')).json(), { gateways: [gateway] });
});
