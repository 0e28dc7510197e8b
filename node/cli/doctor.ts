// rollcall doctor: looks at everything that a node needs, says what is wrong and what to do. It changes nothing.
import type { Command } from 'commander';
import type { Cli } from './cli.ts';
import { action } from './command.ts';
import type { Finding } from './doctor/findings.ts';
import { CliError, exits } from './errors.ts';
import type { Cell } from './table.ts';
import { count } from './words.ts';

export function addDoctor(program: Command, cli: Cli): void {
  program
    .command('doctor')
    .description('check machine, configuration, data folder, store, clock, ports and keys, and say what to do')
    .action(
      action(cli, async run => {
        const { out } = run;
        // It needs all that a node needs: other commands must start at once.
        const { examine } = await import('./doctor/examine.ts');
        const { node, checks } = await examine(cli, run);
        const problems = checks.filter(({ state }) => state === 'problem').length;
        const warnings = checks.filter(({ state }) => state === 'warning').length;
        out.result({ ok: problems === 0, node, checks }, () => {
          const width = Math.max(...checks.map(({ check }) => check.length));
          for (const finding of checks) {
            out.line(
              marks[finding.state],
              '  ',
              { text: finding.check.padEnd(width), style: 'dim' },
              '  ',
              finding.message,
            );
            if (finding.remedy !== null) out.line(`${' '.repeat(width + 11)}${finding.remedy}`);
          }
          const found = `${count(problems, 'problem')}, ${count(warnings, 'warning')}`;
          out.line({ text: `${count(checks.length, 'check')}: ${found}`, style: 'dim' });
        });
        if (problems > 0) {
          const remedy = 'what to do stands below each';
          throw new CliError(exits.failed, 'PROBLEMS_FOUND', `${count(problems, 'problem')} found`, remedy);
        }
      }),
    );
}

const marks: Readonly<Record<Finding['state'], Cell>> = {
  ok: { text: 'ok     ', style: 'green' },
  warning: { text: 'warning', style: 'yellow' },
  problem: { text: 'problem', style: 'red' },
};
