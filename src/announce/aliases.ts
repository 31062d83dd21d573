/** Names of communities, from all Community objects together: no name may be given twice. */

import { type Alias, duplicateAlias, readAliases } from '../config/community.ts';
import { identityOf } from '../config/identity.ts';
import type { Community } from '../routes/community.ts';
import { type Complaint, complaintsOf } from './complaint.ts';
import { type Entry, type Incumbents, type Rules, settle } from './incumbents.ts';

export type AliasReview = {
  readonly objects: Incumbents<readonly Alias[]>;
  readonly values: ReadonlyMap<string, Community>;
  readonly complaints: readonly Complaint[];
};

const namesOf = (aliases: readonly Alias[]): readonly string[] => aliases.map(({ name }) => name);

const rules: Rules<readonly Alias[]> = {
  same: (a, b) => namesOf(a).toSorted().join('\n') === namesOf(b).toSorted().join('\n'),
  clash: (one, standing) => {
    const taken = new Set(standing.flatMap(namesOf));
    const twice = namesOf(one).find((name) => taken.has(name));
    if (twice === undefined) return null;
    const text = duplicateAlias(twice);
    return { path: 'spec.communities', message: text, text };
  },
};

export function reviewAliases(raws: readonly unknown[], before: AliasReview | null): AliasReview {
  const entries = raws.map((raw): Entry<readonly Alias[]> => {
    const { aliases, issues } = readAliases(raw);
    return { identity: identityOf(raw), says: aliases, faults: issues };
  });
  const objects = settle(entries, before?.objects ?? null, rules);
  const all = [...objects.values()].flatMap(({ active }) => active ?? []);
  return {
    objects,
    values: new Map(all.map(({ name, value }) => [name, value])),
    complaints: [...objects].flatMap(([name, { faults }]) => complaintsOf('Community', name, faults)),
  };
}
