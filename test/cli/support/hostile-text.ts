/** Characters that steer a terminal or hide text, and the search for them in what a command printed. */
import assert from 'node:assert/strict';
import type { Raw } from '../../../src/base/json.ts';
import type { Random } from '../../support/random.ts';
import { type CommandRunner, runCommand } from './run-command.ts';

/** Characters and sequences that terminals act on, or that readers do not see. */
const HOSTILE = [
  ...[
    '\u0000',
    '\u0007',
    '\u0008',
    '\u001b[2J',
    '\u001b]0;x\u0007',
    '\u007f',
    '\u0085',
    '\u009b31m',
    '\r',
    '\t',
  ],
  ...['\u200b', '\u200e', '\u202a', '\u202e', '\u2028', '\u2066', '\ufeff', '\u{e0041}'],
];

/** Line breaks are the lines of the output itself. */
const UNSAFE = /(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;

/** A text with two of them. */
export const hostileText = (random: Random): string => `x${random.pick(HOSTILE)}y${random.pick(HOSTILE)}`;

/** A copy in which about one string value in three ends with `text`. Keys and numbers stay. */
export function spoil(value: unknown, text: string, random: Random): unknown {
  if (typeof value === 'string') return random.chance(1 / 3) ? `${value}${text}` : value;
  if (Array.isArray(value)) return value.map((item) => spoil(item, text, random));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value as Raw).map(([key, inner]) => [key, spoil(inner, text, random)]),
  );
}

export type HostileRun = {
  readonly run: CommandRunner;
  readonly args: readonly string[];
  readonly stdin?: string;
};

/** Runs the command. Fails if a hostile character is in its output. Returns whether an escaped one is. */
export async function assertPrintsNoControls({ run, args, stdin = '' }: HostileRun): Promise<boolean> {
  const { out, err } = await runCommand(run, args, { stdin });
  for (const printed of [out, err]) assertNoControls(printed, args.join(' '));
  return /\\[ux]/.test(out + err);
}

export function assertNoControls(printed: string, name: string): void {
  const at = printed.search(UNSAFE);
  assert.equal(at, -1, `${name}: ${JSON.stringify(printed.slice(Math.max(0, at - 40), at + 40))}`);
}
