import test from 'ava';
import { reaches } from './resolve.ts';

for (const ip of ['8.8.8.8', '127.0.0.1', '::1', 'fe80::1']) {
  test(`${ip} can be reached whatever addresses this machine has`, t => t.true(reaches(ip)));
}
