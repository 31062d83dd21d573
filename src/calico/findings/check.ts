/** A check of what Calico announces. */
import type { CheckOf } from '../../findings/check.ts';
import type { FindingCode } from './codes.ts';
import type { CheckResult } from './finding.ts';
import type { ClusterSnapshot } from './snapshot.ts';

export type DiagnosticCheck = CheckOf<FindingCode, ClusterSnapshot, CheckResult>;
