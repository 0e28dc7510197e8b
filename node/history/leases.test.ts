import test from 'ava';
import { Leases } from './leases.ts';

test('what deletes waits for all who lean on something, and they for it', async t => {
  const leases = new Leases();
  const told: string[] = [];
  const [first, second, deletion] = [1, 2, 3].map(() => Promise.withResolvers<void>());
  const step = (name: string, until: Promise<void>) => async () => {
    told.push(`${name} begins`);
    await until;
    told.push(`${name} ends`);
  };
  const all = [
    leases.use(step('first', first!.promise)),
    leases.use(step('second', second!.promise)),
    leases.alone(step('deletion', deletion!.promise)),
  ];
  await turn();
  t.deepEqual(told, ['first begins', 'second begins']);
  first!.resolve();
  await turn();
  t.is(told.at(-1), 'first ends');
  second!.resolve();
  await turn();
  t.is(told.at(-1), 'deletion begins');
  all.push(leases.use(step('third', Promise.resolve())), leases.alone(step('another', Promise.resolve())));
  await turn();
  t.is(told.at(-1), 'deletion begins');
  deletion!.resolve();
  await Promise.all(all);
  t.is(told.length, 10);
  const [third, another] = ['third', 'another'].map(name => told.indexOf(`${name} begins`));
  t.deepEqual([told[third! + 1], told[another! + 1]], ['third ends', 'another ends'], 'never both at once');
});

test('what fails gives way to the next', async t => {
  const leases = new Leases();
  const fail = () => Promise.reject(new Error('no'));
  await t.throwsAsync(leases.use(fail), { message: 'no' });
  await t.throwsAsync(leases.alone(fail), { message: 'no' });
  t.is(await leases.alone(async () => 1), 1);
  t.is(await leases.use(async () => 2), 2);
});

const turn = () => new Promise(setImmediate);
