/** The state of one candidate of a leader election, its events, and its actions. */
import type { Millis } from '../../base/clock.ts';
import type { LeaseRecord, LeaseSpec } from './lease-record.ts';
import type { LeaseTiming, Moment } from './lease-timing.ts';

/** A record, and the monotonic time at which this version of it was first observed. */
export type ObservedRecord = { readonly record: LeaseRecord; readonly observedAt: Millis };

export type Election =
  /** `observed` is null where there is no Lease, 'unread' before the first read. */
  | {
      readonly kind: 'standby';
      readonly observed: ObservedRecord | null | 'unread';
      readonly requestPending: boolean;
      readonly nextAt: Millis;
    }
  | {
      readonly kind: 'leading';
      readonly observed: ObservedRecord;
      readonly renewedAt: Moment;
      /** How long others wait at least, whichever of the renewals that were sent they observe. */
      readonly promisedDuration: Millis;
      readonly requestPending: boolean;
      readonly nextAt: Millis;
    }
  /** Stopped while leading: waits for the pending request, then for the release. */
  | { readonly kind: 'leaving'; readonly observed: ObservedRecord | null; readonly releasing: boolean }
  | { readonly kind: 'stopped' };

export type ElectionEvent =
  | { readonly kind: 'tick' }
  /** The response to `read`, or an event of a watch, which may be late. */
  | { readonly kind: 'found'; readonly record: LeaseRecord; readonly by: 'read' | 'watch' }
  /** The response to `read`: there is no Lease. */
  | { readonly kind: 'missing' }
  /** The response to `write`; `requestedAt` is when the request began. */
  | { readonly kind: 'written'; readonly record: LeaseRecord; readonly requestedAt: Moment }
  /** Another candidate wrote first. */
  | { readonly kind: 'conflict' }
  /** No response, or an error. */
  | { readonly kind: 'failed' }
  | { readonly kind: 'stop' };

export type ElectionAction =
  | { readonly kind: 'read' }
  /**
   * `replaces` is the resource version to replace, null to create the Lease. `inheritedVersion` is the last written
   * version that the previous holder recorded, or ''.
   */
  | {
      readonly kind: 'write';
      readonly replaces: string | null;
      readonly spec: LeaseSpec;
      readonly inheritedVersion: string;
    };

export type ElectionStep = { readonly next: Election; readonly action: ElectionAction | null };

export type ElectionCandidate = {
  /** Unique to this process: two processes of one identity would both lead. */
  readonly identity: string;
  readonly timing: LeaseTiming;
  /** To record now: that of `timing`, or a longer one while slow writes are under way (`LeaseExtension`). */
  readonly leaseDuration: Millis;
  /** In [0, 1). */
  readonly random: number;
  /** The resource version to record where the lease is released now; '' for none. */
  readonly lastWrittenVersion: string;
};
