/** One rule: what it needs to know, and what it finds. */
import type { Code } from './codes.ts';
import type { Found } from './finding.ts';
import type { World } from './world.ts';

export type Check = {
  readonly code: Code;
  /** Kinds without which it cannot say anything. */
  readonly needs: readonly string[];
  /** What cannot be known without them, as the end of `cannot know …`. */
  readonly open: string;
  readonly find: (world: World) => readonly Found[];
};

export const NAMED_MAX = 3;

/** `a, b, c and 4 more`. */
export function someOf(names: readonly string[]): string {
  const shown = names.slice(0, NAMED_MAX).join(', ');
  const more = names.length - NAMED_MAX;
  return more > 0 ? `${shown} and ${more} more` : shown;
}
