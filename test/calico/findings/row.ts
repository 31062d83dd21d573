/** For one code: a cluster where it is found, and one that is nearly the same where it is not. */

import type { Code } from '../../../src/calico/findings/codes.ts';
import type { Raw } from '../../../src/cluster/fields.ts';

export type Row = {
  readonly code: Code;
  readonly says: string;
  readonly fires: readonly Raw[];
  readonly near: readonly Raw[];
  /** No object can mend it. */
  readonly unmendable?: true;
};
