import test from 'ava';
import { Plan, slotMs } from './plan.ts';

const all = (plan: Plan, nowMs: number) => {
  const keys: string[] = [];
  for (let key = plan.take(nowMs); key !== undefined; key = plan.take(nowMs)) keys.push(key);
  return keys;
};

test('places come in the order in which they were added, each once', t => {
  const plan = new Plan();
  for (const key of ['a', 'b', 'a', 'c']) plan.add(key);
  t.deepEqual(all(plan, 0), ['a', 'b', 'c']);
  t.deepEqual(all(plan, 1e9), []);
});

test('a place comes again when its time has come, the longest waiting first', t => {
  const plan = new Plan();
  plan.later('b', 10_000);
  plan.later('a', 5_000);
  t.deepEqual(all(plan, 4_999), []);
  t.deepEqual(all(plan, 20_000), ['a', 'b']);
});

test('no place comes before its time, and none more than a slot late', t => {
  const plan = new Plan();
  plan.take(100);
  plan.later('a', 1_001);
  t.is(plan.take(1_000), undefined);
  t.is(plan.take(1_001 + slotMs), 'a');
});

test('new places come first, but every fourth turn is for an old one', t => {
  const plan = new Plan();
  for (const key of ['old 1', 'old 2']) plan.later(key, 0);
  for (let i = 1; i <= 6; i++) plan.add(`new ${i}`);
  t.deepEqual(all(plan, 1_000), ['new 1', 'new 2', 'new 3', 'old 1', 'new 4', 'new 5', 'new 6', 'old 2']);
});

test('a removed place does not come, wherever it stood', t => {
  const plan = new Plan();
  plan.add('fresh');
  plan.later('due', 0);
  plan.later('waiting', 60_000);
  for (const key of ['fresh', 'due', 'waiting', 'never there']) plan.remove(key);
  t.deepEqual(all(plan, 120_000), []);
});

test('who comes first is not held up by a flood of new ones, and leaves them one of eight turns', t => {
  const plan = new Plan(key => key.startsWith('known'));
  for (let i = 1; i <= 100; i++) plan.add(`new ${i}`);
  for (let i = 1; i <= 9; i++) plan.later(`known ${i}`, 0);
  const turns = all(plan, 1_000).slice(0, 11);
  t.deepEqual(turns, [...[1, 2, 3, 4, 5, 6, 7].map(i => `known ${i}`), 'new 1', 'known 8', 'known 9', 'new 2']);
});

test('who comes first can change for those who wait', t => {
  let first = 'b';
  const plan = new Plan(key => key === first);
  for (const key of ['a', 'b', 'c', 'd']) plan.add(key);
  first = 'd';
  plan.reorder();
  t.deepEqual(all(plan, 0), ['d', 'a', 'c', 'b']);
});
