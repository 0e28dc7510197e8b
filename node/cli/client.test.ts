import test from 'ava';
import { parseRunning } from './client.ts';

for (const [text, http] of [
  ['{"pid":4711,"http":"http://127.0.0.1:7480"}', 'http://127.0.0.1:7480'],
  ['{"pid":4711,"http":"http://[::1]:7480/","peerId":"12D3KooW"}', 'http://[::1]:7480'],
  ['{"pid":4711,"http":"127.0.0.1:7480"}', 'http://127.0.0.1:7480'],
] as const) {
  test(`${text} is a node that runs`, t => t.deepEqual(parseRunning(text), { pid: 4711, http }));
}

for (const text of [
  '',
  '{',
  'null',
  '[]',
  '{"http":"http://127.0.0.1:7480"}',
  '{"pid":0,"http":"http://127.0.0.1:7480"}',
  '{"pid":-1,"http":"http://127.0.0.1:7480"}',
  '{"pid":1.5,"http":"http://127.0.0.1:7480"}',
  '{"pid":1,"http":"https://example.org"}',
  '{"pid":1,"http":"file:///etc/passwd"}',
  '{"pid":1,"http":7480}',
]) {
  test(`"${text}" is no node that runs`, t => t.is(parseRunning(text), undefined));
}
