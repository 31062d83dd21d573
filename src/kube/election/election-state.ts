/** Where one candidate of an election stands, what it hears, and what it wants asked of the API server. */
import type { Millis } from '../../base/clock.ts';
import type { LeaseRecord, LeaseSpec } from './lease-record.ts';
import type { LeaseTiming, Moment } from './lease-timing.ts';

/** A record, and when we first saw it like this. */
export type ObservedRecord = { readonly record: LeaseRecord; readonly observedAt: Millis };

export type Election =
  /** `seen` is null where there is no Lease, 'unread' where we have yet to look. */
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
      readonly requestPending: boolean;
      readonly nextAt: Millis;
    }
  /** Told to stop while leading: waits for the request under way, then for the release. */
  | { readonly kind: 'leaving'; readonly observed: ObservedRecord | null; readonly releasing: boolean }
  | { readonly kind: 'stopped' };

export type ElectionEvent =
  | { readonly kind: 'tick' }
  /** The answer to `read`, or news from a watch, which may be late. */
  | { readonly kind: 'found'; readonly record: LeaseRecord; readonly by: 'read' | 'watch' }
  /** The answer to `read`: there is no Lease. */
  | { readonly kind: 'missing' }
  /** The answer to `write`; `asked` is when we began to ask. */
  | { readonly kind: 'written'; readonly record: LeaseRecord; readonly requestedAt: Moment }
  /** Somebody else was quicker. */
  | { readonly kind: 'conflict' }
  /** No answer, or none that helps. */
  | { readonly kind: 'failed' }
  | { readonly kind: 'stop' };

export type ElectionAction =
  | { readonly kind: 'read' }
  /** `over` is the version to replace, null to make a new one; `inherits` is what its holder left behind, or ''. */
  | {
      readonly kind: 'write';
      readonly replaces: string | null;
      readonly spec: LeaseSpec;
      readonly inheritedVersion: string;
    };

export type ElectionStep = { readonly next: Election; readonly action: ElectionAction | null };

export type ElectionCandidate = {
  /** Of this very process: another process with the same name would be taken for us. */
  readonly identity: string;
  readonly timing: LeaseTiming;
  /** In [0, 1). */
  readonly random: number;
  /** What to leave behind where the lease is given back now; '' for nothing. */
  readonly lastWrittenVersion: string;
};
