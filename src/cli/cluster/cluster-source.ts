/** Where a scene comes from: the live cluster, or files that hold one. */

import type { Raw } from '../../base/json.ts';
import type { Result } from '../../base/result.ts';
import type { CalicoInput } from './calico-input.ts';
import type { ClusterState } from './cluster-state.ts';
import type { ResourceRef } from './resource-ref.ts';
import type { ClusterFamilies } from './server-defaults.ts';

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
