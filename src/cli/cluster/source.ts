/** Where a scene comes from: the live cluster, or files that hold one. */

import type { Result } from '../../base/result.ts';
import type { Raw } from '../../cluster/fields.ts';
import type { CalicoInput } from '../announcing/everything.ts';
import type { ResourceRef } from './kinds.ts';
import type { ClusterState } from './scene.ts';
import type { ClusterFamilies } from './stored.ts';

/** Errors are sentences that say what to do. */
export interface ClusterSource {
  /** For headings: `the cluster at https://10.0.0.1:6443`, `manifests/`. */
  readonly description: string;
  readState(): Promise<Result<ClusterState, string>>;
  /** One object as it is stored, or null where there is none. */
  findObject(ref: ResourceRef): Promise<Result<Raw | null, string>>;
  readFamilies(): Promise<ClusterFamilies>;
  /** All that decides what Calico announces; null where there is nothing of Calico. */
  readCalicoInput(): Promise<CalicoInput | null>;
}
