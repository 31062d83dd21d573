/** Where a scene comes from: the live cluster, or files that hold one. */

import type { Result } from '../../base/result.ts';
import type { Raw } from '../../cluster/fields.ts';
import type { Everything } from '../announcing/everything.ts';
import type { Ref } from './kinds.ts';
import type { Scene } from './scene.ts';
import type { Families } from './stored.ts';

/** Errors are sentences that say what to do. */
export interface ClusterSource {
  /** For headings: `the cluster at https://10.0.0.1:6443`, `manifests/`. */
  readonly describe: string;
  scene(): Promise<Result<Scene, string>>;
  /** One object as it is stored, or null where there is none. */
  find(ref: Ref): Promise<Result<Raw | null, string>>;
  families(): Promise<Families>;
  /** All that decides what Calico announces; null where there is nothing of Calico. */
  announcing(): Promise<Everything | null>;
}
