// Floods three real nodes with fakes, and checks that the real servers do not drown: see README.md.
import { generateKeyPairSync, sign } from 'node:crypto';
import { parseArgs } from 'node:util';
import { checkSignature } from '../../node/identity/ed25519.ts';
import { temporaryFolder } from '../processes.ts';
import { type KindName, kinds, type Scale } from './flood-cast.ts';
import { type FloodResult, flood, megabytes, seconds, sum } from './flood-run.ts';

const { values } = parseArgs({
  options: {
    kind: { type: 'string', default: 'crowd' },
    real: { type: 'string', default: '1800' },
    fakes: { type: 'string', default: '1280000' },
    identities: { type: 'string', default: '10000' },
    addresses: { type: 'string', default: '203' },
    peers: { type: 'string', default: '4' },
    announcements: { type: 'string', default: '50' },
    checkpoint: { type: 'boolean', default: false },
    /** The attack ends after this time, whatever is left of it. */
    seconds: { type: 'string', default: '300' },
    /** Say what happened, whatever it was. */
    'only-look': { type: 'boolean', default: false },
  },
});
const memoryBytesMax = 600 * 1024 ** 2;
const spreadMsMax = 2_000;
const quantile = 0.95;
const everyMs = 500;
/** With a checkpoint they have their places, whoever else wants them. */
const neighbours = values.checkpoint ? 20 : 0;
const scale: Scale = {
  real: Number(values.real),
  neighbours,
  fakes: Number(values.fakes),
  identities: Number(values.identities),
  addresses: Number(values.addresses),
};

if (!Object.hasOwn(kinds, values.kind)) {
  process.stderr.write(`no kind of flood is called ${values.kind}; there are ${Object.keys(kinds).join(', ')}\n`);
  process.exitCode = 2;
} else await main(values.kind as KindName);

async function main(kind: KindName): Promise<void> {
  say(`${kind}: ${kinds[kind].text}`);
  await using folder = await temporaryFolder();
  const bare = bareVerifications();
  const result = await flood({
    ...{ folder: folder.path, scale, kind, checkpoint: values.checkpoint, everyMs, flags: [], say },
    peers: Number(values.peers),
    attackMsMax: Number(values.seconds) * 1_000,
    announcements: Number(values.announcements),
  });
  report(result, bare);
  const failed = faults(result);
  for (const fault of failed) say(`FAILED: ${fault}`);
  if (failed.length === 0) say('\nAll as it should be.');
  else if (!values['only-look']) process.exitCode = 1;
}

function report(result: FloodResult, bare: number): void {
  const { lists, healed, sent, attackMs, settleMs, memoryBytes, refused, spreads, storeBytes } = result;
  const rate = (count: number) => `${Math.round((count / attackMs) * 1_000)}/s`;
  say(`${sent} fakes sent in ${seconds(attackMs)}, ${rate(sent)}; one core checks ${Math.round(bare)} signatures/s`);
  say(`V refused ${rate(sum(refused))}: ${JSON.stringify(refused)}`);
  say(
    `settled ${seconds(settleMs)} later; peak memory of V ${megabytes(memoryBytes)}, its store grew by ${megabytes(storeBytes)}`,
  );
  for (const [i, { real, late, fakes, shown }] of lists.entries()) {
    say(`${'VHW'[i]} lists ${real} real and ${late} late servers and ${fakes} fakes; shows ${shown} by default`);
  }
  const sorted = spreads.toSorted((a, b) => a - b);
  say(
    `${spreads.length} honest announcements from H to W: p50 ${ms(at(sorted, 0.5))}, p95 ${ms(at(sorted, quantile))}, ` +
      `max ${ms(at(sorted, 1))}`,
  );
  for (const [i, { real, late, fakes }] of healed.entries()) {
    say(`after the rollback ${'VHW'[i]} lists ${real} real and ${late} late servers and ${fakes} fakes`);
  }
}

function faults({ lists, healed, late, fakesAtTop, memoryBytes, spreads }: FloodResult): string[] {
  const wrong = (what: string, is: boolean) => (is ? [what] : []);
  const slowest = at(
    spreads.toSorted((a, b) => a - b),
    quantile,
  );
  return [
    ...lists.flatMap(({ real }, i) =>
      wrong(`${'VHW'[i]} lists ${real} of ${scale.real} real servers`, real < scale.real),
    ),
    ...lists.flatMap((list, i) => wrong(`${'VHW'[i]} lists ${list.late} of ${late} late servers`, list.late < late)),
    ...wrong(`fakes at places ${fakesAtTop.slice(0, 10)}`, fakesAtTop.length > 0),
    ...wrong(`${megabytes(memoryBytes)} of memory`, memoryBytes > memoryBytesMax),
    ...wrong(`honest announcements took ${ms(slowest)} at p95`, slowest > spreadMsMax),
    ...healed.flatMap(({ real, late: back, fakes }, i) =>
      wrong(
        `healed, ${'VHW'[i]} lists ${real} + ${back} servers, ${fakes} fakes`,
        real + back < scale.real + late || fakes > 0,
      ),
    ),
  ];
}

/** What a node spends on a signature alone, on one core. */
function bareVerifications(): number {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const message = Buffer.alloc(450, 'x');
  const signature = sign(null, message, privateKey);
  const key = Buffer.from(publicKey.export({ format: 'jwk' }).x!, 'base64url');
  const rounds = 5_000;
  const began = performance.now();
  for (let i = 0; i < rounds; i++) checkSignature(signature, message, key);
  return rounds / ((performance.now() - began) / 1_000);
}

function at(sorted: readonly number[], share: number): number {
  return sorted[Math.ceil(share * sorted.length) - 1]!;
}

function ms(value: number): string {
  return `${Math.round(value)} ms`;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
