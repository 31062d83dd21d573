/** The report of `berth doctor`, before it is printed as text or JSON. */

import {
  SERVICE_FINDING_CODES,
  type ServiceFinding,
  type ServiceFindingCode,
} from '../../allocation/findings/codes.ts';
import { FINDING_CODES } from '../../calico/findings/codes.ts';
import type { Finding, UndecidedCheck } from '../../calico/findings/finding.ts';
import type { ClusterSnapshot } from '../../calico/findings/snapshot.ts';
import type { LiveComparison } from '../../calico/report/live-comparison.ts';
import type { RouterReport } from '../../calico/report/router-report.ts';
import type { SpeakerFinding, UndecidedSpeakerCheck } from '../../delivery/findings/check.ts';
import { SPEAKER_FINDING_CODES } from '../../delivery/findings/codes.ts';
import type { AnnouncementSnapshot } from '../../delivery/findings/snapshot.ts';
import type { UndecidedCheckOf } from '../../findings/finding.ts';

export type DoctorFinding = Finding | SpeakerFinding | ServiceFinding;

/** What Calico announces. */
export type CalicoReport = {
  readonly snapshot: ClusterSnapshot;
  readonly routers: readonly RouterReport[];
  /** Null unless it is asked for. */
  readonly live: LiveComparison | null;
};

export type DoctorReport = {
  /** The input, for the heading. */
  readonly description: string;
  /** Worst first. */
  readonly findings: readonly DoctorFinding[];
  /** Checks that could not be decided, because kinds are missing in the input. */
  readonly unknown: readonly (
    | UndecidedCheck
    | UndecidedSpeakerCheck
    | UndecidedCheckOf<ServiceFindingCode>
  )[];
  /** Sentences about objects that could not be read. */
  readonly unread: readonly string[];
  /** Something in `unread`: the findings may be incomplete. */
  readonly isPartial: boolean;
  /** Null where Calico is not installed. */
  readonly calico: CalicoReport | null;
  /** Null where no speakers announce. */
  readonly speakers: AnnouncementSnapshot | null;
};

export type DoctorVerdict = 'errors' | 'warnings' | 'clean';

/** The worst severity of the findings; hints do not count. */
export function verdictFor(findings: readonly DoctorFinding[]): DoctorVerdict {
  if (findings.some(({ severity }) => severity === 'error')) return 'errors';
  return findings.some(({ severity }) => severity === 'warning') ? 'warnings' : 'clean';
}

const CODE_NAMES: Readonly<Record<DoctorFinding['code'], string>> = {
  ...FINDING_CODES,
  ...SPEAKER_FINDING_CODES,
  ...SERVICE_FINDING_CODES,
};

export const codeName = (code: DoctorFinding['code']): string => CODE_NAMES[code];
