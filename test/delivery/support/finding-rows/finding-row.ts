/** A broken cluster with speakers, and the finding about it. */
import type { Raw } from '../../../../src/base/json.ts';
import type { SpeakerFindingCode } from '../../../../src/delivery/findings/codes.ts';
import type { Severity } from '../../../../src/findings/finding.ts';

export type FindingRow = {
  readonly says: string;
  readonly objects: readonly Raw[];
  readonly code: SpeakerFindingCode;
  readonly severity: Severity;
  readonly object: string;
  readonly problem: RegExp;
  /** Whether an edit is printed. */
  readonly hasEdit: boolean;
};
