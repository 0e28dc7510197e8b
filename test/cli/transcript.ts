// Pages of documentation hold transcripts: commands, and a pattern of what each prints. This file reads and matches them.

/** `keepsRunning`: the transcript ends in `^C`, so the command runs until it is interrupted. */
export type Step = {
  readonly argv: readonly string[];
  readonly output: string;
  readonly exit: number;
  readonly keepsRunning: boolean;
};
export type Page = {
  readonly setup: readonly (readonly string[])[];
  readonly needsNode: boolean;
  readonly steps: readonly Step[];
};

/**
 * Reads the transcripts of a Markdown page, such as
 *
 *     <!-- setup
 *     rollcall announce --game sauerbraten --name Bob --address 203.0.113.7:28785
 *     -->
 *     ```console
 *     $ rollcall show nobody
 *     rollcall: no server on the list has the id or slug "nobody"
 *     …
 *     [exit 4]
 *     ```
 *
 * What goes to stderr comes after what goes to stdout. A page that says `<!-- no node -->` is run without one.
 */
export function parsePage(markdown: string): Page {
  const setup = [...markdown.matchAll(/^<!-- setup\n(.*?)^-->$/gms)].flatMap(([, lines]) => lines!.trim().split('\n'));
  const blocks = [...markdown.matchAll(/^```console\n(.*?)^```$/gms)].map(([, block]) => block!);
  return {
    setup: setup.map(line => commandOf(line)),
    needsNode: !markdown.includes('<!-- no node -->'),
    steps: blocks.flatMap(block => block.split(/^\$ /m).slice(1).map(parseStep)),
  };
}

function parseStep(text: string): Step {
  const [command = '', ...lines] = text.trimEnd().split('\n');
  const exit = /^\[exit (\d+)\]$/.exec(lines.at(-1) ?? '')?.[1];
  if (exit !== undefined) lines.pop();
  const keepsRunning = lines.at(-1) === '^C';
  if (keepsRunning) lines.pop();
  const output = lines.map(line => `${line}\n`).join('');
  return { argv: commandOf(command), output, exit: Number(exit ?? 0), keepsRunning };
}

/** The words after `rollcall`, with quotes as a shell reads them when nothing is to be expanded. */
export function commandOf(line: string): string[] {
  const words = [...line.matchAll(/(?:'[^']*'|"[^"]*"|[^\s'"])+/g)].map(([word]) =>
    word.replace(/'([^']*)'|"([^"]*)"/g, '$1$2'),
  );
  if (words[0] !== 'rollcall') throw new Error(`a transcript can only run rollcall, not "${line}"`);
  return words.slice(1);
}

/** `…` alone on a line stands for any number of lines, `…` within a line for any text in it. */
export function matches(expected: string, actual: string): boolean {
  const pattern = expected
    .split(/^…\n/m)
    .map(part => part.split('…').map(literal).join('.*'))
    .join('(?:.*\\n)*?');
  return new RegExp(`^${pattern}$`).test(actual);
}

const literal = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
