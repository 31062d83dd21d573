/** Drives a leader election: sends the requests that `leader-election.ts` decides on, and feeds their outcomes back. */

import type { Clock, Millis } from '../../base/clock.ts';
import { fieldsOf } from '../../base/json.ts';
import { metadataOf } from '../../objects/metadata.ts';
import { type ApiOutcome, type ApiSender, describeOutcome } from '../http/api-request.ts';
import type { ApiStreamer } from '../http/stream.ts';
import { Reflector } from '../informer/reflector.ts';
import { collectionPath, LEASES, objectPath } from '../resource.ts';
import type { Election, ElectionAction, ElectionEvent } from './election-state.ts';
import { initialElection, mayWrite, nextElectionDeadline, stepElection } from './leader-election.ts';
import { LeaseExtension } from './lease-extension.ts';
import { type LeaseRecord, leaseObject, readLease } from './lease-record.ts';
import { LEASE_TIMING, type LeaseTiming, type Moment, Stopwatch } from './lease-timing.ts';

export type ElectorOptions = {
  readonly client: ApiSender & ApiStreamer;
  readonly clock: Clock;
  /** In [0, 1). */
  readonly random: () => number;
  readonly namespace: string;
  readonly name: string;
  /** Unique to this process; the name of the Pod is not enough, since a container may restart in place. */
  readonly identity: string;
  readonly timing?: LeaseTiming;
  /** The resource version to record for the next leader when the lease is released; '' for none. */
  readonly lastWrittenVersion?: () => string;
  readonly on: {
    /** A term began; `term` counts from 1, `inheritedVersion` is what the previous leader recorded, or ''. */
    elected(term: number, inheritedVersion: string): void;
    /** The term ended: the lease was lost, the renew deadline passed, or the process stops. */
    lost(term: number): void;
    /** A request failed. The election goes on. */
    requestFailed(because: string): void;
  };
};

export class Elector {
  readonly #options: ElectorOptions;
  readonly #timing: LeaseTiming;
  readonly #stopwatch: Stopwatch;
  #election: Election;
  readonly #extension: LeaseExtension;
  #term = 0;
  /** The version recorded in the lease that was last tried to acquire. */
  #inheritedVersion = '';
  #cancelTick: () => void = () => {};
  #resolveStopped: () => void = () => {};

  constructor(options: ElectorOptions) {
    this.#options = options;
    this.#timing = options.timing ?? LEASE_TIMING;
    this.#stopwatch = new Stopwatch(options.clock);
    this.#extension = new LeaseExtension(this.#timing.leaseDuration);
    this.#election = initialElection(options.clock.now());
  }

  /** Whether a write may be sent in this turn of the event loop. Cheap, since it is called for each write. */
  mayWrite(): boolean {
    return mayWrite(this.#election, this.#timing, this.#stopwatch.read());
  }

  get isLeading(): boolean {
    return this.#election.kind === 'leading';
  }

  /**
   * Makes others wait for `duration` after a renewal, until the returned function is called. Settles when the server has
   * recorded it, at the next renewal; null where this candidate does not lead.
   */
  extendLease(duration: Millis): Promise<(() => void) | null> {
    return this.#extension.request(duration, this.#promisedDuration);
  }

  get #promisedDuration(): Millis | null {
    return this.#election.kind === 'leading' ? this.#election.promisedDuration : null;
  }

  /** The holder of the lease as last observed; '' where there is none. */
  get holder(): string {
    if (this.#election.kind === 'stopped') return '';
    const { observed } = this.#election;
    return observed === null || observed === 'unread' ? '' : observed.record.holder;
  }

  /**
   * Takes part until `signal` is aborted; settles when the lease is released. Callers finish their writes before they
   * abort: from then on `mayWrite` is false.
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
      leaseDuration: this.#extension.wanted,
      random: random(),
      lastWrittenVersion: lastWrittenVersion?.() ?? '',
    });
    this.#election = next;
    this.#cancelTick();
    this.#schedule();
    if (wasLeading && next.kind !== 'leading') on.lost(this.#term);
    if (!wasLeading && next.kind === 'leading') on.elected(++this.#term, this.#inheritedVersion);
    this.#extension.settle(this.#promisedDuration);
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

  /** Sees changes sooner than the next poll; the election works without it. */
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
        // The next poll finds a deleted Lease missing; that is soon enough.
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
    // 409: changed meanwhile, or created by another candidate. 404 for a write: deleted meanwhile.
    if (outcome.status === 409) return { kind: 'conflict' };
    if (outcome.status === 404)
      return action.kind === 'read' ? { kind: 'missing' } : missingLeaseEvent(action);
  }
  return { kind: 'failed' };
}

/** 404 to a PUT: the Lease was deleted, which counts as a conflict. 404 to a POST: its namespace is missing. */
const missingLeaseEvent = (action: Extract<ElectionAction, { kind: 'write' }>): ElectionEvent =>
  action.replaces === null ? { kind: 'failed' } : { kind: 'conflict' };
