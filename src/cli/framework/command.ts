/**
 * A command as data: what it does, what it takes, how it ends. `--help` prints it, shell completion offers it, and a test
 * compares the documentation with it.
 */

import { EXIT_CODES } from '../../base/exit-codes.ts';
import { type FlagTable, formatFlags, type ParsedFlags, parseFlags } from '../../base/flags.ts';
import { joinCauses } from '../../base/shared-causes.ts';
import { HELP_COLUMNS_MAX, termLines } from '../../base/text.ts';
import type { CliContext } from './context.ts';
import { proseLines } from './lines.ts';

export type Command<T extends FlagTable = FlagTable> = {
  /** As it is typed behind the program's name: `plan`, `bgp peers`. */
  readonly name: string;
  /** What it does, in one line without a full stop. */
  readonly summary: string;
  /** What follows the name, a line for each way to call it. */
  readonly usage: readonly string[];
  /** When to use it, and what to know about it: paragraphs. */
  readonly about: readonly string[];
  readonly flags: T;
  readonly examples: readonly CommandExample[];
  /** Codes besides 0, 1 and 2, or with a meaning of their own. */
  readonly exitCodes?: Readonly<Record<number, string>>;
  /** The words that the first operand may be, for completion. */
  readonly operands?: readonly string[];
};

export type CommandExample = { readonly description: string; readonly commandLine: string };

/** `columns`: at most so many, and never more than `HELP_COLUMNS_MAX`. Command lines to be copied are not wrapped. */
export function commandHelp(command: Command, program: string, columns = HELP_COLUMNS_MAX): string {
  const width = Math.min(columns, HELP_COLUMNS_MAX);
  const { name, summary, usage, about, flags, examples, exitCodes } = command;
  const sections = [
    paragraph(`${summary}.`, width),
    ...about.map((text) => paragraph(text, width)),
    `Usage:\n${usage.flatMap((line) => usageLines(`${program} ${name} ${line}`.trimEnd(), width)).join('\n')}`,
    examplesSection(examples, program),
    ...(Object.keys(flags).length === 0 ? [] : [`Flags:\n${formatFlags(flags, width)}`]),
    `Exit codes:\n${termLines(Object.entries(exitCodeMeanings({ exitCodes })), width).join('\n')}`,
  ];
  return `${sections.join('\n\n')}\n`;
}

export const paragraph = (text: string, columns: number): string => proseLines(text, { columns }).join('\n');

const usageLines = (line: string, columns: number): readonly string[] =>
  proseLines(line, { columns }, { first: 2, rest: 6 });

export const examplesSection = (examples: readonly CommandExample[], program: string): string =>
  `${examples.length === 1 ? 'Example' : 'Examples'}:\n${examples
    .map(
      ({ description, commandLine }) =>
        `  # ${description}\n  ${commandLine.replace(/\bberth (?=\w)/g, `${program} `)}`,
    )
    .join('\n')}`;

/** Every code that the command can end with. */
export const exitCodeMeanings = ({
  exitCodes,
}: Pick<Command, 'exitCodes'> | { readonly exitCodes: undefined }) => ({
  [EXIT_CODES.success]: 'done',
  [EXIT_CODES.failure]: 'it failed; the message on stderr says why',
  [EXIT_CODES.usage]: 'the command line is invalid',
  ...exitCodes,
});

export const isHelpRequest = (args: readonly string[]): boolean => {
  const end = args.indexOf('--');
  return args.slice(0, end < 0 ? args.length : end).some((arg) => /^(-h|--?help)$/.test(arg));
};

export type CommandLine<T extends FlagTable> =
  | ({ readonly kind: 'run' } & ParsedFlags<T>)
  /** Help or an error has been printed. */
  | { readonly kind: 'end'; readonly code: number };

/** Parses the command line; prints help, or every error, where that is the answer. */
export function readCommandLine<T extends FlagTable>(
  command: Command<T>,
  args: readonly string[],
  context: Pick<CliContext, 'program' | 'environment' | 'stdout' | 'stderr'>,
): CommandLine<T> {
  if (isHelpRequest(args)) {
    context.stdout.print(helpLines(commandHelp(command, context.program, context.stdout.columns)));
    return { kind: 'end', code: EXIT_CODES.success };
  }
  const parsed = parseFlags(command.flags, args, context.environment);
  if (!parsed.ok) return { kind: 'end', code: failUsage(command, context, parsed.error) };
  return { kind: 'run', ...parsed.value };
}

export const helpLines = (help: string): readonly string[] => help.trimEnd().split('\n');

/** An error for each operand after the first `max`. */
export const surplusOperands = (operands: readonly string[], max: number): readonly string[] =>
  operands.slice(max).map((word) => `unexpected ${JSON.stringify(word)}`);

/** Prints what is wrong with the command line, and where to read more. */
export function failUsage(
  { name }: Pick<Command, 'name'>,
  { program, stderr }: Pick<CliContext, 'program' | 'stderr'>,
  errors: readonly string[],
): number {
  stderr.print([...errors.map((error) => `${program} ${name}: ${error}`), `See ${program} ${name} --help`]);
  return EXIT_CODES.usage;
}

/** Prints why the command failed, each cause once. */
export function failCommand(
  { name }: Pick<Command, 'name'>,
  { program, stderr }: Pick<CliContext, 'program' | 'stderr'>,
  errors: readonly string[],
): number {
  stderr.print(joinCauses(errors).map((error) => `${program} ${name}: ${error}`));
  return EXIT_CODES.failure;
}
