/**
 * Writes the condition `berth.dev/Announced` of Services as it was evaluated. No assignment waits for it: what it needs may
 * be slow, missing or forbidden.
 *
 * Every node watches Services, so writes are limited: on a change only, of a loss only when it has lasted, and so many a
 * second at most. The last state is always written in the end. A Service that cannot be written delays no other one.
 */

import { patchBody, type StatusPatch } from '../../allocation/status-patch.ts';
import type { Clock, Millis } from '../../base/clock.ts';
import type { Address } from '../../net/address.ts';
import { type Condition, type ConditionValue, conditionSince } from '../../objects/condition.ts';
import { serviceReference } from '../../objects/object-reference.ts';
import type { Service, ServiceKey } from '../../objects/service.ts';
import type { Log } from '../../observe/log.ts';
import type { ObjectEvent } from '../../runtime/ports.ts';
import type { ServiceApi, ServiceCacheView } from '../ports.ts';
import { findUnwritten } from '../services/write-answer.ts';
import { announcedEvent } from './condition-event.ts';
import { type PendingWrite, PendingWrites } from './pending-writes.ts';

export const ANNOUNCED_CONDITION = 'berth.dev/Announced';

/** Many changes come together; they are evaluated together. */
const DEBOUNCE: Millis = 500;
/** The pause between two evaluations is at least so many times the duration of the last one. */
const COOLDOWN_FACTOR = 10;
/** A loss that ends within this time is not written. */
export const LOSS_HOLD_DOWN: Millis = 10_000;
/** Writes a second; fewer in a cluster of many nodes, each of which receives every write. */
export const WRITES_PER_SECOND = 20;
export const LARGE_CLUSTER_WRITES_PER_SECOND = 5;
export const LARGE_CLUSTER_NODES = 500;
/** Of different namespaces. */
export const CONDITION_WRITES_IN_FLIGHT = 8;
/** Time until a failed write is tried again. */
const RETRY_DELAY: Millis = 5000;
/** Outcomes that are about the Service, and not about the way to the API server. */
const ANSWERS: ReadonlySet<string> = new Set(['done', 'stale', 'refused']);

/** The result of an evaluation, for all Services at once. */
export type AnnouncedConditions = {
  readonly byService: ReadonlyMap<ServiceKey, ConditionValue>;
  /** The condition that a Service of policy Cluster will have with this address; null where that is not known. */
  readonly predict: (address: Address) => ConditionValue | null;
  /** What holds for Services without an entry is not known: their conditions stay. */
  readonly isPartial?: true;
};

const NO_CONDITIONS: AnnouncedConditions = { byService: new Map(), predict: () => null };

export type AnnouncedConditionWriterOptions = {
  readonly clock: Clock;
  /** In [0, 1). */
  readonly random: () => number;
  readonly log: Log;
  readonly view: ServiceCacheView;
  readonly api: ServiceApi;
  /** Evaluates all Services; null while that is not possible. Never rejects. */
  readonly evaluate: () => Promise<AnnouncedConditions | null>;
  readonly isManaged: (service: Service) => boolean;
  /** Sends an event: of a change that was written. */
  readonly events: (event: ObjectEvent) => void;
  readonly nodeCount: () => number;
  readonly isLeading: () => boolean;
};

type ConditionWrite = { readonly service: Service; readonly patch: StatusPatch };

export class AnnouncedConditionWriter {
  readonly #options: AnnouncedConditionWriterOptions;
  #conditions: AnnouncedConditions = NO_CONDITIONS;
  #cancelEvaluation: (() => void) | null = null;
  #cooldownUntil: Millis = 0;
  #isStale = false;
  /** Counts the stops: the result of an evaluation that began before one is dropped. */
  #term = 0;
  /** Of this term: a write of an earlier one that fails now is not tried again. */
  #pendingWrites: PendingWrites;
  /** Since when a Service that is written as announced is not announced. */
  readonly #lossSince = new Map<ServiceKey, Millis>();
  #inFlight = 0;
  /** By the monotonic clock: writes a second are limited. */
  #nextWriteAt: Millis = 0;
  #cancelWrite: (() => void) | null = null;
  /** How many evaluations have been completed. */
  evaluations = 0;

  constructor(options: AnnouncedConditionWriterOptions) {
    this.#options = options;
    this.#pendingWrites = this.#noPendingWrites();
  }

  /** The conditions may be different. */
  changed(): void {
    this.#isStale = true;
    if (!this.#options.isLeading() || this.#cancelEvaluation !== null) return;
    const { clock } = this.#options;
    const wait = Math.max(DEBOUNCE, this.#cooldownUntil - clock.now());
    this.#cancelEvaluation = clock.after(wait, () => void this.#evaluate());
  }

  stop(): void {
    this.#term++;
    this.#conditions = NO_CONDITIONS;
    this.#pendingWrites = this.#noPendingWrites();
    this.#cancelEvaluation?.();
    this.#cancelWrite?.();
    this.#cancelEvaluation = null;
    this.#cancelWrite = null;
    this.#lossSince.clear();
  }

  #noPendingWrites(): PendingWrites {
    return new PendingWrites(this.#options.clock, this.#options.random);
  }

  async #evaluate(): Promise<void> {
    const { clock, isLeading, view } = this.#options;
    const term = this.#term;
    this.#isStale = false;
    const startedAt = clock.now();
    const conditions = isLeading() ? await this.#options.evaluate() : null;
    this.#cooldownUntil = clock.now() + COOLDOWN_FACTOR * (clock.now() - startedAt);
    if (term !== this.#term) return;
    this.#cancelEvaluation = null;
    // What has changed meanwhile may not be in the result.
    if (this.#isStale) this.changed();
    if (conditions === null || !isLeading()) return;
    this.#conditions = conditions;
    this.evaluations++;
    for (const service of view.values())
      if (this.#patch(service) !== null) this.#pendingWrites.add(service.key);
    this.#scheduleWrite();
  }

  /** The conditions to add to a write of `ingress`, so that a Service is written once. */
  extraConditions(
    service: Service,
    ingress: readonly Address[] | null,
  ): Pick<StatusPatch, 'conditions' | 'removedConditions'> {
    const current = service.conditions.find(({ type }) => type === ANNOUNCED_CONDITION);
    const noChange = { conditions: [], removedConditions: [] };
    if (ingress === null) return noChange;
    if (ingress.length === 0)
      return current === undefined ? noChange : { conditions: [], removedConditions: [ANNOUNCED_CONDITION] };
    const predictions = ingress.map((address) => this.#conditions.predict(address));
    const [first] = predictions;
    const isCertain =
      service.externalTrafficPolicy !== 'Local' && predictions.every((one) => one?.status === 'True');
    if (!isCertain || first == null) return noChange;
    const message = predictions.map((one) => one?.message).join(' ');
    return { conditions: [this.#condition(service, { ...first, message })], removedConditions: [] };
  }

  #condition(service: Service, desired: ConditionValue): Condition {
    const current = service.conditions.find(({ type }) => type === ANNOUNCED_CONDITION);
    return conditionSince(current, { type: ANNOUNCED_CONDITION, ...desired }, this.#options.clock.wall());
  }

  /** The patch that a Service needs; null where its condition is up to date. */
  #patch(service: Service): StatusPatch | null {
    const current = service.conditions.find(({ type }) => type === ANNOUNCED_CONDITION);
    const mayHaveOne = this.#options.isManaged(service) && !service.deleting;
    const desired = mayHaveOne ? this.#conditions.byService.get(service.key) : undefined;
    if (mayHaveOne && desired === undefined && this.#conditions.isPartial === true) return null;
    const noChange = { ingress: null, pool: undefined, conditions: [], removedConditions: [] } as const;
    if (desired === undefined) {
      this.#lossSince.delete(service.key);
      return current === undefined ? null : { ...noChange, removedConditions: [ANNOUNCED_CONDITION] };
    }
    const isSame =
      current?.status === desired.status &&
      current.reason === desired.reason &&
      current.message === desired.message;
    if (isSame) {
      this.#lossSince.delete(service.key);
      return null;
    }
    return { ...noChange, conditions: [this.#condition(service, desired)] };
  }

  /** The time that a loss still has to last before it is written. */
  #holdDownLeft(service: Service): Millis {
    const { clock } = this.#options;
    const current = service.conditions.find(({ type }) => type === ANNOUNCED_CONDITION);
    const isLoss =
      current?.status === 'True' && this.#conditions.byService.get(service.key)?.status === 'False';
    if (!isLoss) return 0;
    const since = this.#lossSince.get(service.key) ?? clock.now();
    this.#lossSince.set(service.key, since);
    return Math.max(0, since + LOSS_HOLD_DOWN - clock.now());
  }

  /** `service` is as it was before the write. */
  #sendEvent(service: Service, { conditions: [desired] }: Pick<StatusPatch, 'conditions'>): void {
    const before = service.conditions.find(({ type }) => type === ANNOUNCED_CONDITION);
    const event = desired === undefined ? null : announcedEvent(before, desired);
    if (event !== null) this.#options.events({ regarding: serviceReference(service), event });
  }

  #scheduleWrite(delay: Millis = 0): void {
    if (this.#inFlight >= CONDITION_WRITES_IN_FLIGHT || this.#pendingWrites.isEmpty) return;
    const { clock } = this.#options;
    this.#cancelWrite?.();
    this.#cancelWrite = clock.after(Math.max(delay, this.#nextWriteAt - clock.now()), () => {
      this.#cancelWrite = null;
      this.#startWrite();
    });
  }

  /** What is to be written of a Service; null where it needs no write. */
  #pendingWrite(key: ServiceKey): PendingWrite<ConditionWrite> | null {
    const service = this.#options.view.get(key);
    const patch = service === undefined ? null : this.#patch(service);
    if (service === undefined || patch === null) return null;
    return { after: this.#holdDownLeft(service), work: { service, patch } };
  }

  #startWrite(): void {
    const { clock, isLeading, nodeCount } = this.#options;
    if (!isLeading()) return;
    const next = this.#pendingWrites.take((key) => this.#pendingWrite(key));
    if (next.kind === 'later') this.#scheduleWrite(next.after);
    if (next.kind !== 'due') return;
    const perSecond =
      nodeCount() >= LARGE_CLUSTER_NODES ? LARGE_CLUSTER_WRITES_PER_SECOND : WRITES_PER_SECOND;
    this.#nextWriteAt = clock.now() + 1000 / perSecond;
    void this.#write(next.work);
    this.#scheduleWrite();
  }

  async #write({ service, patch }: ConditionWrite): Promise<void> {
    const { view, api, log } = this.#options;
    const { key } = service;
    const pending = this.#pendingWrites;
    this.#inFlight++;
    const outcome = await api.patch(key, patchBody(service, patch, { ipMode: null }));
    this.#inFlight--;
    const unwritten = outcome.kind === 'done' ? findUnwritten(key, patch, outcome.value) : null;
    if (outcome.kind === 'done' && unwritten === null) {
      view.applyResponse(outcome.value);
      this.#lossSince.delete(key);
      this.#sendEvent(service, patch);
      pending.done(key);
    } else if (outcome.kind === 'gone') pending.done(key);
    else {
      log.debug('condition not written, retrying', { service: key, outcome: unwritten ?? outcome.kind });
      pending.retry(key, {
        after: outcome.kind === 'stale' ? DEBOUNCE : RETRY_DELAY,
        isAnswered: ANSWERS.has(outcome.kind),
      });
    }
    this.#scheduleWrite();
  }
}
