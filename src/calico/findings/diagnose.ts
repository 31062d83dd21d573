/** Runs all checks on a cluster: the findings, the most severe first, and the checks that the input does not decide. */

import type { Raw } from '../../base/json.ts';
import { type CheckedFindings, runChecks, sortDrafts, withUnread } from '../../findings/check.ts';
import { type DraftFinding, findingsOf, tryEdits } from '../../findings/tried-edits.ts';
import { decodeClusterObjects } from '../objects/cluster-object.ts';
import type { DiagnosticCheck } from './check.ts';
import { CLUSTER_IP_RANGE_CHECKS } from './cluster-ip-ranges.ts';
import { FINDING_CODES, type FindingCode } from './codes.ts';
import { COMMUNITY_CHECKS } from './communities.ts';
import { CONFLICT_CHECKS } from './conflicting-components.ts';
import { DELETED_NODE_CHECKS } from './deleted-nodes.ts';
import { ENDPOINT_CHECKS } from './endpoints.ts';
import { FILTER_CHECKS } from './filters.ts';
import type { CheckResult, Finding, UndecidedCheck } from './finding.ts';
import { HOST_BIT_CHECKS } from './host-bits.ts';
import { IMPOSSIBLE_ADDRESS_CHECKS } from './impossible-addresses.ts';
import { LISTED_RANGE_CHECKS } from './listed-ranges.ts';
import { LOCAL_LEAK_CHECKS } from './local-leaks.ts';
import { NODE_ANNOUNCEMENT_CHECKS } from './node-announcements.ts';
import { NODE_SESSION_CHECKS } from './node-sessions.ts';
import { NODE_CHECKS } from './nodes.ts';
import { OVERLAP_CHECKS } from './overlaps.ts';
import { PEER_CHECKS } from './peers.ts';
import { POD_ROUTE_CHECKS } from './pod-routes.ts';
import { REJECTED_OBJECT_CHECKS } from './rejected-objects.ts';
import { SECOND_SESSION_CHECKS } from './second-sessions.ts';
import { SECRET_CHECKS } from './secrets.ts';
import { SLICE_CHANGE_CHECKS } from './slice-changes.ts';
import { type ClusterSnapshot, type SnapshotOptions, takeSnapshot } from './snapshot.ts';
import { explainUndelivered } from './unexplained.ts';
import { UNKNOWN_FIELD_CHECKS } from './unknown-fields.ts';
import { UNLISTED_RANGE_CHECKS } from './unlisted-ranges.ts';
import { UNREADABLE_ENTRY_CHECKS } from './unreadable-entries.ts';
import { VERSION_AND_TIMING_CHECKS } from './versions-and-timing.ts';

const CHECKS: readonly DiagnosticCheck[] = [
  ...UNLISTED_RANGE_CHECKS,
  ...LISTED_RANGE_CHECKS,
  ...CLUSTER_IP_RANGE_CHECKS,
  ...UNREADABLE_ENTRY_CHECKS,
  ...HOST_BIT_CHECKS,
  ...LOCAL_LEAK_CHECKS,
  ...NODE_ANNOUNCEMENT_CHECKS,
  ...NODE_CHECKS,
  ...DELETED_NODE_CHECKS,
  ...PEER_CHECKS,
  ...IMPOSSIBLE_ADDRESS_CHECKS,
  ...SECOND_SESSION_CHECKS,
  ...NODE_SESSION_CHECKS,
  ...SECRET_CHECKS,
  ...OVERLAP_CHECKS,
  ...COMMUNITY_CHECKS,
  ...FILTER_CHECKS,
  ...ENDPOINT_CHECKS,
  ...SLICE_CHANGE_CHECKS,
  ...POD_ROUTE_CHECKS,
  ...CONFLICT_CHECKS,
  ...VERSION_AND_TIMING_CHECKS,
  ...REJECTED_OBJECT_CHECKS,
  ...UNKNOWN_FIELD_CHECKS,
];

export type Diagnosis = {
  readonly findings: readonly Finding[];
  readonly unknown: readonly UndecidedCheck[];
  readonly snapshot: ClusterSnapshot;
};

export type DiagnoseOptions = SnapshotOptions & {
  /** Edits are tried on the model, and dropped where they do not help. */
  readonly triesEdits?: boolean;
};

export function diagnose(objects: readonly Raw[], options: DiagnoseOptions): Diagnosis {
  const snapshot = takeSnapshot(decodeClusterObjects(objects), options);
  const { drafts, unknown } = draftFindings(snapshot);
  const evaluate = (edited: readonly Raw[]): readonly Finding[] =>
    diagnoseSnapshot(takeSnapshot(decodeClusterObjects(edited), options)).findings;
  const findings = options.triesEdits === true ? tryEdits(drafts, objects, evaluate) : findingsOf(drafts);
  return { findings, unknown, snapshot };
}

/** As above, for a snapshot that was taken before; edits are not tried. */
export function diagnoseSnapshot(snapshot: ClusterSnapshot): Pick<Diagnosis, 'findings' | 'unknown'> {
  const { drafts, unknown } = draftFindings(snapshot);
  return { findings: findingsOf(drafts), unknown };
}

function draftFindings(snapshot: ClusterSnapshot): CheckedFindings<FindingCode> {
  const complete = (code: FindingCode, result: CheckResult): DraftFinding<FindingCode> =>
    completeFinding(code, result, snapshot);
  const { drafts, unknown } = runChecks(CHECKS, snapshot, complete);
  const unexplained = explainUndelivered(snapshot, findingsOf(drafts)).map((result) =>
    withUnread(complete('P43', result), snapshot, snapshot.decidedBy('unlearned')),
  );
  return { drafts: sortDrafts([...drafts, ...unexplained], Object.keys(FINDING_CODES)), unknown };
}

/**
 * A finding that explains why no router learns an address is an error, whatever its own severity. Such a finding, and every
 * error, names only addresses that are not delivered.
 */
function completeFinding(
  code: FindingCode,
  result: CheckResult,
  { unlearned, undelivered }: ClusterSnapshot,
): DraftFinding<FindingCode> {
  const { explains, mentioned = [], edits = [], alternatives = [], concerns = [], ...rest } = result;
  const explained = explains === undefined ? [] : unlearned.filter(explains);
  const severity = explained.some(({ isLearnedNowhere }) => isLearnedNowhere) ? 'error' : rest.severity;
  const named = [...new Set([...explained.map(({ address }) => address), ...mentioned])];
  const isAboutDelivery = explains !== undefined || severity === 'error';
  const addresses =
    isAboutDelivery && undelivered !== null ? named.filter((one) => undelivered.has(one)) : named;
  return { finding: { code, ...rest, severity, edits, concerns, addresses }, alternatives };
}
