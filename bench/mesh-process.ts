// A process of `mesh-processes.ts`: runs members, and keeps what they hear until it is asked for.
import { type Kind, kinds, type Member } from './mesh.ts';

export type Question =
  | { readonly what: 'open'; readonly member: number; readonly entries: readonly string[] }
  | { readonly what: 'say'; readonly member: number; readonly count: number }
  | { readonly what: 'peers' | 'heard' | 'cpuMs' };

export type Answers = {
  readonly open: string;
  readonly say: { readonly names: readonly string[]; readonly atMs: number };
  readonly peers: Readonly<Record<number, number>>;
  readonly heard: readonly Heard[];
  readonly cpuMs: number;
};
/** Times by a clock that all processes of a machine share. */
export type Heard = readonly [name: string, member: number, atMs: number];

const open = kinds[process.argv[2] as Kind];
const members = new Map<number, Member>();
let heard: Heard[] = [];

process.on('message', async ({ id, ...question }: Question & { readonly id: number }) => {
  try {
    process.send!({ id, value: await answer(question as Question) });
  } catch (error) {
    process.send!({ id, error: String(error) });
  }
});
process.on('disconnect', () => process.exit());

async function answer(question: Question): Promise<Answers[keyof Answers]> {
  switch (question.what) {
    case 'open': {
      const { member, entries } = question;
      const it = await open(member, entries, name => heard.push([name, member, nowMs()]));
      members.set(member, it);
      return it.address;
    }
    case 'say': {
      const atMs = nowMs();
      return { names: await members.get(question.member)!.say(question.count), atMs };
    }
    case 'peers':
      return Object.fromEntries([...members].map(([member, it]) => [member, it.peers()]));
    case 'heard': {
      const all = heard;
      heard = [];
      return all;
    }
    case 'cpuMs': {
      const { user, system } = process.cpuUsage();
      return (user + system) / 1_000;
    }
  }
}

function nowMs(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}
