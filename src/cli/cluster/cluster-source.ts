/** Source of a cluster's objects: the live cluster, or files. */

import type { Raw } from '../../base/json.ts';
import type { Result } from '../../base/result.ts';
import type { CalicoInput } from './calico-input.ts';
import type { ClusterState } from './cluster-state.ts';
import type { ResourceRef } from './resource-ref.ts';
import type { ClusterFamilies } from './server-defaults.ts';
import type { SpeakerInput } from './speaker-input.ts';

/** Errors are sentences that say what to do. Nothing is written. */
export interface ClusterSource {
  /** For headings: `the cluster at https://10.0.0.1:6443`, `manifests/`. */
  readonly description: string;
  readState(): Promise<Result<ClusterState, string>>;
  /** The same as far as it can be read: `missing` says what is not in it. */
  readPartialState(): Promise<ClusterState>;
  /** An object as it is stored; null if there is none. */
  findObject(ref: ResourceRef): Promise<Result<Raw | null, string>>;
  /** Address families of cluster IPs. */
  readFamilies(): Promise<ClusterFamilies>;
  /** Objects that decide what Calico advertises; null without Calico's BGP. The error: it is not known whether there is any. */
  readCalicoInput(): Promise<Result<CalicoInput | null, string>>;
  /**
   * Objects that decide what speakers announce; null where none do, and `mayAnnounce` is not set: a proposed edit, or the
   * question, may be about the first one. The error: a sentence for each kind that could not be read.
   */
  readSpeakerInput(mayAnnounce: boolean): Promise<Result<SpeakerInput | null, string>>;
}
