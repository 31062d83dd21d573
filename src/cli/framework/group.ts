/** A command with subcommands: `berth bgp peers`. Each subcommand has flags and help of its own. */

import { EXIT_CODES } from '../../base/exit-codes.ts';
import type { FlagTable } from '../../base/flags.ts';
import { didYouMean, HELP_COLUMNS_MAX, termLines } from '../../base/text.ts';
import {
  type Command,
  type CommandExample,
  examplesSection,
  failUsage,
  helpLines,
  isHelpRequest,
  paragraph,
} from './command.ts';
import type { CliContext, RunCommand } from './context.ts';
import { scanWords } from './scan-words.ts';

export type CommandGroup = {
  readonly name: string;
  /** As a command's. */
  readonly summary: string;
  readonly about: readonly string[];
  readonly subcommands: Readonly<Record<string, Command>>;
  readonly examples: readonly CommandExample[];
};

export const isGroup = (command: Command | CommandGroup): command is CommandGroup =>
  Object.hasOwn(command, 'subcommands');

/** All that any subcommand takes: flags may stand before the subcommand's name. */
export const groupFlags = ({ subcommands }: CommandGroup): FlagTable =>
  Object.assign({}, ...Object.values(subcommands).map(({ flags }) => flags));

/** The flags of a command, or of all subcommands of a group. */
export const flagsOf = (command: Command | CommandGroup): FlagTable =>
  isGroup(command) ? groupFlags(command) : command.flags;

export function groupHelp(group: CommandGroup, program: string, columns = HELP_COLUMNS_MAX): string {
  const { name, summary, about, subcommands, examples } = group;
  const width = Math.min(columns, HELP_COLUMNS_MAX);
  const terms = Object.entries(subcommands).map(
    ([word, { summary: purpose }]) => [word, `${purpose[0]?.toLowerCase()}${purpose.slice(1)}`] as const,
  );
  return `${[
    paragraph(`${summary}.`, width),
    ...about.map((text) => paragraph(text, width)),
    `Usage:\n  ${program} ${name} COMMAND`,
    `Commands:\n${termLines(terms, width).join('\n')}`,
    examplesSection(examples, program),
    paragraph(`${program} ${name} COMMAND --help explains one of them.`, width),
  ].join('\n\n')}\n`;
}

/** Runs the subcommand that the command line names, or says what is wrong with it. */
export async function runGroup<Name extends string>(
  group: CommandGroup & { readonly subcommands: Readonly<Record<Name, Command>> },
  runners: Readonly<Record<Name, () => Promise<RunCommand>>>,
  args: readonly string[],
  context: CliContext,
): Promise<number> {
  const { operands, flags } = scanWords(groupFlags(group), args);
  const at = operands[0] ?? -1;
  const word = args[at] ?? '';
  const names = Object.keys(group.subcommands) as Name[];
  const selected = names.find((name) => name === word);
  if (selected === undefined) {
    if (isHelpRequest(args)) {
      context.stdout.print(helpLines(groupHelp(group, context.program, context.stdout.columns)));
      return EXIT_CODES.success;
    }
    return failUsage(group, context, [unknownSubcommand(group, word, names)]);
  }
  const command = group.subcommands[selected];
  const foreign = isHelpRequest(args) ? [] : flags.filter((flag) => !Object.hasOwn(command.flags, flag));
  if (foreign.length > 0)
    return failUsage(
      command,
      context,
      foreign.map((flag) => foreignFlagError(group, flag)),
    );
  const run = await runners[selected]();
  return run([...args.slice(0, at), ...args.slice(at + 1)], context);
}

function unknownSubcommand({ name }: CommandGroup, word: string, names: readonly string[]): string {
  const list = `${names.slice(0, -1).join(', ')} or ${names.at(-1)}`;
  if (word === '') return `the command is missing: ${name} ${list}`;
  const hint = didYouMean(word, names, (closest) => `${name} ${closest}`) ?? `it takes ${list}`;
  return `there is no command ${JSON.stringify(`${name} ${word}`)}: ${hint}`;
}

function foreignFlagError({ name, subcommands }: CommandGroup, flag: string): string {
  const takers = Object.entries(subcommands).filter(([, { flags }]) => Object.hasOwn(flags, flag));
  return `there is no flag --${flag} here: it belongs to ${takers.map(([word]) => `${name} ${word}`).join(', ')}`;
}
