/**
 * Runs all checks of what the speakers announce: the findings, the most severe first, and the checks that the input does not
 * decide. Every address that nothing leads to has an error, and no error names another one.
 */
import type { Raw } from '../../base/json.ts';
import { listSome } from '../../base/text.ts';
import { type CheckedFindings, runChecks, sortDrafts, withUnread } from '../../findings/check.ts';
import { undecidedCheck } from '../../findings/finding.ts';
import { type DraftFinding, findingsOf, tryEdits } from '../../findings/tried-edits.ts';
import type { SpeakerCheck, SpeakerCheckResult, SpeakerFinding, UndecidedSpeakerCheck } from './check.ts';
import { SPEAKER_FINDING_CODES, type SpeakerFindingCode } from './codes.ts';
import { COVERAGE_CHECKS } from './coverage.ts';
import { INVALID_OBJECT_CHECKS } from './invalid-objects.ts';
import { KUBE_PROXY_CHECKS, unseenKubeProxy } from './kube-proxy.ts';
import { NODE_CHECKS } from './nodes.ts';
import { OTHER_LOAD_BALANCER_CHECKS } from './other-load-balancers.ts';
import { OTHER_PROGRAM_CHECKS } from './other-programs.ts';
import { PEER_CHECKS } from './peers.ts';
import { POOL_RANGE_CHECKS } from './pool-ranges.ts';
import { SEGMENT_CHECKS } from './segments.ts';
import {
  type AnnouncementSnapshot,
  type AnnouncementSnapshotOptions,
  takeAnnouncementSnapshot,
} from './snapshot.ts';
import { explainUndelivered } from './undelivered.ts';

const CHECKS: readonly SpeakerCheck[] = [
  ...INVALID_OBJECT_CHECKS,
  ...COVERAGE_CHECKS,
  ...PEER_CHECKS,
  ...NODE_CHECKS,
  ...POOL_RANGE_CHECKS,
  ...KUBE_PROXY_CHECKS,
  ...SEGMENT_CHECKS,
  ...OTHER_PROGRAM_CHECKS,
  ...OTHER_LOAD_BALANCER_CHECKS,
];

export type SpeakerDiagnosis = {
  readonly findings: readonly SpeakerFinding[];
  readonly unknown: readonly UndecidedSpeakerCheck[];
  readonly snapshot: AnnouncementSnapshot;
};

export type DiagnoseSpeakersOptions = AnnouncementSnapshotOptions & {
  /** Edits are tried on the model, and dropped where they do not help. */
  readonly triesEdits?: boolean;
};

export function diagnoseSpeakers(
  objects: readonly Raw[],
  options: DiagnoseSpeakersOptions,
): SpeakerDiagnosis {
  const snapshot = takeAnnouncementSnapshot(objects, options);
  const { drafts, unknown } = draftFindings(snapshot);
  const evaluate = (edited: readonly Raw[]): readonly SpeakerFinding[] =>
    findingsOf(draftFindings(takeAnnouncementSnapshot(edited, options)).drafts);
  const findings = options.triesEdits === true ? tryEdits(drafts, objects, evaluate) : findingsOf(drafts);
  return { findings, unknown, snapshot };
}

function draftFindings(snapshot: AnnouncementSnapshot): CheckedFindings<SpeakerFindingCode> {
  const complete = (code: SpeakerFindingCode, result: SpeakerCheckResult): DraftFinding<SpeakerFindingCode> =>
    completeFinding(code, result, snapshot);
  const { drafts, unknown } = runChecks(CHECKS, snapshot, complete);
  const explained = new Set(
    findingsOf(drafts).flatMap(({ severity, addresses }) => (severity === 'error' ? addresses : [])),
  );
  const rest = (snapshot.undelivered ?? []).filter(({ address }) => !explained.has(address));
  const unexplained = explainUndelivered(rest).map((result) =>
    withUnread(complete('S19', result), snapshot, snapshot.decidedBy('undelivered')),
  );
  return {
    drafts: sortDrafts([...drafts, ...unexplained], Object.keys(SPEAKER_FINDING_CODES)),
    unknown: [...unknown, ...unseenKubeProxy(snapshot), ...awaitedCheck(snapshot)],
  };
}

/** While speakers are starting, it is not known whether they announce what waits for them. */
function awaitedCheck({ awaited, starting }: AnnouncementSnapshot): readonly UndecidedSpeakerCheck[] {
  if (awaited.length === 0) return [];
  const question = `whether clients reach ${listSome(awaited)}`;
  const because = `the ${starting.length === 1 ? 'speaker' : 'speakers'} on ${listSome(starting)} ${starting.length === 1 ? 'is' : 'are'} starting`;
  return [undecidedCheck({ code: 'S19', question }, [], because)];
}

function completeFinding(
  code: SpeakerFindingCode,
  { explains, edits = [], alternatives = [], concerns = [], ...rest }: SpeakerCheckResult,
  { undelivered }: AnnouncementSnapshot,
): DraftFinding<SpeakerFindingCode> {
  const explained = explains === undefined ? [] : (undelivered ?? []).filter(explains);
  const severity = explained.length > 0 ? 'error' : rest.severity;
  const addresses = [...new Set(explained.map(({ address }) => address))];
  return { finding: { code, ...rest, severity, edits, concerns, addresses }, alternatives };
}
