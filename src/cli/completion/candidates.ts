/** Candidates of shell completion: the words that can come next on a command line. */
import type { FlagSpec, FlagTable } from '../../base/flags.ts';
import type { Command } from '../framework/command.ts';
import { COMMAND_SUMMARIES, type CommandName, isCommandName } from '../framework/command-names.ts';
import { type CommandGroup, groupFlags, isGroup } from '../framework/group.ts';
import { findFlag, scanWords } from '../framework/scan-words.ts';

export type CompletionCandidate = { readonly text: string; readonly description: string };

export type Completion = {
  readonly candidates: readonly CompletionCandidate[];
  /** If there is no candidate, the shell offers files. */
  readonly allowsFiles: boolean;
};

/** All commands, by name. */
export type CommandTable = Readonly<Record<CommandName, Command | CommandGroup>>;

const NO_COMPLETION: Completion = { candidates: [], allowsFiles: false };
const FILE_COMPLETION: Completion = { candidates: [], allowsFiles: true };

const HELP_CANDIDATE: CompletionCandidate = { text: '--help', description: 'explain it, with an example' };

/** Values that are files or folders. */
const FILE_VALUE = /^(FILE|PATH|DIR|FOLDER)/;

/** `words` follow the program's name; the last one is being typed and may be empty. */
export function complete(words: readonly string[], commands: CommandTable): Completion {
  const current = words.at(-1) ?? '';
  const previous = words.slice(0, -1);
  return filterByPrefix(allCandidates(commands, previous, current), current);
}

function allCandidates(commands: CommandTable, previous: readonly string[], current: string): Completion {
  const [commandName, ...rest] = previous;
  if (commandName === undefined || (commandName === 'help' && rest.length === 0)) {
    const summaries = Object.entries(COMMAND_SUMMARIES).map(([text, description]) => ({ text, description }));
    return onlyCandidates(current.startsWith('-') ? [HELP_CANDIDATE] : summaries);
  }
  if (!isCommandName(commandName)) return NO_COMPLETION;
  const selected = commands[commandName];
  if (!isGroup(selected)) return commandCandidates(selected, rest, current);
  const at = scanWords(groupFlags(selected), rest).operands[0];
  const subcommand = at === undefined ? undefined : selected.subcommands[rest[at] ?? ''];
  if (subcommand !== undefined && at !== undefined)
    return commandCandidates(subcommand, [...rest.slice(0, at), ...rest.slice(at + 1)], current);
  const operands = at === undefined ? Object.entries(selected.subcommands) : [];
  return flagOrOperandCandidates(
    groupFlags(selected),
    operands.map(([text, { summary }]) => ({ text, description: summary })),
    rest,
    current,
  );
}

function commandCandidates(command: Command, words: readonly string[], current: string): Completion {
  const isFirst = scanWords(command.flags, words).operands.length === 0;
  const operands = isFirst ? (command.operands ?? []) : [];
  return flagOrOperandCandidates(
    command.flags,
    operands.map((text) => ({ text, description: '' })),
    words,
    current,
  );
}

function flagOrOperandCandidates(
  flags: FlagTable,
  operands: readonly CompletionCandidate[],
  words: readonly string[],
  current: string,
): Completion {
  const inlineValue = /^(--?[a-z][a-z0-9-]*)=/.exec(current);
  if (inlineValue !== null) {
    const spec = flagSpecOf(flags, inlineValue[1] ?? '');
    return spec === null ? NO_COMPLETION : valueCandidates(spec, inlineValue[0]);
  }
  const pendingFlag = flagSpecOf(flags, words.at(-1) ?? '');
  if (pendingFlag !== null && pendingFlag.kind !== 'switch') return valueCandidates(pendingFlag, '');
  return onlyCandidates(current.startsWith('-') ? [...flagCandidates(flags), HELP_CANDIDATE] : operands);
}

const onlyCandidates = (candidates: readonly CompletionCandidate[]): Completion => ({
  candidates,
  allowsFiles: false,
});

function valueCandidates({ choices, value = '' }: FlagSpec, prefix: string): Completion {
  if (choices !== undefined) {
    const values = choices.filter(Boolean);
    return onlyCandidates(values.map((one) => ({ text: `${prefix}${one}`, description: '' })));
  }
  return FILE_VALUE.test(value) && prefix === '' ? FILE_COMPLETION : NO_COMPLETION;
}

const flagCandidates = (table: FlagTable): readonly CompletionCandidate[] =>
  Object.entries(table).map(([name, { help: description }]) => ({ text: `--${name}`, description }));

/** The flag of a word that holds no value. */
function flagSpecOf(table: FlagTable, word: string): FlagSpec | null {
  const found = findFlag(table, word);
  if (found === null || (/^-[a-zA-Z]./.test(word) && !Object.hasOwn(table, word.slice(1)))) return null;
  return table[found.name] ?? null;
}

const filterByPrefix = ({ candidates, allowsFiles }: Completion, current: string): Completion => ({
  candidates: candidates.filter(({ text }) => text.startsWith(current)),
  allowsFiles,
});
