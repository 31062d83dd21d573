/** The hands of an election: asks the API server what `lease.ts` wants asked, and tells it what came of it. */

import type { Clock } from '../../base/clock.ts';
import { fieldsOf } from '../../base/json.ts';
import { metadataOf } from '../../objects/metadata.ts';
import { type ApiOutcome, type ApiSender, describeOutcome } from '../http/api-request.ts';
import type { ApiStreamer } from '../http/stream.ts';
import { Reflector } from '../informer/reflector.ts';
import { collectionPath, LEASES, objectPath } from '../resource.ts';
import type { Election, ElectionAction, ElectionEvent } from './election-state.ts';
import { initialElection, mayWrite, nextElectionDeadline, stepElection } from './leader-election.ts';
import { type LeaseRecord, leaseObject, readLease } from './lease-record.ts';
import { LEASE_TIMING, type LeaseTiming, type Moment, Stopwatch } from './lease-timing.ts';

export type ElectorOptions = {
  readonly client: ApiSender & ApiStreamer;
  readonly clock: Clock;
  /** In [0, 1). */
  readonly random: () => number;
  readonly namespace: string;
  readonly name: string;
  /** Of this very process; a Pod's name alone is not enough where a container restarts in place. */
  readonly identity: string;
  readonly timing?: LeaseTiming;
  /** What to leave to the successor as the lease is given back; '' for nothing. */
  readonly lastWrittenVersion?: () => string;
  readonly on: {
    /** A new term began; `term` counts from 1, `inherits` is what the last holder left behind, or ''. */
    elected(term: number, inheritedVersion: string): void;
    /** The term is over: by losing the lease, by the deadline, or by a stop. */
    lost(term: number): void;
    /** A request that did not do what it was to do. The election goes on. */
    requestFailed(because: string): void;
  };
};

export class Elector {
  readonly #options: ElectorOptions;
  readonly #timing: LeaseTiming;
  readonly #stopwatch: Stopwatch;
  #election: Election;
  #term = 0;
  /** What was left behind by whose lease we last tried to take. */
  #inheritedVersion = '';
  #cancelTick: () => void = () => {};
  #resolveStopped: () => void = () => {};

  constructor(options: ElectorOptions) {
    this.#options = options;
    this.#timing = options.timing ?? LEASE_TIMING;
    this.#stopwatch = new Stopwatch(options.clock);
    this.#election = initialElection(options.clock.now());
  }

  /** Whether a write may go to the wire in this very turn. Cheap: it is asked for every write. */
  mayWrite(): boolean {
    return mayWrite(this.#election, this.#timing, this.#stopwatch.read());
  }

  get isLeading(): boolean {
    return this.#election.kind === 'leading';
  }

  /** Who holds the lease, as far as we know; '' where nobody does. */
  get holder(): string {
    if (this.#election.kind === 'stopped') return '';
    const { observed } = this.#election;
    return observed === null || observed === 'unread' ? '' : observed.record.holder;
  }

  /**
   * Takes part until `signal` is aborted; settles when the lease is given back. The caller ends its own writes
   * before it aborts: from then on `mayWrite` says no.
   */
  async run(signal: AbortSignal): Promise<void> {
    const watching = this.#watch(signal);
    await new Promise<void>((resolve) => {
      this.#resolveStopped = resolve;
      if (signal.aborted) this.#handle({ kind: 'stop' });
      else {
        signal.addEventListener('abort', () => this.#handle({ kind: 'stop' }), { once: true });
        this.#handle({ kind: 'tick' });
      }
    });
    await watching;
  }

  #handle(event: ElectionEvent): void {
    const { identity, random, lastWrittenVersion, on } = this.#options;
    const wasLeading = this.#election.kind === 'leading';
    const before = this.#election;
    const { next, action } = stepElection(before, event, this.#stopwatch.read(), {
      identity,
      timing: this.#timing,
      random: random(),
      lastWrittenVersion: lastWrittenVersion?.() ?? '',
    });
    this.#election = next;
    this.#cancelTick();
    this.#schedule();
    if (wasLeading && next.kind !== 'leading') on.lost(this.#term);
    if (!wasLeading && next.kind === 'leading') on.elected(++this.#term, this.#inheritedVersion);
    if (action !== null) void this.#perform(action);
    if (next.kind === 'stopped') this.#resolveStopped();
  }

  #schedule(): void {
    const at = nextElectionDeadline(this.#election, this.#timing);
    this.#cancelTick = () => {};
    if (at === null) return;
    const delay = Math.max(0, at - this.#options.clock.now());
    this.#cancelTick = this.#options.clock.after(delay, () => this.#handle({ kind: 'tick' }));
  }

  async #perform(action: ElectionAction): Promise<void> {
    if (action.kind === 'write') this.#inheritedVersion = action.inheritedVersion;
    const requestedAt = this.#stopwatch.read();
    const outcome = await (action.kind === 'read' ? this.#read() : this.#write(action));
    const event = electionEventOf(outcome, requestedAt, action);
    if (event.kind === 'failed') this.#options.on.requestFailed(describeOutcome(outcome));
    this.#handle(event);
  }

  #read(): Promise<ApiOutcome> {
    const { client, namespace, name } = this.#options;
    const path = objectPath(LEASES, { namespace, name });
    return client.send({
      method: 'GET',
      path,
      connectionPool: 'lease',
      timeout: this.#timing.requestTimeout,
    });
  }

  #write({ replaces, spec }: Extract<ElectionAction, { kind: 'write' }>): Promise<ApiOutcome> {
    const { client, namespace, name } = this.#options;
    return client.send({
      method: replaces === null ? 'POST' : 'PUT',
      path: replaces === null ? collectionPath(LEASES, namespace) : objectPath(LEASES, { namespace, name }),
      body: leaseObject({ namespace, name }, replaces, spec),
      connectionPool: 'lease',
      timeout: this.#timing.requestTimeout,
    });
  }

  /** Hints that come sooner than the next look; the election works without them. */
  #watch(signal: AbortSignal): Promise<void> {
    const { client, clock, random, namespace, name } = this.#options;
    const onRecord = (record: LeaseRecord): void => this.#handle({ kind: 'found', record, by: 'watch' });
    const reflector = new Reflector<LeaseRecord>({
      client,
      clock,
      random,
      resource: LEASES,
      namespace,
      fieldSelector: `metadata.name=${name}`,
      decode: (raw) => (metadataOf(raw)['name'] === name ? readLease(raw) : null),
      keyOf: () => name,
      handler: {
        replaced: (records) => records.forEach(onRecord),
        changed: onRecord,
        // A deleted Lease is found missing by the next look; there is no hurry.
        deleted: () => {},
        stateChanged: () => {},
      },
    });
    return reflector.run(signal);
  }
}

function electionEventOf(outcome: ApiOutcome, requestedAt: Moment, action: ElectionAction): ElectionEvent {
  if (outcome.kind === 'ok') {
    const record = readLease(fieldsOf(outcome.body));
    return action.kind === 'read'
      ? { kind: 'found', record, by: 'read' }
      : { kind: 'written', record, requestedAt };
  }
  if (outcome.kind === 'refused') {
    // 409: changed under our hands, or made by somebody else first. 404 for a write: deleted under our hands.
    if (outcome.status === 409) return { kind: 'conflict' };
    if (outcome.status === 404)
      return action.kind === 'read' ? { kind: 'missing' } : missingLeaseEvent(action);
  }
  return { kind: 'failed' };
}

/** A PUT to a Lease that is no more is a conflict; a POST answered with 404 lacks its namespace. */
const missingLeaseEvent = (action: Extract<ElectionAction, { kind: 'write' }>): ElectionEvent =>
  action.replaces === null ? { kind: 'failed' } : { kind: 'conflict' };
