/**
 * A command as data: what it is for, what it takes, how it ends. Help is printed from this, completion offers it,
 * and the documentation is held to it.
 */

import { EXIT_CODES } from '../../base/exit-codes.ts';
import { type FlagTable, formatFlags, type ParsedFlags, parseFlags } from '../../base/flags.ts';
import { wrap } from '../../base/text.ts';
import { COMMAND_SUMMARIES, type CommandName } from './command-names.ts';
import type { CliContext } from './context.ts';

/** Columns that a terminal is sure to have. */
export const COLUMNS_MAX = 100;

export type Command<T extends FlagTable = FlagTable> = {
  readonly name: CommandName;
  /** What stands after the command's name, a line for each way to call it. */
  readonly usage: readonly string[];
  /** A paragraph or two. */
  readonly about: readonly string[];
  readonly flags: T;
  readonly examples: readonly { readonly description: string; readonly commandLine: string }[];
  /** Besides 0 for done, 1 for failed and 2 for a wrong command line. */
  readonly exitCodes?: Readonly<Record<number, string>>;
  /** The words that may stand first. */
  readonly subcommands?: readonly string[];
};

export function commandHelp(command: Command, program: string): string {
  const { name, usage, about, flags, examples, exitCodes } = command;
  const summary = COMMAND_SUMMARIES[name];
  const sections = [
    `${summary[0]?.toUpperCase()}${summary.slice(1)}.`,
    `Usage:\n${usage.map((line) => `  ${`${program} ${name} ${line}`.trimEnd()}`).join('\n')}`,
    ...about.map((paragraph) => wrap(paragraph, COLUMNS_MAX).join('\n')),
    ...(Object.keys(flags).length === 0 ? [] : [`Flags:\n${formatFlags(flags)}`]),
    `Examples:\n${examples.map(({ description, commandLine }) => `  # ${description}\n  ${commandLine.replace(/\bberth (?=\w)/g, `${program} `)}`).join('\n')}`,
    `Exit codes:\n${Object.entries(exitCodeMeanings({ exitCodes }))
      .map(([code, meaning]) => `  ${code}  ${meaning}`)
      .join('\n')}`,
  ];
  return `${sections.join('\n\n')}\n`;
}

/** Every code that the command can end with. */
export const exitCodeMeanings = ({
  exitCodes,
}: Pick<Command, 'exitCodes'> | { readonly exitCodes: undefined }) => ({
  [EXIT_CODES.success]: 'done',
  [EXIT_CODES.failure]: 'it could not be done; stderr says why',
  [EXIT_CODES.usage]: 'the command line cannot be understood',
  ...exitCodes,
});

export const isHelpRequest = (args: readonly string[]): boolean => {
  const end = args.indexOf('--');
  return args.slice(0, end < 0 ? args.length : end).some((arg) => /^(-h|--?help)$/.test(arg));
};

export type CommandLine<T extends FlagTable> =
  | ({ readonly kind: 'go' } & ParsedFlags<T>)
  /** All that there was to say is said. */
  | { readonly kind: 'end'; readonly code: number };

/** Reads the command line; prints help, or every complaint, where that is the answer. */
export function readCommandLine<T extends FlagTable>(
  command: Command<T>,
  args: readonly string[],
  context: Pick<CliContext, 'program' | 'environment' | 'stdout' | 'stderr'>,
): CommandLine<T> {
  if (isHelpRequest(args)) {
    context.stdout.write(commandHelp(command, context.program));
    return { kind: 'end', code: EXIT_CODES.success };
  }
  const parsed = parseFlags(command.flags, args, context.environment);
  if (!parsed.ok) return { kind: 'end', code: failUsage(command, context, parsed.error) };
  return { kind: 'go', ...parsed.value };
}

/** Says what is wrong with the command line, and where to read more. */
export function failUsage(
  { name }: Pick<Command, 'name'>,
  { program, stderr }: Pick<CliContext, 'program' | 'stderr'>,
  complaints: readonly string[],
): number {
  for (const complaint of complaints) stderr.write(`${program} ${name}: ${complaint}\n`);
  stderr.write(`${program} ${name} --help tells more\n`);
  return EXIT_CODES.usage;
}

/** Says what could not be done. */
export function failCommand(
  { name }: Pick<Command, 'name'>,
  { program, stderr }: Pick<CliContext, 'program' | 'stderr'>,
  sentences: readonly string[],
): number {
  for (const sentence of sentences) stderr.write(`${program} ${name}: ${sentence}\n`);
  return EXIT_CODES.failure;
}
