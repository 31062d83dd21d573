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
import type { Millis } from '../base/clock.ts';
import type {
  Candidate,
  Election,
  ElectionAction,
  ElectionEvent,
  ElectionStep,
  Seen,
} from './electionstate.ts';
import { type LeaseRecord, type LeaseSpec, microTime } from './leaserecord.ts';
import { isFresh, type LeaseTiming, type Moment } from './leasetiming.ts';
import { compareVersions } from './version.ts';

/** What a lease lasts that was given back: nobody needs to wait for it, and the API wants a positive number. */
const RELEASED_DURATION: Millis = 1_000;

/** Standbys look at slightly different times (client-go's `JitterFactor`). */
const JITTER = 0.2;

export const beginElection = (now: Millis): Election => ({
  kind: 'standby',
  seen: 'unread',
  asking: false,
  nextAt: now,
});

/** Whether a write may go out at this moment. */
export function mayWrite(election: Election, timing: LeaseTiming, moment: Moment): boolean {
  return election.kind === 'leading' && isFresh(election.renewedAt, timing, moment);
}

/** When to send the next `tick`; null while an answer is awaited or nothing will come. */
export function nextDeadline(election: Election, timing: LeaseTiming): Millis | null {
  switch (election.kind) {
    case 'standby':
      return election.asking ? null : election.nextAt;
    case 'leading': {
      const deadline = election.renewedAt.now + timing.renewDeadline;
      return election.asking ? deadline : Math.min(election.nextAt, deadline);
    }
    default:
      return null;
  }
}

export function step(
  election: Election,
  event: ElectionEvent,
  moment: Moment,
  candidate: Candidate,
): ElectionStep {
  switch (election.kind) {
    case 'standby':
      return stepStandby(election, event, moment, candidate);
    case 'leading':
      // Whatever happened: who is past the deadline is no leader, and then hears the event as a standby.
      if (isFresh(election.renewedAt, candidate.timing, moment)) {
        return stepLeading(election, event, moment, candidate);
      }
      return stepStandby(
        { kind: 'standby', seen: election.seen, asking: election.asking, nextAt: moment.now },
        event,
        moment,
        candidate,
      );
    case 'leaving':
      return stepLeaving(election, event, moment, candidate);
    case 'stopped':
      return rest(election);
  }
}

type Standby = Extract<Election, { kind: 'standby' }>;
type Leading = Extract<Election, { kind: 'leading' }>;
type Leaving = Extract<Election, { kind: 'leaving' }>;

function stepStandby(
  standby: Standby,
  event: ElectionEvent,
  moment: Moment,
  candidate: Candidate,
): ElectionStep {
  switch (event.kind) {
    case 'tick':
      if (standby.asking || moment.now < standby.nextAt) return rest(standby);
      return { next: { ...standby, asking: true }, action: { kind: 'read' } };
    case 'found': {
      const seen = look(standby.seen, event, moment);
      const asking = event.by === 'read' ? false : standby.asking;
      return seize({ ...standby, seen, asking }, moment, candidate);
    }
    case 'missing':
      return seize({ ...standby, seen: null, asking: false }, moment, candidate);
    case 'written':
      return written(standby.seen, event, moment, candidate);
    case 'conflict':
      return { next: { ...standby, asking: true }, action: { kind: 'read' } };
    case 'failed':
      return rest({ ...standby, asking: false, nextAt: moment.now + patience(candidate) });
    case 'stop':
      // The request under way may be the one that takes the lease: then it is given back at once.
      if (standby.asking) {
        const seen = standby.seen === 'unread' ? null : standby.seen;
        return rest({ kind: 'leaving', seen, releasing: false });
      }
      return rest({ kind: 'stopped' });
  }
}

function stepLeading(
  leading: Leading,
  event: ElectionEvent,
  moment: Moment,
  candidate: Candidate,
): ElectionStep {
  switch (event.kind) {
    case 'tick':
      if (leading.asking || moment.now < leading.nextAt) return rest(leading);
      return { next: { ...leading, asking: true }, action: take(leading.seen, moment, candidate) };
    case 'found': {
      const seen = look(leading.seen, event, moment);
      const asking = event.by === 'read' ? false : leading.asking;
      if (seen.record.holder !== candidate.identity) {
        return seize({ kind: 'standby', seen, asking, nextAt: moment.now }, moment, candidate);
      }
      if (event.by === 'watch') return rest({ ...leading, seen });
      // We asked because a renewal met a conflict: it had been done, and its answer was lost.
      return { next: { ...leading, seen, asking: true }, action: take(seen, moment, candidate) };
    }
    case 'missing':
      // Somebody deleted it. Whoever makes a new one first has it, so we are nobody until we have.
      return seize({ kind: 'standby', seen: null, asking: false, nextAt: moment.now }, moment, candidate);
    case 'written':
      return written(leading.seen, event, moment, candidate);
    case 'conflict':
      return { next: { ...leading, asking: true }, action: { kind: 'read' } };
    case 'failed':
      return rest({ ...leading, asking: false, nextAt: moment.now + candidate.timing.retryPeriod / 2 });
    case 'stop':
      if (leading.asking) return rest({ kind: 'leaving', seen: leading.seen, releasing: false });
      return release(leading.seen, moment, candidate);
  }
}

function stepLeaving(
  leaving: Leaving,
  event: ElectionEvent,
  moment: Moment,
  candidate: Candidate,
): ElectionStep {
  switch (event.kind) {
    case 'written':
      if (leaving.releasing) return rest({ kind: 'stopped' });
      return release({ record: event.record, at: moment.now }, moment, candidate);
    case 'tick':
    case 'stop':
      return rest(leaving);
    case 'found':
      if (event.by === 'watch') return rest(leaving);
      return rest({ kind: 'stopped' });
    case 'failed':
      if (!leaving.releasing && leaving.seen !== null) return releaseOurs(leaving.seen, moment, candidate);
      return rest({ kind: 'stopped' });
    case 'missing':
    case 'conflict':
      // The others wait until the lease runs out, as they would if we had crashed.
      return rest({ kind: 'stopped' });
  }
}

/** Takes the lease if it may be taken, else waits. */
function seize(standby: Standby, moment: Moment, candidate: Candidate): ElectionStep {
  if (standby.asking || standby.seen === 'unread') return rest(standby);
  const freeAt = standby.seen === null ? moment.now : freeFrom(standby.seen, candidate);
  if (freeAt <= moment.now) {
    return { next: { ...standby, asking: true }, action: take(standby.seen, moment, candidate) };
  }
  return rest({ ...standby, nextAt: Math.min(moment.now + patience(candidate), freeAt) });
}

function freeFrom({ record, at }: Seen, { identity, timing }: Candidate): Millis {
  if (record.holder === '' || record.holder === identity) return at;
  return at + (record.duration > 0 ? record.duration : timing.leaseDuration);
}

function take(seen: Seen | null, { wall }: Moment, { identity, timing }: Candidate): ElectionAction {
  const time = microTime(wall);
  const before = seen?.record;
  const ours = before?.holder === identity;
  const spec: LeaseSpec = {
    holder: identity,
    duration: timing.leaseDuration,
    transitions: before === undefined ? 0 : before.transitions + (ours ? 0 : 1),
    acquireTime: ours && before.acquireTime !== '' ? before.acquireTime : time,
    renewTime: time,
    writtenUpTo: '',
  };
  const inherits = before?.holder === '' ? before.writtenUpTo : '';
  return { kind: 'write', over: before?.resourceVersion ?? null, spec, inherits };
}

/** A lease that somebody else holds is not ours to give back. */
const releaseOurs = (seen: Seen, moment: Moment, candidate: Candidate): ElectionStep =>
  seen.record.holder === candidate.identity ? release(seen, moment, candidate) : rest({ kind: 'stopped' });

function release(seen: Seen, { wall }: Moment, { writtenUpTo }: Candidate): ElectionStep {
  const { resourceVersion, ...before } = seen.record;
  const spec = {
    ...before,
    holder: '',
    duration: RELEASED_DURATION,
    renewTime: microTime(wall),
    writtenUpTo,
  };
  return {
    next: { kind: 'leaving', seen, releasing: true },
    action: { kind: 'write', over: resourceVersion, spec, inherits: '' },
  };
}

/** Leads, unless the answer took so long that it counts for nothing, or the lease has gone on to somebody else. */
function written(
  before: Seen | null | 'unread',
  { record, asked }: Extract<ElectionEvent, { kind: 'written' }>,
  moment: Moment,
  candidate: Candidate,
): ElectionStep {
  const { identity, timing } = candidate;
  const seen = look(before, { record, by: 'watch' }, moment);
  if (seen.record.holder === identity && isFresh(asked, timing, moment)) {
    const nextAt = asked.now + timing.retryPeriod;
    return rest({ kind: 'leading', seen, renewedAt: asked, asking: false, nextAt });
  }
  return seize({ kind: 'standby', seen, asking: false, nextAt: moment.now }, moment, candidate);
}

/** What a watch says may be older than what we know; an answer to a read never is. */
function look(
  seen: Seen | null | 'unread',
  event: { readonly record: LeaseRecord; readonly by: 'read' | 'watch' },
  { now }: Moment,
): Seen {
  if (seen === null || seen === 'unread') return { record: event.record, at: now };
  const order = compareVersions(event.record.resourceVersion, seen.record.resourceVersion);
  if (order === 0 || (order < 0 && event.by === 'watch')) return seen;
  return { record: event.record, at: now };
}

const patience = ({ timing, random }: Candidate): Millis => timing.retryPeriod * (1 + JITTER * random);

const rest = (next: Election): ElectionStep => ({ next, action: null });
