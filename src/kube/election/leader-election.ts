/**
 * Leader election on a Lease, as a pure step function. It is compatible with client-go's: the same record, and the same
 * rule that a lease has expired when this candidate has not observed a change of it for its duration, by its own
 * monotonic clock. Clocks of different machines are never compared.
 *
 * The leader considers itself leader until `renewDeadline` after it began to request its last renewal, by the monotonic
 * or the wall clock, whichever is sooner. The others wait until `leaseDuration` after they observed that renewal, which
 * is later. What remains is a process that is suspended between `mayWrite` and the write itself, for longer than the
 * difference of the two.
 */
import type { Millis } from '../../base/clock.ts';
import type { Election, ElectionCandidate, ElectionEvent, ElectionStep } from './election-state.ts';
import {
  acquireOrRenew,
  observeRecord,
  onWritten,
  release,
  releaseIfHolder,
  retryDelay,
  type Standby,
  tryAcquire,
  withoutAction,
} from './lease-actions.ts';
import { isWithinDeadline, type LeaseTiming, type Moment } from './lease-timing.ts';

export const initialElection = (now: Millis): Election => ({
  kind: 'standby',
  observed: 'unread',
  requestPending: false,
  nextAt: now,
});

/** Whether a write may be sent at this moment. */
export function mayWrite(election: Election, timing: LeaseTiming, moment: Moment): boolean {
  return election.kind === 'leading' && isWithinDeadline(election.renewedAt, timing, moment);
}

/** When to send the next `tick`, in monotonic time; null while a response is awaited, or where there is no next one. */
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
      // Past the deadline a candidate is no leader, whatever the event: it handles the event as a standby.
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
      // The pending request may acquire the lease: then the lease is released at once.
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
      return renew(leading, moment, candidate);
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
      // Read after a conflict: the renewal had been applied, and its response was lost.
      return renew({ ...leading, observed }, moment, candidate);
    }
    case 'missing':
      // The Lease was deleted. The first candidate to create it leads, so until then this one does not.
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

/** Others may observe the renewal even where no response comes, so a shorter duration counts from now on. */
const renew = (leading: Leading, moment: Moment, candidate: ElectionCandidate): ElectionStep => ({
  next: {
    ...leading,
    promisedDuration: Math.min(leading.promisedDuration, candidate.leaseDuration),
    requestPending: true,
  },
  action: acquireOrRenew(leading.observed, moment, candidate),
});

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
      // The others wait until the lease expires, as after a crash.
      return withoutAction({ kind: 'stopped' });
  }
}
