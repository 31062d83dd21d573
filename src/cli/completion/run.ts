/** `berth completion SHELL`, and `berth __complete WORDS`, which its scripts call. */

import { EXIT_CODES } from '../../base/exit-codes.ts';
import { didYouMean } from '../../base/text.ts';
import { failUsage, readCommandLine } from '../framework/command.ts';
import type { CliContext } from '../framework/context.ts';
import { type CommandTable, complete } from './candidates.ts';
import { COMPLETION_COMMAND, SHELLS, type Shell } from './command.ts';
import { SCRIPTS } from './scripts.ts';

export async function runCompletion(args: readonly string[], context: CliContext): Promise<number> {
  const line = readCommandLine(COMPLETION_COMMAND, args, context);
  if (line.kind === 'end') return line.code;
  const [shell = '', ...more] = line.positionals;
  if (!isShell(shell) || more.length > 0) {
    const suggestion = isShell(shell) ? null : didYouMean(shell, SHELLS);
    const hint = suggestion ?? `name one shell: ${SHELLS.join(', ')}`;
    const problem = shell === '' ? '' : `unknown shell ${JSON.stringify(line.positionals.join(' '))}: `;
    return failUsage(COMPLETION_COMMAND, context, [`${problem}${hint}`]);
  }
  context.stdout.print(SCRIPTS[shell].trimEnd().split('\n'));
  return EXIT_CODES.success;
}

const isShell = (text: string): text is Shell => SHELLS.some((one) => one === text);

/** Directives of cobra: candidates only, or files if there is no candidate. */
const COBRA_DIRECTIVE = { noFiles: 4, files: 0 } as const;

/** A line for each candidate, then the directive. */
export function formatCompletion(words: readonly string[], commands: CommandTable): string {
  const { candidates, allowsFiles } = complete(words, commands);
  const lines = candidates.map(({ text, description }) =>
    description === '' ? text : `${text}\t${description}`,
  );
  return `${[...lines, `:${allowsFiles ? COBRA_DIRECTIVE.files : COBRA_DIRECTIVE.noFiles}`].join('\n')}\n`;
}
