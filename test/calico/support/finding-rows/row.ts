/** Example of a finding: a cluster that has it, and a cluster that is nearly the same and has it not. */

import type { Raw } from '../../../../src/base/json.ts';
import type { FindingCode } from '../../../../src/calico/findings/codes.ts';

export type FindingRow = {
  readonly code: FindingCode;
  readonly title: string;
  readonly failing: readonly Raw[];
  readonly nearMiss: readonly Raw[];
  /** No edit of an object can fix it. */
  readonly hasNoEdit?: true;
};
