/**
 * A command as data: what it is for, what it takes, how it ends. Help is printed from this, completion offers it,
 * and the documentation is held to it.
 */
import { describeFlags, type FlagTable, type ParsedFlags, parseFlags } from '../base/flags.ts';
import { wrap } from '../base/text.ts';
import type { CliContext } from './context.ts';
import { EXIT } from './exit.ts';
import { VERBS, type Verb } from './verbs.ts';

/** Columns that a terminal is sure to have. */
export const COLUMNS_MAX = 100;

export type Command<T extends FlagTable = FlagTable> = {
  readonly verb: Verb;
  /** What stands after the command's name, a line for each way to call it. */
  readonly usage: readonly string[];
  /** A paragraph or two. */
  readonly about: readonly string[];
  readonly flags: T;
  readonly examples: readonly { readonly does: string; readonly run: string }[];
  /** Besides 0 for done, 1 for failed and 2 for a wrong command line. */
  readonly exits?: Readonly<Record<number, string>>;
  /** The words that may stand first. */
  readonly words?: readonly string[];
};

export function commandHelp(command: Command, program: string): string {
  const { verb, usage, about, flags, examples, exits } = command;
  const says = VERBS[verb];
  const sections = [
    `${says[0]?.toUpperCase()}${says.slice(1)}.`,
    `Usage:\n${usage.map((line) => `  ${`${program} ${verb} ${line}`.trimEnd()}`).join('\n')}`,
    ...about.map((paragraph) => wrap(paragraph, COLUMNS_MAX).join('\n')),
    ...(Object.keys(flags).length === 0 ? [] : [`Flags:\n${describeFlags(flags)}`]),
    `Examples:\n${examples.map(({ does, run }) => `  # ${does}\n  ${run.replace(/\bberth (?=\w)/g, `${program} `)}`).join('\n')}`,
    `Exit codes:\n${Object.entries(exitCodes({ exits }))
      .map(([code, meaning]) => `  ${code}  ${meaning}`)
      .join('\n')}`,
  ];
  return `${sections.join('\n\n')}\n`;
}

/** Every code that the command can end with. */
export const exitCodes = ({ exits }: Pick<Command, 'exits'> | { readonly exits: undefined }) => ({
  [EXIT.fine]: 'done',
  [EXIT.failed]: 'it could not be done; stderr says why',
  [EXIT.usage]: 'the command line cannot be understood',
  ...exits,
});

export const asksForHelp = (args: readonly string[]): boolean => {
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
  if (asksForHelp(args)) {
    context.stdout.write(commandHelp(command, context.program));
    return { kind: 'end', code: EXIT.fine };
  }
  const parsed = parseFlags(command.flags, args, context.environment);
  if (!parsed.ok) return { kind: 'end', code: misused(command, context, parsed.error) };
  return { kind: 'go', ...parsed.value };
}

/** Says what is wrong with the command line, and where to read more. */
export function misused(
  { verb }: Pick<Command, 'verb'>,
  { program, stderr }: Pick<CliContext, 'program' | 'stderr'>,
  complaints: readonly string[],
): number {
  for (const complaint of complaints) stderr.write(`${program} ${verb}: ${complaint}\n`);
  stderr.write(`${program} ${verb} --help tells more\n`);
  return EXIT.usage;
}

/** Says what could not be done. */
export function failed(
  { verb }: Pick<Command, 'verb'>,
  { program, stderr }: Pick<CliContext, 'program' | 'stderr'>,
  sentences: readonly string[],
): number {
  for (const sentence of sentences) stderr.write(`${program} ${verb}: ${sentence}\n`);
  return EXIT.failed;
}
