/**
 * What stands, stays.
 *
 * MetalLB refuses a configuration as a whole when two objects contradict each other, and goes on with the last
 * good one. Here only the one that brought the contradiction is refused: an object that says what it said when it
 * was last good comes before one that is new or was edited, and of those the older comes first. Who is refused
 * goes on as it last was, where that contradicts nobody. So nothing that works is changed by an object that
 * cannot be obeyed, and a fresh process, which remembers nothing, goes by age alone.
 */
import { compareAge, type ObjectIdentity } from '../../objects/metadata.ts';
import type { AnnounceIssue } from './object-issue.ts';

/** What one object says now, null where that is invalid, with the reasons. */
export type ConfigCandidate<T> = {
  readonly identity: ObjectIdentity;
  readonly value: T | null;
  readonly issues: readonly AnnounceIssue[];
};

/** What is in force of one object. */
export type ActiveObject<T> = {
  readonly uid: string;
  readonly active: T | null;
  readonly issues: readonly AnnounceIssue[];
};

export type ActiveObjects<T> = ReadonlyMap<string, ActiveObject<T>>;

export type ConflictRules<T> = {
  /** Whether nothing changed that could contradict somebody. */
  readonly isUnchanged: (a: T, b: T) => boolean;
  /** Why one cannot stand beside those that do; null where it can. */
  readonly findConflict: (one: T, accepted: readonly T[]) => AnnounceIssue | null;
};

export function resolveConflicts<T>(
  entries: readonly ConfigCandidate<T>[],
  before: ActiveObjects<T> | null,
  rules: ConflictRules<T>,
): ActiveObjects<T> {
  const candidates = entries.map((entry) => {
    const { name, uid } = entry.identity;
    const previous = before?.get(name);
    const lastGood = previous !== undefined && previous.uid === uid ? previous.active : null;
    const isUnchanged =
      lastGood !== null && (entry.value === null || rules.isUnchanged(entry.value, lastGood));
    return { ...entry, last: lastGood, unchanged: isUnchanged };
  });
  candidates.sort((a, b) => Number(b.unchanged) - Number(a.unchanged) || compareAge(a.identity, b.identity));
  const accepted: T[] = [];
  const resolved: { readonly identity: ObjectIdentity; readonly state: ActiveObject<T> }[] = [];
  for (const { identity, value, last: lastGood, issues } of candidates) {
    const conflict = value === null ? null : rules.findConflict(value, accepted);
    const current = conflict === null ? value : null;
    const fallback =
      current === null && lastGood !== null && rules.findConflict(lastGood, accepted) === null
        ? lastGood
        : null;
    const active = current ?? fallback;
    if (active !== null) accepted.push(active);
    const allIssues = conflict === null ? issues : [...issues, conflict];
    resolved.push({ identity, state: { uid: identity.uid, active, issues: allIssues } });
  }
  // By age, whoever had the say first: a look that finds nothing changed says the same.
  resolved.sort((a, b) => compareAge(a.identity, b.identity));
  return new Map(resolved.map(({ identity, state }) => [identity.name, state]));
}

/** The objects that are in force, by name. */
export const activeValues = <T>(objects: ActiveObjects<T>): ReadonlyMap<string, T> =>
  new Map([...objects].flatMap(([name, { active }]) => (active === null ? [] : [[name, active] as const])));
