/** What could stand next on a command line. */
import type { FlagSpec, FlagTable } from '../../base/flags.ts';
import { COMMANDS } from '../command-table.ts';
import type { Command } from '../framework/command.ts';
import { COMMAND_SUMMARIES, isCommandName } from '../framework/command-names.ts';

export type CompletionCandidate = { readonly text: string; readonly description: string };

/** `files`: where no candidate stands, a file may. */
export type Completion = {
  readonly candidates: readonly CompletionCandidate[];
  readonly allowsFiles: boolean;
};

const NO_COMPLETION: Completion = { candidates: [], allowsFiles: false };
const FILE_COMPLETION: Completion = { candidates: [], allowsFiles: true };

const HELP_CANDIDATE: CompletionCandidate = { text: '--help', description: 'tells more, with an example' };

/** Values that are files or folders. */
const FILE_VALUE = /^(FILE|DIR|FOLDER)/;

/** `words` is what stands after the program's name; the last one is being typed, and may be empty. */
export function complete(words: readonly string[]): Completion {
  const current = words.at(-1) ?? '';
  const previous = words.slice(0, -1);
  return filterByPrefix(allCandidates(previous, current), current);
}

function allCandidates(previous: readonly string[], current: string): Completion {
  const [commandName, ...rest] = previous;
  if (commandName === undefined || (commandName === 'help' && rest.length === 0)) {
    const verbs = Object.entries(COMMAND_SUMMARIES).map(([text, description]) => ({ text, description }));
    return { candidates: current.startsWith('-') ? [HELP_CANDIDATE] : verbs, allowsFiles: false };
  }
  if (!isCommandName(commandName)) return NO_COMPLETION;
  const command: Command = COMMANDS[commandName];
  const inlineValue = /^(--?[a-z][a-z0-9-]*)=/.exec(current);
  if (inlineValue !== null) {
    const spec = flagSpecOf(command.flags, inlineValue[1] ?? '');
    return spec === null ? NO_COMPLETION : valueCandidates(spec, inlineValue[0]);
  }
  const pendingFlag = flagSpecOf(command.flags, rest.at(-1) ?? '');
  if (pendingFlag !== null && pendingFlag.kind !== 'switch') return valueCandidates(pendingFlag, '');
  if (current.startsWith('-'))
    return { candidates: [...flagCandidates(command.flags), HELP_CANDIDATE], allowsFiles: false };
  const operandCount = countOperands(command.flags, rest);
  if (operandCount > 0 || command.subcommands === undefined) return NO_COMPLETION;
  return { candidates: command.subcommands.map((text) => ({ text, description: '' })), allowsFiles: false };
}

function valueCandidates({ choices, value = '' }: FlagSpec, prefix: string): Completion {
  if (choices !== undefined) {
    const candidates = choices.filter(Boolean).map((one) => ({ text: `${prefix}${one}`, description: '' }));
    return { candidates, allowsFiles: false };
  }
  return FILE_VALUE.test(value) && prefix === '' ? FILE_COMPLETION : NO_COMPLETION;
}

const flagCandidates = (table: FlagTable): readonly CompletionCandidate[] =>
  Object.entries(table).map(([name, { help: description }]) => ({ text: `--${name}`, description }));

function flagSpecOf(table: FlagTable, word: string): FlagSpec | null {
  const long = /^--?([a-z][a-z0-9-]+)$/.exec(word)?.[1];
  if (long !== undefined && Object.hasOwn(table, long)) return table[long] ?? null;
  const short = /^-([a-z])$/.exec(word)?.[1];
  return Object.values(table).find((spec) => short !== undefined && spec.short === short) ?? null;
}

/** How many words are neither flags nor values of flags. */
function countOperands(table: FlagTable, words: readonly string[]): number {
  let count = 0;
  for (let index = 0; index < words.length; index++) {
    const word = words[index] ?? '';
    const spec = flagSpecOf(table, word);
    if (spec !== null && spec.kind !== 'switch') index++;
    else if (!word.startsWith('-')) count++;
  }
  return count;
}

const filterByPrefix = ({ candidates, allowsFiles }: Completion, current: string): Completion => ({
  candidates: candidates.filter(({ text }) => text.startsWith(current)),
  allowsFiles,
});
