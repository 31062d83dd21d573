/**
 * Last-known-good resolution: of two conflicting objects, the one already in force wins.
 *
 * MetalLB rejects a configuration as a whole when two objects contradict each other, and keeps the last good one. Here
 * only the object that caused the conflict is rejected. An object that has not changed since it was last good takes
 * precedence over one that is new or edited; of those, the older does. A rejected object stays in force in its last good
 * version where that conflicts with no other. So an invalid edit changes nothing that works. A new process, which has no
 * last good versions, decides by age alone.
 */
import { compareAge, type ObjectIdentity } from '../../objects/metadata.ts';
import type { AnnounceIssue } from './object-issue.ts';

/** An object as it is now; `value` is null where it is invalid, for the reasons in `issues`. */
export type ConfigCandidate<T> = {
  readonly identity: ObjectIdentity;
  readonly value: T | null;
  readonly issues: readonly AnnounceIssue[];
};

/** The version of an object that is in force; null where none is. */
export type ActiveObject<T> = {
  readonly uid: string;
  readonly active: T | null;
  readonly issues: readonly AnnounceIssue[];
};

export type ActiveObjects<T> = ReadonlyMap<string, ActiveObject<T>>;

export type ConflictRules<T> = {
  /** Whether two versions of an object agree in everything that can conflict with other objects. */
  readonly isUnchanged: (a: T, b: T) => boolean;
  /** Why an object conflicts with the accepted ones; null where it does not. */
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
    return { ...entry, lastGood, isUnchanged };
  });
  candidates.sort(
    (a, b) => Number(b.isUnchanged) - Number(a.isUnchanged) || compareAge(a.identity, b.identity),
  );
  const accepted: T[] = [];
  const resolved: { readonly identity: ObjectIdentity; readonly state: ActiveObject<T> }[] = [];
  for (const { identity, value, lastGood, issues } of candidates) {
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
  // Sorted by age, so that a call without changes has the same result.
  resolved.sort((a, b) => compareAge(a.identity, b.identity));
  return new Map(resolved.map(({ identity, state }) => [identity.name, state]));
}

/** The versions that are in force, by the name of the object. */
export const activeValues = <T>(objects: ActiveObjects<T>): ReadonlyMap<string, T> =>
  new Map([...objects].flatMap(([name, { active }]) => (active === null ? [] : [[name, active] as const])));
