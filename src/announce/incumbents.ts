/**
 * What stands, stays.
 *
 * MetalLB refuses a configuration as a whole when two objects contradict each other, and goes on with the last
 * good one. Here only the one that brought the contradiction is refused: an object that says what it said when it
 * was last good comes before one that is new or was edited, and of those the older comes first. Who is refused
 * goes on as it last was, where that contradicts nobody. So nothing that works is changed by an object that
 * cannot be obeyed, and a fresh process, which remembers nothing, goes by age alone.
 */
import { compareAge, type Identity } from '../config/identity.ts';
import type { Fault } from './complaint.ts';

/** What one object says now, null where that is invalid, with the reasons. */
export type Entry<T> = {
  readonly identity: Identity;
  readonly says: T | null;
  readonly faults: readonly Fault[];
};

/** What is in force of one object. */
export type Incumbent<T> = {
  readonly uid: string;
  readonly active: T | null;
  readonly faults: readonly Fault[];
};

export type Incumbents<T> = ReadonlyMap<string, Incumbent<T>>;

export type Rules<T> = {
  /** Whether nothing changed that could contradict somebody. */
  readonly same: (a: T, b: T) => boolean;
  /** Why one cannot stand beside those that do; null where it can. */
  readonly clash: (one: T, standing: readonly T[]) => Fault | null;
};

export function settle<T>(
  entries: readonly Entry<T>[],
  before: Incumbents<T> | null,
  rules: Rules<T>,
): Incumbents<T> {
  const asked = entries.map((entry) => {
    const { name, uid } = entry.identity;
    const known = before?.get(name);
    const last = known !== undefined && known.uid === uid ? known.active : null;
    const unchanged = last !== null && (entry.says === null || rules.same(entry.says, last));
    return { ...entry, last, unchanged };
  });
  asked.sort((a, b) => Number(b.unchanged) - Number(a.unchanged) || compareAge(a.identity, b.identity));
  const standing: T[] = [];
  const settled: { readonly identity: Identity; readonly incumbent: Incumbent<T> }[] = [];
  for (const { identity, says, last, faults } of asked) {
    const clash = says === null ? null : rules.clash(says, standing);
    const now = clash === null ? says : null;
    const back = now === null && last !== null && rules.clash(last, standing) === null ? last : null;
    const active = now ?? back;
    if (active !== null) standing.push(active);
    const told = clash === null ? faults : [...faults, clash];
    settled.push({ identity, incumbent: { uid: identity.uid, active, faults: told } });
  }
  // By age, whoever had the say first: a look that finds nothing changed says the same.
  settled.sort((a, b) => compareAge(a.identity, b.identity));
  return new Map(settled.map(({ identity, incumbent }) => [identity.name, incumbent]));
}

/** The objects that are in force, by name. */
export const activeOf = <T>(incumbents: Incumbents<T>): ReadonlyMap<string, T> =>
  new Map(
    [...incumbents].flatMap(([name, { active }]) => (active === null ? [] : [[name, active] as const])),
  );
