/** `berth completion SHELL`, and `berth __complete WORDS`, which its scripts call. */
import { closest } from '../../base/text.ts';
import { misused, readCommandLine } from '../command.ts';
import type { CliContext } from '../context.ts';
import { EXIT } from '../exit.ts';
import { candidatesFor } from './candidates.ts';
import { COMPLETION_COMMAND, SHELLS, type Shell } from './command.ts';
import { SCRIPTS } from './scripts.ts';

export async function completionMain(args: readonly string[], context: CliContext): Promise<number> {
  const line = readCommandLine(COMPLETION_COMMAND, args, context);
  if (line.kind === 'end') return line.code;
  const [shell = '', ...more] = line.rest;
  if (!isShell(shell) || more.length > 0) {
    const near = closest(shell, SHELLS);
    const hint =
      near === null || near === shell ? `name one shell: ${SHELLS.join(', ')}` : `did you mean ${near}?`;
    const what =
      shell === '' ? '' : `${JSON.stringify(line.rest.join(' '))} is no shell that is known here; `;
    return misused(COMPLETION_COMMAND, context, [`${what}${hint}`]);
  }
  context.stdout.write(SCRIPTS[shell]);
  return EXIT.fine;
}

const isShell = (text: string): text is Shell => SHELLS.some((one) => one === text);

/** cobra's directives: nothing but these candidates, or files where there are none. */
const DIRECTIVE = { noFiles: 4, files: 0 } as const;

/** What could stand next, a line each; then the directive. */
export function answerCompletion(words: readonly string[]): string {
  const { candidates, files } = candidatesFor(words);
  const lines = candidates.map(({ text, says }) => (says === '' ? text : `${text}\t${says}`));
  return `${[...lines, `:${files ? DIRECTIVE.files : DIRECTIVE.noFiles}`].join('\n')}\n`;
}
