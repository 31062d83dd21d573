/** A reconciler over a cluster of Services in memory, with scripted outcomes of its writes. */
import assert from 'node:assert/strict';
import { Allocator, type AllocatorOptions } from '../../../src/allocation/allocator.ts';
import { sleep } from '../../../src/base/clock.ts';
import type { ServiceCacheView } from '../../../src/controller/ports.ts';
import { ServiceReconciler } from '../../../src/controller/services/reconciler.ts';
import { ServiceIndex } from '../../../src/controller/services/service-index.ts';
import { ALLOCATED_FROM_ANNOTATION } from '../../../src/objects/annotations.ts';
import type { Condition } from '../../../src/objects/condition.ts';
import type { Service, ServiceKey } from '../../../src/objects/service.ts';
import { silentLog } from '../../../src/observe/log.ts';
import type { RequestOutcome } from '../../../src/runtime/ports.ts';
import { ingress, OPTIONS, pool, poolSetOf } from '../../allocation/support/test-cluster.ts';
import { FakeClock } from '../../support/fake-clock.ts';

type Patch = { readonly key: ServiceKey; readonly body: Body; readonly at: number };
type Body = {
  readonly metadata: {
    readonly resourceVersion: string;
    readonly annotations?: Record<string, string | null>;
  };
  readonly status: {
    readonly loadBalancer?: { readonly ingress: readonly { readonly ip: string }[] | null };
    /** Those to remove have no status. */
    readonly conditions?: readonly Condition[];
  };
};
/** Until a write with an answer of known size is answered. */
export const ANSWER_DELAY = 10;

export type ScriptedOutcome = 'done' | 'lost' | Exclude<RequestOutcome<Service>, { readonly kind: 'done' }>;

export class ReconcilerHarness {
  readonly clock = new FakeClock();
  /** Services as the server stores them. */
  readonly server = new Map<ServiceKey, Service>();
  /** Services as the cache has them. */
  readonly watched = new Map<ServiceKey, Service>();
  readonly patches: Patch[] = [];
  readonly reads: ServiceKey[] = [];
  readonly events: string[] = [];
  readonly allocator: Allocator;
  readonly reconciler: ServiceReconciler;
  /** Outcomes of the next writes; all others succeed. */
  outcomes: ScriptedOutcome[] = [];
  /** Outcomes of the next reads, instead of what the server has. */
  readOutcomes: RequestOutcome<Service>[] = [];
  beforeReadReturns: () => void = () => {};
  /** Whether a write to this Service never ends. */
  hangs: (key: ServiceKey) => boolean = () => false;
  /** The bytes of the answer to a write to this Service; null for a write that takes no time, and whose size is not known. */
  answerBytes: (key: ServiceKey) => number | null = () => null;
  #version = 1000;

  constructor(
    ranges: readonly string[],
    services: readonly Service[],
    options: Partial<AllocatorOptions> = {},
  ) {
    for (const one of services) this.show(one);
    const view: ServiceCacheView = {
      get: (key) => this.watched.get(key),
      values: () => this.watched.values(),
      applyResponse: (one) => void this.watched.set(one.key, one),
      confirmExists: (one) => void this.watched.set(one.key, one),
      confirmDeleted: (key, uid) => void (this.watched.get(key)?.uid === uid && this.watched.delete(key)),
    };
    const index = new ServiceIndex(view);
    this.allocator = new Allocator({ ...OPTIONS, ...options }, index);
    this.reconciler = new ServiceReconciler({
      clock: this.clock,
      random: () => 0.5,
      log: silentLog,
      view,
      index,
      api: { patch: (key, body) => this.#patch(key, body as Body), read: (key) => this.#read(key) },
      allocator: this.allocator,
      ipMode: OPTIONS.ipMode,
      observer: {
        reconciled: () => {},
        written: (result) =>
          void this.events.push(...result.events.map(({ reason }) => `${result.key} ${reason}`)),
        failed: () => {},
      },
      onFatalError: (error) => {
        throw error;
      },
    });
    this.allocator.updatePools(poolSetOf([pool('p', ranges)]), 0);
  }

  show(one: Service): void {
    this.server.set(one.key, one);
    this.watched.set(one.key, one);
  }

  edit(key: ServiceKey, change: Partial<Service>): Service {
    const before = this.server.get(key);
    assert.ok(before);
    const after = { ...before, ...change, resourceVersion: String(++this.#version) };
    this.server.set(key, after);
    return after;
  }

  addressesOf = (name: string): readonly (string | null)[] =>
    (this.server.get(`default/${name}`)?.ingress ?? []).map(({ ip }) => ip);

  async begin(): Promise<void> {
    this.reconciler.begin();
    await this.clock.advanceAsync(0);
  }

  async #patch(key: ServiceKey, body: Body): Promise<RequestOutcome<Service>> {
    this.patches.push({ key, body, at: this.clock.now() });
    if (this.hangs(key)) return new Promise(() => {});
    const outcome = this.outcomes.shift() ?? 'done';
    if (outcome !== 'done' && outcome !== 'lost') return outcome;
    const bytes = this.answerBytes(key);
    if (bytes !== null) await sleep(this.clock, ANSWER_DELAY);
    const applied = this.#apply(key, body);
    if (applied.kind !== 'done') return applied;
    if (outcome === 'lost') return { kind: 'unknown', because: 'reset' };
    return bytes === null ? applied : { ...applied, bytes };
  }

  /** The write of this number reaches the server only now; its sender has given it up. */
  arriveLate(index: number): RequestOutcome<Service>['kind'] {
    const patch = this.patches[index];
    assert.ok(patch);
    return this.#apply(patch.key, patch.body).kind;
  }

  #apply(key: ServiceKey, body: Body): RequestOutcome<Service> {
    const before = this.server.get(key);
    if (before === undefined) return { kind: 'gone' };
    if (before.resourceVersion !== body.metadata.resourceVersion) return { kind: 'stale' };
    const list = body.status.loadBalancer?.ingress;
    const { [ALLOCATED_FROM_ANNOTATION]: _, ...others } = before.annotations;
    const from = body.metadata.annotations?.[ALLOCATED_FROM_ANNOTATION];
    const after = this.edit(key, {
      conditions: body.status.conditions?.filter(({ status }) => status !== undefined) ?? before.conditions,
      ...(list === undefined ? {} : { ingress: ingress(...(list ?? []).map(({ ip }) => ip)) }),
      ...(from === undefined
        ? {}
        : { annotations: from === null ? others : { ...others, [ALLOCATED_FROM_ANNOTATION]: from } }),
    });
    return { kind: 'done', value: after };
  }

  async #read(key: ServiceKey): Promise<RequestOutcome<Service>> {
    this.reads.push(key);
    const scripted = this.readOutcomes.shift();
    const stored = this.server.get(key);
    this.beforeReadReturns();
    if (scripted !== undefined) return scripted;
    return stored === undefined ? { kind: 'gone' } : { kind: 'done', value: stored };
  }
}
