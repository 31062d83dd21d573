/** What a controller is told once, when it starts. */

import type { AllocatorOptions } from '../../allocation/allocator.ts';
import type { LeaseTiming } from '../../kube/election/lease-timing.ts';
import type { CalicoMode } from './announced/calico/detector.ts';

export type ControllerSettings = {
  /** Of the pools, the lease and our own objects. */
  readonly namespace: string;
  /** Of this very process. */
  readonly identity: string;
  readonly allocator: AllocatorOptions;
  /** Null for a single replica that asks nobody. */
  readonly election: LeaseTiming | null;
  /** Whether to say what Calico announces. */
  readonly calico: CalicoMode;
  /** Whether to say what Berth's speakers announce, where there are any. */
  readonly native: 'auto' | 'off';
  /** `--config`: run from this ConfigMap of MetalLB 0.12 and older. */
  readonly legacyConfig: string | null;
};
