/** Community aliases from all Community objects together: an alias may be defined only once. */

import type { Community } from '../../bgp/attributes/community.ts';
import { type CommunityAlias, duplicateAliasError, readCommunityAliases } from '../../config/community.ts';
import { identityOf } from '../../objects/metadata.ts';
import {
  type ActiveObjects,
  type ConfigCandidate,
  type ConflictRules,
  resolveConflicts,
} from './last-known-good.ts';
import { type ObjectIssue, objectIssues } from './object-issue.ts';

export type ResolvedAliases = {
  readonly objects: ActiveObjects<readonly CommunityAlias[]>;
  readonly byName: ReadonlyMap<string, Community>;
  readonly issues: readonly ObjectIssue[];
};

const aliasNames = (aliases: readonly CommunityAlias[]): readonly string[] => aliases.map(({ name }) => name);

const ALIAS_CONFLICT_RULES: ConflictRules<readonly CommunityAlias[]> = {
  isUnchanged: (a, b) => aliasNames(a).toSorted().join('\n') === aliasNames(b).toSorted().join('\n'),
  findConflict: (one, accepted) => {
    const taken = new Set(accepted.flatMap(aliasNames));
    const duplicate = aliasNames(one).find((name) => taken.has(name));
    if (duplicate === undefined) return null;
    const metallbText = duplicateAliasError(duplicate);
    return { path: 'spec.communities', message: metallbText, metallbText };
  },
};

export function resolveAliases(raws: readonly unknown[], before: ResolvedAliases | null): ResolvedAliases {
  const entries = raws.map((raw): ConfigCandidate<readonly CommunityAlias[]> => {
    const { aliases, issues } = readCommunityAliases(raw);
    return { identity: identityOf(raw), value: aliases, issues: issues };
  });
  const objects = resolveConflicts(entries, before?.objects ?? null, ALIAS_CONFLICT_RULES);
  const all = [...objects.values()].flatMap(({ active }) => active ?? []);
  return {
    objects,
    byName: new Map(all.map(({ name, value }) => [name, value])),
    issues: [...objects].flatMap(([name, { issues: faults }]) => objectIssues('Community', name, faults)),
  };
}
