/** Runs all checks on a cluster: the findings, the most severe first, and the checks that the input does not decide. */

import { type Raw, textOf } from '../../base/json.ts';
import { compareText } from '../../base/text.ts';
import { decodeClusterObjects } from '../objects/cluster-object.ts';
import type { DiagnosticCheck } from './check.ts';
import { FINDING_CODES, type FindingCode } from './codes.ts';
import { COMMUNITY_CHECKS } from './communities.ts';
import { CONFLICT_CHECKS } from './conflicting-components.ts';
import { ENDPOINT_CHECKS } from './endpoints.ts';
import { FILTER_CHECKS } from './filters.ts';
import type { CheckResult, Finding, Severity, UndecidedCheck, UnlearnedAddress } from './finding.ts';
import { HOST_BIT_CHECKS } from './host-bits.ts';
import { LISTED_RANGE_CHECKS } from './listed-ranges.ts';
import { NODE_ANNOUNCEMENT_CHECKS } from './node-announcements.ts';
import { NODE_CHECKS } from './nodes.ts';
import { OVERLAP_CHECKS } from './overlaps.ts';
import { PEER_CHECKS } from './peers.ts';
import { POD_ROUTE_CHECKS } from './pod-routes.ts';
import { REJECTED_OBJECT_CHECKS } from './rejected-objects.ts';
import { SECRET_CHECKS } from './secrets.ts';
import { type ClusterSnapshot, type SnapshotOptions, takeSnapshot } from './snapshot.ts';
import { explainUnlearnedAddresses } from './unexplained.ts';
import { UNKNOWN_FIELD_CHECKS } from './unknown-fields.ts';
import { VERSION_AND_TIMING_CHECKS } from './versions-and-timing.ts';

const CHECKS: readonly DiagnosticCheck[] = [
  ...LISTED_RANGE_CHECKS,
  ...HOST_BIT_CHECKS,
  ...NODE_ANNOUNCEMENT_CHECKS,
  ...NODE_CHECKS,
  ...PEER_CHECKS,
  ...SECRET_CHECKS,
  ...OVERLAP_CHECKS,
  ...COMMUNITY_CHECKS,
  ...FILTER_CHECKS,
  ...ENDPOINT_CHECKS,
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

export function diagnose(objects: readonly Raw[], options: SnapshotOptions): Diagnosis {
  const snapshot = takeSnapshot(decodeClusterObjects(objects), options);
  return { ...runChecks(snapshot), world: snapshot };
}

/** As above, for a snapshot that was taken before. */
export function runChecks(snapshot: ClusterSnapshot): Pick<Diagnosis, 'findings' | 'unknown'> {
  const findings: Finding[] = [];
  const unknown: UndecidedCheck[] = [];
  for (const { code, needs, needsAll = [], question, find } of CHECKS) {
    const missing = needs.filter((kind) => !snapshot.isKindKnown(kind));
    if (missing.length > 0) {
      unknown.push(undecided(code, question, missing, `no ${missing.join(', no ')} in the input`));
      continue;
    }
    const incomplete = needsAll.filter((kind) => !snapshot.isKindComplete(kind));
    if (incomplete.length > 0) {
      unknown.push(
        undecided(code, question, incomplete, `the input may not have every ${incomplete.join(', ')}`),
      );
    }
    findings.push(...find(snapshot).map((result) => completeFinding(code, result, snapshot.unlearned)));
  }
  const named = new Set(
    findings.filter(({ severity }) => severity === 'error').flatMap(({ addresses }) => addresses),
  );
  const unnamed = snapshot.unlearned.filter(
    ({ isLearnedNowhere, address }) => isLearnedNowhere && !named.has(address),
  );
  findings.push(
    ...explainUnlearnedAddresses(snapshot, unnamed).map((result) =>
      completeFinding('P43', result, snapshot.unlearned),
    ),
  );
  return { findings: sortFindings(findings), unknown };
}

const undecided = (
  code: FindingCode,
  question: string,
  needs: readonly string[],
  because: string,
): UndecidedCheck => ({ code, needs, because, says: `cannot know ${question}: ${because}` });

/** A finding that explains why no router learns an address is an error, whatever its own severity. */
function completeFinding(
  code: FindingCode,
  result: CheckResult,
  unlearned: readonly UnlearnedAddress[],
): Finding {
  const { explains, mentioned = [], edits = [], concerns = [], ...rest } = result;
  const explained = explains === undefined ? [] : unlearned.filter(explains);
  const severity = explained.some(({ isLearnedNowhere }) => isLearnedNowhere) ? 'error' : rest.severity;
  const addresses =
    explains !== undefined && severity === 'error' ? explained.map(({ address }) => address) : mentioned;
  return { code, ...rest, severity, edits, concerns, addresses };
}

const SEVERITY_ORDER: Readonly<Record<Severity, number>> = { error: 0, warning: 1, hint: 2 };
const CODE_ORDER = new Map(Object.keys(FINDING_CODES).map((code, index) => [code, index]));

function sortFindings(findings: readonly Finding[]): readonly Finding[] {
  return [...findings].sort(
    (a, b) =>
      SEVERITY_ORDER[a.severity] - SEVERITY_ORDER[b.severity] ||
      b.addresses.length - a.addresses.length ||
      (CODE_ORDER.get(a.code) ?? 0) - (CODE_ORDER.get(b.code) ?? 0) ||
      compareText(textOf(a.object.name), textOf(b.object.name)),
  );
}
