/** Runs all checks on a cluster: the findings, the most severe first, and the checks that the input does not decide. */

import { type Raw, textOf } from '../../base/json.ts';
import { compareText } from '../../base/text.ts';
import { SEVERITY_ORDER, undecidedCheck } from '../../findings/finding.ts';
import { type DraftFinding, TRIED_OBJECTS_MAX, withTriedEdits } from '../../findings/tried-edits.ts';
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
  readonly world: ClusterSnapshot;
};

export type DiagnoseOptions = SnapshotOptions & {
  /** Edits are tried on the model, and dropped where they do not help. */
  readonly triesEdits?: boolean;
};

export function diagnose(objects: readonly Raw[], options: DiagnoseOptions): Diagnosis {
  const snapshot = takeSnapshot(decodeClusterObjects(objects), options);
  const { drafts, unknown } = draftFindings(snapshot);
  const findings = drafts.map(({ finding }) => finding);
  const triesEdits = options.triesEdits === true && objects.length <= TRIED_OBJECTS_MAX;
  const evaluate = (edited: readonly Raw[]): readonly Finding[] =>
    runChecks(takeSnapshot(decodeClusterObjects(edited), options)).findings;
  return {
    findings: triesEdits
      ? drafts.map((draft) => withTriedEdits(draft, objects, findings, evaluate))
      : findings,
    unknown,
    world: snapshot,
  };
}

/** As above, for a snapshot that was taken before; edits are not tried. */
export function runChecks(snapshot: ClusterSnapshot): Pick<Diagnosis, 'findings' | 'unknown'> {
  const { drafts, unknown } = draftFindings(snapshot);
  return { findings: drafts.map(({ finding }) => finding), unknown };
}

function draftFindings(snapshot: ClusterSnapshot): {
  readonly drafts: readonly DraftFinding<FindingCode>[];
  readonly unknown: readonly UndecidedCheck[];
} {
  const drafts: DraftFinding<FindingCode>[] = [];
  const unknown: UndecidedCheck[] = [];
  for (const { code, needs, needsAll = [], question, find } of CHECKS) {
    const missing = needs.filter((kind) => !snapshot.isKindKnown(kind));
    if (missing.length > 0) {
      unknown.push(undecidedCheck({ code, question }, missing, `no ${missing.join(', no ')} in the input`));
      continue;
    }
    const incomplete = needsAll.filter((kind) => !snapshot.isKindComplete(kind));
    if (incomplete.length > 0) {
      unknown.push(
        undecidedCheck(
          { code, question },
          incomplete,
          `the input may not have every ${incomplete.join(', ')}`,
        ),
      );
    }
    drafts.push(...find(snapshot).map((result) => completeFinding(code, result, snapshot)));
  }
  const found = drafts.map(({ finding }) => finding);
  drafts.push(
    ...explainUndelivered(snapshot, found).map((result) => completeFinding('P43', result, snapshot)),
  );
  return { drafts: sortDrafts(drafts), unknown };
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

const CODE_ORDER = new Map(Object.keys(FINDING_CODES).map((code, index) => [code, index]));

const sortDrafts = (drafts: readonly DraftFinding<FindingCode>[]): readonly DraftFinding<FindingCode>[] =>
  [...drafts].sort(
    ({ finding: a }, { finding: b }) =>
      SEVERITY_ORDER[a.severity] - SEVERITY_ORDER[b.severity] ||
      b.addresses.length - a.addresses.length ||
      (CODE_ORDER.get(a.code) ?? 0) - (CODE_ORDER.get(b.code) ?? 0) ||
      compareText(textOf(a.object.name), textOf(b.object.name)),
  );
