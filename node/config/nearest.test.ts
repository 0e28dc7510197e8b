import test from 'ava';
import { nearest } from './nearest.ts';

const known = ['role', 'list.name', 'history.commitIntervalMs', 'history.commitChangesMax', 'http.port'];

for (const [typed, suggested] of [
  ['history.commitintervalms', 'history.commitIntervalMs'],
  ['history.commitChangeMax', 'history.commitChangesMax'],
  ['commitChangesMax', 'history.commitChangesMax'],
  ['htp.port', 'http.port'],
  ['roles', 'role'],
  ['karma.actions', undefined],
] as const) {
  test(`for ${typed} it suggests ${suggested ?? 'nothing'}`, t => {
    t.is(nearest(typed, known), suggested);
  });
}
