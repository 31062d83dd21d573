/**
 * Acquires, renews and releases the lease: the steps that both states of an election share. A lease is released by
 * writing it without a holder, as client-go does with `ReleaseOnCancel`.
 */
import type { Millis } from '../../base/clock.ts';
import { compareResourceVersions } from '../resource-version.ts';
import type {
  Election,
  ElectionAction,
  ElectionCandidate,
  ElectionEvent,
  ElectionStep,
  ObservedRecord,
} from './election-state.ts';
import { type LeaseRecord, type LeaseSpec, microTime } from './lease-record.ts';
import { isWithinDeadline, type Moment } from './lease-timing.ts';

/** Lease duration of a released lease: no candidate needs to wait for it, and the API demands a positive number. */
const RELEASED_DURATION: Millis = 1_000;

/** Standbys retry at slightly different times (client-go's `JitterFactor`). */
const JITTER = 0.2;

export type Standby = Extract<Election, { kind: 'standby' }>;

/** Acquires the lease if it is free or expired, else waits. */
export function tryAcquire(standby: Standby, moment: Moment, candidate: ElectionCandidate): ElectionStep {
  if (standby.requestPending || standby.observed === 'unread') return withoutAction(standby);
  const acquirableAt = standby.observed === null ? moment.now : acquirableFrom(standby.observed, candidate);
  if (acquirableAt <= moment.now) {
    return {
      next: { ...standby, requestPending: true },
      action: acquireOrRenew(standby.observed, moment, candidate),
    };
  }
  return withoutAction({ ...standby, nextAt: Math.min(moment.now + retryDelay(candidate), acquirableAt) });
}

function acquirableFrom(
  { record, observedAt }: ObservedRecord,
  { identity, timing }: ElectionCandidate,
): Millis {
  if (record.holder === '' || record.holder === identity) return observedAt;
  return observedAt + (record.duration > 0 ? record.duration : timing.leaseDuration);
}

export function acquireOrRenew(
  observed: ObservedRecord | null,
  { wall }: Moment,
  { identity, leaseDuration }: ElectionCandidate,
): ElectionAction {
  const time = microTime(wall);
  const before = observed?.record;
  const isRenewal = before?.holder === identity;
  const spec: LeaseSpec = {
    holder: identity,
    duration: leaseDuration,
    transitions: before === undefined ? 0 : before.transitions + (isRenewal ? 0 : 1),
    acquireTime: isRenewal && before.acquireTime !== '' ? before.acquireTime : time,
    renewTime: time,
    lastWrittenVersion: '',
  };
  const inheritedVersion = before?.holder === '' ? before.lastWrittenVersion : '';
  return { kind: 'write', replaces: before?.resourceVersion ?? null, spec, inheritedVersion };
}

/** Releases the lease if this candidate still holds it. */
export const releaseIfHolder = (
  observed: ObservedRecord,
  moment: Moment,
  candidate: ElectionCandidate,
): ElectionStep =>
  observed.record.holder === candidate.identity
    ? release(observed, moment, candidate)
    : withoutAction({ kind: 'stopped' });

export function release(
  observed: ObservedRecord,
  { wall }: Moment,
  { lastWrittenVersion }: ElectionCandidate,
): ElectionStep {
  const { resourceVersion, ...before } = observed.record;
  const spec = {
    ...before,
    holder: '',
    duration: RELEASED_DURATION,
    renewTime: microTime(wall),
    lastWrittenVersion,
  };
  return {
    next: { kind: 'leaving', observed, releasing: true },
    action: { kind: 'write', replaces: resourceVersion, spec, inheritedVersion: '' },
  };
}

/** Leads, unless the response came after the deadline, or another candidate holds the lease by now. */
export function onWritten(
  previous: ObservedRecord | null | 'unread',
  { record, requestedAt }: Extract<ElectionEvent, { kind: 'written' }>,
  moment: Moment,
  candidate: ElectionCandidate,
): ElectionStep {
  const { identity, timing } = candidate;
  const observed = observeRecord(previous, { record, by: 'watch' }, moment);
  if (observed.record.holder === identity && isWithinDeadline(requestedAt, timing, moment)) {
    const nextAt = requestedAt.now + timing.retryPeriod;
    return withoutAction({
      kind: 'leading',
      observed,
      renewedAt: requestedAt,
      promisedDuration: record.duration,
      requestPending: false,
      nextAt,
    });
  }
  return tryAcquire(
    { kind: 'standby', observed, requestPending: false, nextAt: moment.now },
    moment,
    candidate,
  );
}

/** An event of a watch may be older than the record observed before; the response to a read never is. */
export function observeRecord(
  observed: ObservedRecord | null | 'unread',
  event: { readonly record: LeaseRecord; readonly by: 'read' | 'watch' },
  { now }: Moment,
): ObservedRecord {
  if (observed === null || observed === 'unread') return { record: event.record, observedAt: now };
  const order = compareResourceVersions(event.record.resourceVersion, observed.record.resourceVersion);
  if (order === 0 || (order < 0 && event.by === 'watch')) return observed;
  return { record: event.record, observedAt: now };
}

export const retryDelay = ({ timing, random }: ElectionCandidate): Millis =>
  timing.retryPeriod * (1 + JITTER * random);

export const withoutAction = (next: Election): ElectionStep => ({ next, action: null });
