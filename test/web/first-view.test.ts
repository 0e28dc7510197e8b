// The first view stays small: who sends a link to a phone on a bad line should not have to wait for it.
import test from 'ava';
import { firstViewScripts } from './first-view.ts';

/** On a line of 400 kbit/s that is 0.8 s. */
const gzippedBytesMax = 40_000;

test('the JavaScript of the first view takes at most 40 KB gzipped, and views for later are not in it', async t => {
  const scripts = await firstViewScripts();
  const bytes = scripts.reduce((sum, { gzippedBytes }) => sum + gzippedBytes, 0);
  t.true(scripts.some(({ name }) => name.startsWith('index-')));
  t.true(bytes > 10_000 && bytes <= gzippedBytesMax, `${bytes} bytes: ${JSON.stringify(scripts)}`);
  t.deepEqual(
    scripts.filter(({ name }) => /^(?:history|commit|compare|rollbacks|nodes|status|series|openpgp)/.test(name)),
    [],
  );
});
