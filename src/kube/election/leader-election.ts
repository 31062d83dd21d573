/**
 * Leader election on a Lease, as one pure function. It is compatible with client-go's: the same record, and
 * the same rule that a lease has expired when we ourselves have not seen it change for as long as it lasts,
 * by our own monotonic clock. No clock is ever compared with another machine's.
 *
 * What it promises: the leader believes in itself until `renewDeadline` after it began to ask for its last
 * renewal, by the monotonic or the wall clock, whichever is sooner; everybody else waits until `leaseDuration` after they saw
 * that renewal, which is later. What remains: a process that is stopped between asking `mayWrite` and the
 * write itself, for longer than the difference of the two.
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
import { isWithinDeadline, type LeaseTiming, type Moment } from './lease-timing.ts';

/** What a lease lasts that was given back: nobody needs to wait for it, and the API wants a positive number. */
const RELEASED_DURATION: Millis = 1_000;

/** Standbys look at slightly different times (client-go's `JitterFactor`). */
const JITTER = 0.2;

export const initialElection = (now: Millis): Election => ({
  kind: 'standby',
  observed: 'unread',
  requestPending: false,
  nextAt: now,
});

/** Whether a write may go out at this moment. */
export function mayWrite(election: Election, timing: LeaseTiming, moment: Moment): boolean {
  return election.kind === 'leading' && isWithinDeadline(election.renewedAt, timing, moment);
}

/** When to send the next `tick`; null while an answer is awaited or nothing will come. */
export function nextElectionDeadline(election: Election, timing: LeaseTiming): Millis | null {
  switch (election.kind) {
    case 'standby':
      return election.requestPending ? null : election.nextAt;
    case 'leading': {
      const deadline = election.renewedAt.now + timing.renewDeadline;
      return election.requestPending ? deadline : Math.min(election.nextAt, deadline);
    }
    default:
      return null;
  }
}

export function stepElection(
  election: Election,
  event: ElectionEvent,
  moment: Moment,
  candidate: ElectionCandidate,
): ElectionStep {
  switch (election.kind) {
    case 'standby':
      return stepStandby(election, event, moment, candidate);
    case 'leading':
      // Whatever happened: who is past the deadline is no leader, and then hears the event as a standby.
      if (isWithinDeadline(election.renewedAt, candidate.timing, moment)) {
        return stepLeading(election, event, moment, candidate);
      }
      return stepStandby(
        {
          kind: 'standby',
          observed: election.observed,
          requestPending: election.requestPending,
          nextAt: moment.now,
        },
        event,
        moment,
        candidate,
      );
    case 'leaving':
      return stepLeaving(election, event, moment, candidate);
    case 'stopped':
      return withoutAction(election);
  }
}

type Standby = Extract<Election, { kind: 'standby' }>;
type Leading = Extract<Election, { kind: 'leading' }>;
type Leaving = Extract<Election, { kind: 'leaving' }>;

function stepStandby(
  standby: Standby,
  event: ElectionEvent,
  moment: Moment,
  candidate: ElectionCandidate,
): ElectionStep {
  switch (event.kind) {
    case 'tick':
      if (standby.requestPending || moment.now < standby.nextAt) return withoutAction(standby);
      return { next: { ...standby, requestPending: true }, action: { kind: 'read' } };
    case 'found': {
      const observed = observeRecord(standby.observed, event, moment);
      const requestPending = event.by === 'read' ? false : standby.requestPending;
      return tryAcquire({ ...standby, observed, requestPending }, moment, candidate);
    }
    case 'missing':
      return tryAcquire({ ...standby, observed: null, requestPending: false }, moment, candidate);
    case 'written':
      return onWritten(standby.observed, event, moment, candidate);
    case 'conflict':
      return { next: { ...standby, requestPending: true }, action: { kind: 'read' } };
    case 'failed':
      return withoutAction({ ...standby, requestPending: false, nextAt: moment.now + retryDelay(candidate) });
    case 'stop':
      // The request under way may be the one that takes the lease: then it is given back at once.
      if (standby.requestPending) {
        const observed = standby.observed === 'unread' ? null : standby.observed;
        return withoutAction({ kind: 'leaving', observed, releasing: false });
      }
      return withoutAction({ kind: 'stopped' });
  }
}

function stepLeading(
  leading: Leading,
  event: ElectionEvent,
  moment: Moment,
  candidate: ElectionCandidate,
): ElectionStep {
  switch (event.kind) {
    case 'tick':
      if (leading.requestPending || moment.now < leading.nextAt) return withoutAction(leading);
      return {
        next: { ...leading, requestPending: true },
        action: acquireOrRenew(leading.observed, moment, candidate),
      };
    case 'found': {
      const observed = observeRecord(leading.observed, event, moment);
      const requestPending = event.by === 'read' ? false : leading.requestPending;
      if (observed.record.holder !== candidate.identity) {
        return tryAcquire(
          { kind: 'standby', observed, requestPending, nextAt: moment.now },
          moment,
          candidate,
        );
      }
      if (event.by === 'watch') return withoutAction({ ...leading, observed });
      // We asked because a renewal met a conflict: it had been done, and its answer was lost.
      return {
        next: { ...leading, observed, requestPending: true },
        action: acquireOrRenew(observed, moment, candidate),
      };
    }
    case 'missing':
      // Somebody deleted it. Whoever makes a new one first has it, so we are nobody until we have.
      return tryAcquire(
        { kind: 'standby', observed: null, requestPending: false, nextAt: moment.now },
        moment,
        candidate,
      );
    case 'written':
      return onWritten(leading.observed, event, moment, candidate);
    case 'conflict':
      return { next: { ...leading, requestPending: true }, action: { kind: 'read' } };
    case 'failed':
      return withoutAction({
        ...leading,
        requestPending: false,
        nextAt: moment.now + candidate.timing.retryPeriod / 2,
      });
    case 'stop':
      if (leading.requestPending)
        return withoutAction({ kind: 'leaving', observed: leading.observed, releasing: false });
      return release(leading.observed, moment, candidate);
  }
}

function stepLeaving(
  leaving: Leaving,
  event: ElectionEvent,
  moment: Moment,
  candidate: ElectionCandidate,
): ElectionStep {
  switch (event.kind) {
    case 'written':
      if (leaving.releasing) return withoutAction({ kind: 'stopped' });
      return release({ record: event.record, observedAt: moment.now }, moment, candidate);
    case 'tick':
    case 'stop':
      return withoutAction(leaving);
    case 'found':
      if (event.by === 'watch') return withoutAction(leaving);
      return withoutAction({ kind: 'stopped' });
    case 'failed':
      if (!leaving.releasing && leaving.observed !== null)
        return releaseIfHolder(leaving.observed, moment, candidate);
      return withoutAction({ kind: 'stopped' });
    case 'missing':
    case 'conflict':
      // The others wait until the lease runs out, as they would if we had crashed.
      return withoutAction({ kind: 'stopped' });
  }
}

/** Takes the lease if it may be taken, else waits. */
function tryAcquire(standby: Standby, moment: Moment, candidate: ElectionCandidate): ElectionStep {
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

function acquireOrRenew(
  observed: ObservedRecord | null,
  { wall }: Moment,
  { identity, timing }: ElectionCandidate,
): ElectionAction {
  const time = microTime(wall);
  const before = observed?.record;
  const isRenewal = before?.holder === identity;
  const spec: LeaseSpec = {
    holder: identity,
    duration: timing.leaseDuration,
    transitions: before === undefined ? 0 : before.transitions + (isRenewal ? 0 : 1),
    acquireTime: isRenewal && before.acquireTime !== '' ? before.acquireTime : time,
    renewTime: time,
    lastWrittenVersion: '',
  };
  const inheritedVersion = before?.holder === '' ? before.lastWrittenVersion : '';
  return { kind: 'write', replaces: before?.resourceVersion ?? null, spec, inheritedVersion };
}

/** A lease that somebody else holds is not ours to give back. */
const releaseIfHolder = (
  observed: ObservedRecord,
  moment: Moment,
  candidate: ElectionCandidate,
): ElectionStep =>
  observed.record.holder === candidate.identity
    ? release(observed, moment, candidate)
    : withoutAction({ kind: 'stopped' });

function release(
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
    writtenUpTo: lastWrittenVersion,
  };
  return {
    next: { kind: 'leaving', observed, releasing: true },
    action: { kind: 'write', replaces: resourceVersion, spec, inheritedVersion: '' },
  };
}

/** Leads, unless the answer took so long that it counts for nothing, or the lease has gone on to somebody else. */
function onWritten(
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

/** What a watch says may be older than what we know; an answer to a read never is. */
function observeRecord(
  observed: ObservedRecord | null | 'unread',
  event: { readonly record: LeaseRecord; readonly by: 'read' | 'watch' },
  { now }: Moment,
): ObservedRecord {
  if (observed === null || observed === 'unread') return { record: event.record, observedAt: now };
  const order = compareResourceVersions(event.record.resourceVersion, observed.record.resourceVersion);
  if (order === 0 || (order < 0 && event.by === 'watch')) return observed;
  return { record: event.record, observedAt: now };
}

const retryDelay = ({ timing, random }: ElectionCandidate): Millis =>
  timing.retryPeriod * (1 + JITTER * random);

const withoutAction = (next: Election): ElectionStep => ({ next, action: null });
