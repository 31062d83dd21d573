/**
 * Command-line flags, parsed and documented by a table. Go's syntax (`-port`, `--port`, `--leader-elect=false`) is accepted
 * too, since MetalLB's manifests use it.
 */
import { parseArgs } from 'node:util';
import { err, ok, type Result } from './result.ts';
import { didYouMean, HELP_COLUMNS_MAX, wrap } from './text.ts';

export type FlagSpec = {
  readonly kind: 'text' | 'switch' | 'number' | 'duration' | 'texts';
  /** Description in `--help`. */
  readonly help: string;
  /** Short form of one letter: `n` for `-n`. */
  readonly short?: string;
  /** Placeholder of the value in `--help`. */
  readonly value?: string;
  /** Default, as on the command line. */
  readonly fallback?: string;
  /** Environment variable that applies if the flag is absent. */
  readonly environment?: string;
  /** Accepted values. */
  readonly choices?: readonly string[];
  /** Least value of a number. */
  readonly min?: number;
  /** Greatest value of a number, or of a duration in milliseconds. */
  readonly max?: number;
};

export type FlagTable = Readonly<Record<string, FlagSpec>>;

export type FlagValue<S extends FlagSpec> = S['kind'] extends 'switch'
  ? boolean
  : S['kind'] extends 'texts'
    ? readonly string[]
    : S['kind'] extends 'text'
      ? string
      : number;

export type Flags<T extends FlagTable> = { readonly [N in keyof T]: FlagValue<T[N]> };

export type EnvironmentVariables = Readonly<Record<string, string | undefined>>;

export type ParsedFlags<T extends FlagTable> = {
  readonly flags: Flags<T>;
  /** Names that were set by a flag or by the environment. */
  readonly given: ReadonlySet<keyof T & string>;
  /** Arguments that are not flags. */
  readonly positionals: readonly string[];
};

/** Parses flags; the error is a list of all errors, each a sentence with the flag and the fix. Durations are in milliseconds. */
export function parseFlags<T extends FlagTable>(
  table: T,
  args: readonly string[],
  environment: EnvironmentVariables,
): Result<ParsedFlags<T>, readonly string[]> {
  const errors: string[] = [];
  const values = new Map<string, string[]>();
  const { tokens, positionals } = parseArgs({
    args: asLongFlags(table, args),
    options: Object.fromEntries(
      Object.entries(table).map(
        ([name, { short }]) =>
          [name, { type: 'string', multiple: true, ...(short === undefined ? {} : { short }) }] as const,
      ),
    ),
    allowPositionals: true,
    strict: false,
    tokens: true,
  });
  for (const token of tokens) {
    if (token.kind !== 'option') continue;
    if (!Object.hasOwn(table, token.name)) errors.push(unknownFlagError(token.rawName, table));
    else if (token.value === undefined) errors.push(`${token.rawName} needs a value`);
    else values.set(token.name, [...(values.get(token.name) ?? []), stripEquals(token.rawName, token.value)]);
  }
  const given = new Set<keyof T & string>();
  const flags: Record<string, unknown> = {};
  for (const [name, spec] of Object.entries(table)) {
    const environmentValue = spec.environment === undefined ? undefined : environment[spec.environment];
    const givenTexts =
      values.get(name) ??
      (environmentValue === undefined || environmentValue === '' ? undefined : [environmentValue]);
    if (givenTexts !== undefined) given.add(name);
    const source =
      values.has(name) || environmentValue === undefined
        ? `--${name}`
        : `environment variable ${spec.environment}`;
    const value = readFlag(spec, givenTexts, source);
    if (value.ok) flags[name] = value.value;
    else errors.push(value.error);
  }
  if (errors.length > 0) return err(errors);
  return ok({ flags: flags as Flags<T>, given, positionals });
}

/** Accepts `-o=json` for `-o json` and `-ojson`. */
const stripEquals = (rawName: string, value: string): string =>
  rawName.startsWith('--') ? value : value.replace(/^=/, '');

/** Rewrites `-port` to `--port`, and a switch without a value to `--switch=true`. */
function asLongFlags(table: FlagTable, args: readonly string[]): string[] {
  const end = args.indexOf('--');
  const upTo = end < 0 ? args.length : end;
  return args.map((arg, index) => {
    const shortSwitch = index < upTo ? shortSwitchName(table, arg) : null;
    if (shortSwitch !== null) return `--${shortSwitch}=true`;
    const match = index < upTo ? /^--?([a-z][a-z0-9-]+)(=.*)?$/s.exec(arg) : null;
    const name = match?.[1];
    if (match === null || name === undefined || !Object.hasOwn(table, name)) return arg;
    const isBareSwitch = table[name]?.kind === 'switch' && match[2] === undefined;
    return `--${name}${isBareSwitch ? '=true' : (match[2] ?? '')}`;
  });
}

/** The name of the switch that `-x` stands for. */
const shortSwitchName = (table: FlagTable, arg: string): string | null =>
  Object.entries(table).find(
    ([, { short, kind }]) => kind === 'switch' && short !== undefined && arg === `-${short}`,
  )?.[0] ?? null;

function unknownFlagError(raw: string, table: FlagTable): string {
  const hint = didYouMean(raw.replace(/^-+/, ''), Object.keys(table), (name) => `--${name}`);
  return `there is no flag ${raw}${hint === null ? '' : `; ${hint}`}`;
}

function readFlag(
  spec: FlagSpec,
  givenValues: readonly string[] | undefined,
  source: string,
): Result<unknown, string> {
  if (spec.kind === 'texts') return ok(givenValues?.flatMap((text) => text.split(',')).filter(Boolean) ?? []);
  const text = givenValues?.at(-1) ?? spec.fallback ?? (spec.kind === 'switch' ? 'false' : '');
  if (spec.choices !== undefined && !spec.choices.includes(text)) {
    // An empty choice stands for a flag that was not given.
    const named = spec.choices.filter(Boolean);
    const hint = didYouMean(text, named);
    const accepted = named.join(', ');
    return err(
      `${source} is ${JSON.stringify(text)}; it takes ${accepted}${hint === null ? '' : `: ${hint}`}`,
    );
  }
  switch (spec.kind) {
    case 'text':
      return ok(text);
    case 'switch':
      return readSwitch(text, source);
    case 'number':
      return readNumber(text, source, spec);
    case 'duration':
      return readDuration(text, source, spec);
  }
}

/** Parses booleans like Go's `flag` package. */
function readSwitch(text: string, source: string): Result<boolean, string> {
  if (/^(1|t|true)$/i.test(text)) return ok(true);
  if (/^(0|f|false)$/i.test(text)) return ok(false);
  return err(`${source} is ${JSON.stringify(text)}; it takes true or false`);
}

function readNumber(
  text: string,
  source: string,
  { min = 0, max = 65_535, value: placeholder }: FlagSpec,
): Result<number, string> {
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (value >= min && value <= max) return ok(value);
  const what = placeholder === 'SECONDS' ? 'a whole number of seconds' : 'a whole number';
  return err(`${source} is ${JSON.stringify(text)}; it takes ${what} from ${min} to ${max}`);
}

const UNIT_MILLIS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** Parses durations in Go's notation, `1m30s`, or `0`. */
function readDuration(
  text: string,
  source: string,
  { max = Number.POSITIVE_INFINITY }: FlagSpec,
): Result<number, string> {
  if (text === '0') return ok(0);
  if (!/^(\d+(\.\d+)?(ms|s|m|h))+$/.test(text)) {
    return err(`${source} is ${JSON.stringify(text)}; it takes a duration such as 60s, 1m30s or 500ms`);
  }
  let millis = 0;
  for (const [, count = '', unit = ''] of text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h)/g)) {
    millis += Number(count) * (UNIT_MILLIS[unit] ?? 0);
  }
  if (millis > max)
    return err(`${source} is ${JSON.stringify(text)}; it takes a duration of at most ${max / 1000}s`);
  return ok(millis);
}

/** Columns of the flags themselves; a longer one has its help below it. */
const FLAG_COLUMNS_MAX = 30;
/** On a narrow terminal. */
const NARROW_FLAG_COLUMNS_MAX = 22;
const NARROW_TERMINAL = 80;

/** Formats one flag per line, within `columns`. */
export function formatFlags(table: FlagTable, columns = HELP_COLUMNS_MAX): string {
  const heads = Object.entries(table).map(([name, spec]) => [flagUsage(name, spec), spec] as const);
  const widthMax = columns < NARROW_TERMINAL ? NARROW_FLAG_COLUMNS_MAX : FLAG_COLUMNS_MAX;
  const width = Math.min(widthMax, Math.max(...heads.map(([head]) => head.length)) + 2);
  return heads
    .map(([head, spec]) => {
      const notes = [
        ...(spec.fallback === undefined || spec.kind === 'switch' ? [] : [`default ${spec.fallback}`]),
        ...(spec.kind === 'switch' && spec.fallback === 'true' ? ['default true'] : []),
        ...(spec.environment === undefined ? [] : [`or ${spec.environment}`]),
      ];
      const help = notes.length === 0 ? spec.help : `${spec.help} (${notes.join(', ')})`;
      const lines = wrap(help, Math.max(1, columns - 2 - width));
      const lead =
        head.length + 2 > width ? `  ${head}\n${' '.repeat(width + 2)}` : `  ${head.padEnd(width)}`;
      return `${lead}${lines.join(`\n${' '.repeat(width + 2)}`)}`;
    })
    .join('\n');
}

function flagUsage(name: string, { kind, short, value, choices }: FlagSpec): string {
  const usage = short === undefined ? `--${name}` : `-${short}, --${name}`;
  return kind === 'switch'
    ? usage
    : `${usage} ${value ?? choices?.filter(Boolean).join('|') ?? kind.toUpperCase()}`;
}
