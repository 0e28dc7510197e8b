// The gateway for BZFlag: one page that takes a form, for servers and clients alike.
import { second } from '../../base/time.ts';
import { openChecked } from '../checked.ts';
import { Checks } from '../checks.ts';
import type { Family } from '../family.ts';
import { BzflagMaster, bodyBytesMax } from './master.ts';
import { probe } from './probe.ts';

/** BZFlag's list server: 1,830 s; servers speak every 15 minutes, and whenever somebody joins or leaves. */
export const timeoutMs = 1_830 * second;

export const bzflag: Family = {
  name: 'bzflag',
  transport: 'http',
  timeoutMs,
  open: async deps => {
    const checks = new Checks(deps, probe.ask);
    const master = new BzflagMaster(deps, checks, timeoutMs);
    return openChecked(checks, { deps, bodyBytesMax, answer: request => master.answer(request) });
  },
  probe,
};
