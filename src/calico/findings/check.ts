/** One rule: what it needs to know, and what it finds. */
import type { FindingCode } from './codes.ts';
import type { CheckResult } from './finding.ts';
import type { ClusterSnapshot } from './snapshot.ts';

export type DiagnosticCheck = {
  readonly code: FindingCode;
  /** Kinds without which it cannot say anything. */
  readonly needs: readonly string[];
  /** What cannot be known without them, as the end of `cannot know …`. */
  readonly question: string;
  readonly find: (snapshot: ClusterSnapshot) => readonly CheckResult[];
};

export const LISTED_MAX = 3;

/** `a, b, c and 4 more`. */
export function abbreviateList(names: readonly string[]): string {
  const shown = names.slice(0, LISTED_MAX).join(', ');
  const more = names.length - LISTED_MAX;
  return more > 0 ? `${shown} and ${more} more` : shown;
}
