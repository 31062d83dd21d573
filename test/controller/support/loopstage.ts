/** A cluster of Services, the loop on it, and a say in what becomes of each write. */
import assert from 'node:assert/strict';
import { ALLOCATED_FROM } from '../../../src/cluster/annotations.ts';
import type { Condition } from '../../../src/cluster/condition.ts';
import type { Service, ServiceKey } from '../../../src/cluster/service.ts';
import type { ServiceView } from '../../../src/controller/ports.ts';
import { ServiceLoop } from '../../../src/controller/serviceloop.ts';
import { silentLog } from '../../../src/observe/log.ts';
import type { Answer } from '../../../src/program/ports.ts';
import { book, ingress, OPTIONS, pool } from '../../plan/support.ts';
import { FakeClock } from '../../support/clock.ts';

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
export type Fate = 'done' | 'lost' | Exclude<Answer<Service>, { readonly kind: 'done' }>;

export class Stage {
  readonly clock = new FakeClock();
  /** What the server has. */
  readonly server = new Map<ServiceKey, Service>();
  /** What the watch has brought. */
  readonly seen = new Map<ServiceKey, Service>();
  readonly patches: Patch[] = [];
  readonly reads: ServiceKey[] = [];
  readonly told: string[] = [];
  readonly loop: ServiceLoop;
  /** Fates of the writes to come; then all goes well. */
  fates: Fate[] = [];
  /** Answers of reads to come instead of what is there. */
  readAnswers: Answer<Service>[] = [];
  beforeReadIsAnswered: () => void = () => {};
  #version = 1000;

  constructor(ranges: readonly string[], services: readonly Service[]) {
    for (const one of services) this.show(one);
    const view: ServiceView = {
      get: (key) => this.seen.get(key),
      values: () => this.seen.values(),
      answered: (one) => void this.seen.set(one.key, one),
      gone: (key, uid) => void (this.seen.get(key)?.uid === uid && this.seen.delete(key)),
    };
    this.loop = new ServiceLoop({
      clock: this.clock,
      random: () => 0.5,
      log: silentLog,
      view,
      api: { patch: (key, body) => this.#patch(key, body as Body), read: (key) => this.#read(key) },
      desk: OPTIONS,
      report: {
        looked: () => {},
        written: (look) => void this.told.push(...look.events.map(({ reason }) => `${look.key} ${reason}`)),
        failed: () => {},
      },
      onBroken: (error) => {
        throw error;
      },
    });
    this.loop.desk.poolsChanged(book([pool('p', ranges)]), 0);
  }

  show(one: Service): void {
    this.server.set(one.key, one);
    this.seen.set(one.key, one);
  }

  edit(key: ServiceKey, change: Partial<Service>): Service {
    const before = this.server.get(key);
    assert.ok(before);
    const after = { ...before, ...change, resourceVersion: String(++this.#version) };
    this.server.set(key, after);
    return after;
  }

  shown = (name: string): readonly (string | null)[] =>
    (this.server.get(`default/${name}`)?.ingress ?? []).map(({ ip }) => ip);

  async begin(): Promise<void> {
    this.loop.begin();
    await this.clock.pass(0);
  }

  async #patch(key: ServiceKey, body: Body): Promise<Answer<Service>> {
    this.patches.push({ key, body, at: this.clock.now() });
    const fate = this.fates.shift() ?? 'done';
    if (fate !== 'done' && fate !== 'lost') return fate;
    const before = this.server.get(key);
    if (before === undefined) return { kind: 'gone' };
    if (before.resourceVersion !== body.metadata.resourceVersion) return { kind: 'stale' };
    const list = body.status.loadBalancer?.ingress;
    const { [ALLOCATED_FROM]: _, ...others } = before.annotations;
    const from = body.metadata.annotations?.[ALLOCATED_FROM];
    const after = this.edit(key, {
      conditions: body.status.conditions?.filter(({ status }) => status !== undefined) ?? before.conditions,
      ...(list === undefined ? {} : { ingress: ingress(...(list ?? []).map(({ ip }) => ip)) }),
      ...(from === undefined
        ? {}
        : { annotations: from === null ? others : { ...others, [ALLOCATED_FROM]: from } }),
    });
    return fate === 'lost' ? { kind: 'unknown', because: 'reset' } : { kind: 'done', value: after };
  }

  async #read(key: ServiceKey): Promise<Answer<Service>> {
    this.reads.push(key);
    const scripted = this.readAnswers.shift();
    const here = this.server.get(key);
    this.beforeReadIsAnswered();
    if (scripted !== undefined) return scripted;
    return here === undefined ? { kind: 'gone' } : { kind: 'done', value: here };
  }
}
