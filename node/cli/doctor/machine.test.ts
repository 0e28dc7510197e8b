import test from 'ava';
import { judgeMachine, readMachine } from './machine.ts';

const enough = { nodeVersion: '24.12.0', memoryBytes: 4e9, diskBytes: 4e9, filesMax: 1_024 };

for (const [title, changes, check, state] of [
  ['Node 24.11', { nodeVersion: '24.11.3' }, 'node', 'problem'],
  ['Node 22', { nodeVersion: '22.99.0' }, 'node', 'problem'],
  ['Node 26', { nodeVersion: '26.0.0' }, 'node', 'ok'],
  ['300 MB of memory', { memoryBytes: 3e8 }, 'memory', 'warning'],
  ['100 MB of memory', { memoryBytes: 1e8 }, 'memory', 'problem'],
  ['1 GB of disk', { diskBytes: 1e9 }, 'disk', 'warning'],
  ['a full disk', { diskBytes: 0 }, 'disk', 'problem'],
  ['500 files', { filesMax: 500 }, 'files', 'warning'],
  ['enough of everything', {}, 'files', 'ok'],
] as const) {
  test(`with ${title}, "${check}" is ${state}`, t => {
    const findings = judgeMachine({ ...enough, ...changes }, '/data', 200);
    const found = findings.find(finding => finding.check === check)!;
    t.is(found.state, state);
    t.is(found.remedy === null, state === 'ok');
    t.true(findings.every(finding => finding === found || finding.state === 'ok'));
  });
}

test('what the system does not limit is not judged', t => {
  t.deepEqual(
    judgeMachine({ ...enough, filesMax: undefined }, '/data', 200).map(({ check }) => check),
    ['node', 'memory', 'disk'],
  );
});

test('a machine tells what it has, also for a folder that is not there yet', async t => {
  const { nodeVersion, memoryBytes, diskBytes } = await readMachine('/tmp/not/there/yet');
  t.is(nodeVersion, process.versions.node);
  t.true(memoryBytes > 0);
  t.true(diskBytes > 0);
});
