/** The BFDProfiles in force: of an invalid one its last good version. */
import { type BfdProfile, readBfdProfile } from '../../config/bfd-profile.ts';
import { identityOf } from '../../objects/metadata.ts';
import { type ActiveObjects, type ConfigCandidate, resolveConflicts } from './last-known-good.ts';
import { type ObjectIssue, objectIssues, warningIssue } from './object-issue.ts';

export type ResolvedBfdProfiles = {
  /** By name. */
  readonly objects: ActiveObjects<BfdProfile>;
  readonly issues: readonly ObjectIssue[];
};

/** No profile conflicts with another. */
export function resolveBfdProfiles(
  raws: readonly unknown[],
  before: ResolvedBfdProfiles | null,
): ResolvedBfdProfiles {
  const objects = resolveConflicts(raws.map(toCandidate), before?.objects ?? null, {
    isUnchanged: () => true,
    findConflict: () => null,
  });
  return {
    objects,
    issues: [...objects].flatMap(([name, { issues }]) => objectIssues('BFDProfile', name, issues)),
  };
}

function toCandidate(raw: unknown): ConfigCandidate<BfdProfile> {
  const { profile, issues, warnings } = readBfdProfile(raw);
  return {
    identity: identityOf(raw),
    value: profile,
    issues: [...issues, ...warnings.map(({ path, message }) => warningIssue(path, message))],
  };
}
