/** For one code: a cluster where it is found, and one that is nearly the same where it is not. */

import type { Raw } from '../../../../src/base/json.ts';
import type { FindingCode } from '../../../../src/calico/findings/codes.ts';

export type FindingRow = {
  readonly code: FindingCode;
  readonly title: string;
  readonly failing: readonly Raw[];
  readonly nearMiss: readonly Raw[];
  /** No object can mend it. */
  readonly hasNoEdit?: true;
};
