/** A diagnostic check: the kinds that it needs, and the function that finds problems. */
import type { FindingCode } from './codes.ts';
import type { CheckResult } from './finding.ts';
import type { ClusterSnapshot } from './snapshot.ts';

export type DiagnosticCheck = {
  readonly code: FindingCode;
  /** Kinds without which it cannot decide. */
  readonly needs: readonly string[];
  /** Kinds whose absent objects it draws conclusions from. Where some may be missing in the input, it is decided in part. */
  readonly needsAll?: readonly string[];
  /** What stays undecided without them: the end of the sentence `cannot know …`. */
  readonly question: string;
  readonly find: (snapshot: ClusterSnapshot) => readonly CheckResult[];
};

export const LISTED_MAX = 3;

/** The singular form for a count of one, else the plural. */
export const plural = (count: number, one: string, many: string): string => (count === 1 ? one : many);

/** `a, b, c and 4 more`. */
export function abbreviateList(names: readonly string[]): string {
  const shown = names.slice(0, LISTED_MAX).join(', ');
  const more = names.length - LISTED_MAX;
  return more > 0 ? `${shown} and ${more} more` : shown;
}
