/** The settings of a controller, by its flags. */

import type { AllocatorOptions } from '../../allocation/allocator.ts';
import type { LegacyConfigSettings } from '../../config/legacy/config-map.ts';
import type { LeaseTiming } from '../../kube/election/lease-timing.ts';
import type { CalicoMode } from './announced/calico/detector.ts';

export type ControllerSettings = {
  /** The namespace of the pools, the Lease and our own objects. */
  readonly namespace: string;
  /** Identifies this process in the election. */
  readonly identity: string;
  readonly allocator: AllocatorOptions;
  /** Null for a single replica without an election. */
  readonly election: LeaseTiming | null;
  /** Whether to report what Calico announces. */
  readonly calico: CalicoMode;
  /** Whether to report what Berth's speakers announce, where there are any. */
  readonly native: 'auto' | 'off';
  /** `--config`: run from this ConfigMap of MetalLB 0.12 and older. */
  readonly legacyConfig: LegacyConfigSettings | null;
  /** `--ml-secret-name`: the Secret of the speakers to fill where it is empty; '' fills none. */
  readonly speakerSecret: string;
};
