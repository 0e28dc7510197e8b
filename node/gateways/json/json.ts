// The gateway for games without a master protocol: a plain list in JSON over HTTP, and a datagram that servers send back.
import { minute } from '../../base/time.ts';
import { openChecked } from '../checked.ts';
import { Checks } from '../checks.ts';
import type { Family } from '../family.ts';
import { bodyBytesMax, JsonMaster } from './master.ts';
import { probe } from './probe.ts';

/** Servers speak every minute: two of their words may get lost. */
export const timeoutMs = 2.5 * minute;

export const json: Family = {
  name: 'json',
  transport: 'http',
  timeoutMs,
  open: async deps => {
    const checks = new Checks(deps, probe.ask);
    const master = new JsonMaster(deps, checks, timeoutMs);
    return openChecked(checks, { deps, bodyBytesMax, answer: request => master.answer(request) });
  },
  probe,
};
