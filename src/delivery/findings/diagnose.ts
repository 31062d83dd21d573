/**
 * Runs all checks of what the speakers announce: the findings, the most severe first, and the checks that the input does not
 * decide. Every address that nothing leads to has an error, and no error names another one.
 */
import type { Raw } from '../../base/json.ts';
import { compareText } from '../../base/text.ts';
import { SEVERITY_ORDER, undecidedCheck } from '../../findings/finding.ts';
import { type DraftFinding, TRIED_OBJECTS_MAX, withTriedEdits } from '../../findings/tried-edits.ts';
import type { SpeakerCheck, SpeakerCheckResult, SpeakerFinding, UndecidedSpeakerCheck } from './check.ts';
import { SPEAKER_FINDING_CODES, type SpeakerFindingCode } from './codes.ts';
import { COVERAGE_CHECKS } from './coverage.ts';
import { INVALID_OBJECT_CHECKS } from './invalid-objects.ts';
import { NODE_CHECKS } from './nodes.ts';
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
  ...SEGMENT_CHECKS,
  ...OTHER_PROGRAM_CHECKS,
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
  const findings = drafts.map(({ finding }) => finding);
  const triesEdits = options.triesEdits === true && objects.length <= TRIED_OBJECTS_MAX;
  const evaluate = (edited: readonly Raw[]): readonly SpeakerFinding[] =>
    draftFindings(takeAnnouncementSnapshot(edited, options)).drafts.map(({ finding }) => finding);
  return {
    findings: triesEdits
      ? drafts.map((draft) => withTriedEdits(draft, objects, findings, evaluate))
      : findings,
    ...{ unknown, snapshot },
  };
}

function draftFindings(snapshot: AnnouncementSnapshot): {
  readonly drafts: readonly DraftFinding<SpeakerFindingCode>[];
  readonly unknown: readonly UndecidedSpeakerCheck[];
} {
  const drafts: DraftFinding<SpeakerFindingCode>[] = [];
  const unknown: UndecidedSpeakerCheck[] = [];
  for (const { code, needs, question, find } of CHECKS) {
    const missing = needs.filter((kind) => !snapshot.isKindKnown(kind));
    if (missing.length === 0)
      drafts.push(...find(snapshot).map((result) => complete(code, result, snapshot)));
    else
      unknown.push(undecidedCheck({ code, question }, missing, `no ${missing.join(', no ')} in the input`));
  }
  const explained = new Set(
    drafts.filter(({ finding }) => finding.severity === 'error').flatMap(({ finding }) => finding.addresses),
  );
  const rest = (snapshot.undelivered ?? []).filter(({ address }) => !explained.has(address));
  drafts.push(...explainUndelivered(rest).map((result) => complete('S19', result, snapshot)));
  return { drafts: drafts.toSorted(compareDrafts), unknown };
}

function complete(
  code: SpeakerFindingCode,
  { explains, edits = [], alternatives = [], concerns = [], ...rest }: SpeakerCheckResult,
  { undelivered }: AnnouncementSnapshot,
): DraftFinding<SpeakerFindingCode> {
  const explained = explains === undefined ? [] : (undelivered ?? []).filter(explains);
  const severity = explained.length > 0 ? 'error' : rest.severity;
  const addresses = [...new Set(explained.map(({ address }) => address))];
  return { finding: { code, ...rest, severity, edits, concerns, addresses }, alternatives };
}

const CODE_ORDER = new Map(Object.keys(SPEAKER_FINDING_CODES).map((code, index) => [code, index]));

const compareDrafts = (
  { finding: a }: DraftFinding<SpeakerFindingCode>,
  { finding: b }: DraftFinding<SpeakerFindingCode>,
): number =>
  SEVERITY_ORDER[a.severity] - SEVERITY_ORDER[b.severity] ||
  b.addresses.length - a.addresses.length ||
  (CODE_ORDER.get(a.code) ?? 0) - (CODE_ORDER.get(b.code) ?? 0) ||
  compareText(a.object.name, b.object.name);
