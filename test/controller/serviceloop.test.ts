import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ALLOCATED_FROM } from '../../src/cluster/annotations.ts';
import type { Condition } from '../../src/cluster/condition.ts';
import type { Service, ServiceKey } from '../../src/cluster/service.ts';
import type { Answer, ServiceView } from '../../src/controller/ports.ts';
import { ServiceLoop } from '../../src/controller/serviceloop.ts';
import { silentLog } from '../../src/observe/log.ts';
import { book, ingress, OPTIONS, pool, service } from '../plan/support.ts';
import { FakeClock } from '../support/clock.ts';

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
type Fate = 'done' | 'lost' | Exclude<Answer<Service>, { readonly kind: 'done' }>;

/** A cluster of Services, the loop on it, and a say in what becomes of each write. */
class Stage {
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

const ONE = ['10.0.0.0/32'];

describe('a write that does not go well', () => {
  const table: readonly (readonly [says: string, fate: Fate, reads: boolean, notBefore: number])[] = [
    ['409 or a 422 about the uid: reads and tries again at once', { kind: 'stale' }, true, 0],
    [
      '429: waits as long as the server says, and need not read',
      { kind: 'busy', because: '429', after: 7000, undone: true },
      false,
      7000,
    ],
    [
      '5xx: waits a little and reads first',
      { kind: 'busy', because: '500', after: null, undone: false },
      true,
      50,
    ],
    ['unknown: waits a little and reads first', { kind: 'unknown', because: 'reset' }, true, 50],
    ['refused: waits longer and need not read', { kind: 'refused', because: '403' }, false, 500],
    ['unsent: waits a little and need not read', { kind: 'unsent', because: 'no connection' }, false, 50],
  ];
  for (const [says, fate, reads, notBefore] of table) {
    it(says, async () => {
      const stage = new Stage(ONE, [service('a')]);
      stage.fates = [fate];
      await stage.begin();
      await stage.clock.pass(60_000);
      assert.deepEqual(stage.shown('a'), ['10.0.0.0']);
      assert.equal(stage.patches.length, 2);
      assert.ok((stage.patches[1]?.at ?? 0) >= notBefore, `again after ${stage.patches[1]?.at}`);
      assert.deepEqual(stage.reads, reads ? ['default/a'] : []);
      assert.deepEqual(stage.told, ['default/a IPAllocated'], 'what was granted is told once');
    });
  }

  it('is tried again ever more slowly, and never given up', async () => {
    const stage = new Stage(ONE, [service('a')]);
    stage.fates = Array.from({ length: 20 }, () => ({ kind: 'refused', because: '403' }) as const);
    await stage.begin();
    await stage.clock.pass(3_600_000);
    assert.deepEqual(stage.shown('a'), ['10.0.0.0']);
    const gaps = stage.patches.slice(1).map(({ at }, index) => at - (stage.patches[index]?.at ?? 0));
    assert.ok(Math.max(...gaps) <= 60_000);
    assert.ok((gaps.at(-1) ?? 0) > 10 * (gaps[0] ?? 0));
  });
});

describe('a reservation', () => {
  it('stays while nobody knows what became of the write, until a read tells', async () => {
    const stage = new Stage(ONE, [service('a'), service('b')]);
    stage.fates = ['lost'];
    stage.readAnswers = [{ kind: 'unknown', because: 'down' }];
    await stage.begin();
    assert.deepEqual([stage.shown('a'), stage.shown('b')], [['10.0.0.0'], []]);
    await stage.clock.pass(60_000);
    assert.equal(
      stage.patches.filter(({ key }) => key === 'default/a').length,
      1,
      'the read showed that it stands',
    );
    assert.deepEqual(stage.shown('b'), []);
    assert.ok(stage.told.includes('default/a IPAllocated'));
  });

  it('of what is to be taken off a Service stays until the write that does so stands', async () => {
    const a = service('a', { shows: ['10.0.0.0'], from: 'p' });
    const stage = new Stage(ONE, [a, service('b')]);
    await stage.begin();
    assert.deepEqual(stage.shown('b'), []);
    stage.fates = [{ kind: 'busy', because: '429', after: 5000, undone: true }];
    const asked = stage.edit(a.key, {
      annotations: { ...a.annotations, 'metallb.io/address-pool': 'nowhere' },
    });
    const before = stage.seen.get(a.key);
    stage.seen.set(a.key, asked);
    stage.loop.changed(before, asked);
    await stage.clock.pass(1000);
    assert.deepEqual([stage.shown('a'), stage.shown('b')], [['10.0.0.0'], []]);
    await stage.clock.pass(10_000);
    assert.deepEqual([stage.shown('a'), stage.shown('b')], [[], ['10.0.0.0']]);
  });
});

describe('a Service that leaves the watch', () => {
  it('keeps its address until a read has shown that it is gone', async () => {
    const a = service('a', { shows: ['10.0.0.0'], from: 'p' });
    const stage = new Stage(ONE, [a, service('b')]);
    await stage.begin();
    stage.readAnswers = [{ kind: 'unknown', because: 'down' }];
    stage.server.delete(a.key);
    stage.seen.delete(a.key);
    stage.loop.departed(a);
    await stage.clock.pass(1);
    assert.deepEqual(stage.shown('b'), []);
    await stage.clock.pass(10_000);
    assert.deepEqual(stage.shown('b'), ['10.0.0.0']);
    assert.equal(stage.reads.length, 2);
  });

  it('loses our marks where it is of another type now', async () => {
    const a = service('a', { shows: ['10.0.0.0'], from: 'p' });
    const stage = new Stage(ONE, [a]);
    await stage.begin();
    stage.edit(a.key, { type: 'ClusterIP', ingress: [] });
    stage.seen.delete(a.key);
    stage.loop.departed(a);
    await stage.clock.pass(10_000);
    assert.equal(stage.server.get(a.key)?.annotations[ALLOCATED_FROM], undefined);
    assert.equal(stage.seen.get(a.key), undefined, 'it does not come back into the picture');
  });

  it('is read again where it left while it was being read', async () => {
    const a = service('a');
    const stage = new Stage(ONE, [a]);
    stage.fates = ['lost'];
    stage.beforeReadIsAnswered = () => {
      stage.beforeReadIsAnswered = () => {};
      const last = stage.server.get(a.key);
      assert.ok(last);
      stage.edit(a.key, { type: 'ClusterIP', ingress: [] });
      stage.seen.delete(a.key);
      stage.loop.departed(last);
    };
    await stage.begin();
    await stage.clock.pass(10_000);
    assert.equal(stage.reads.length, 2);
    assert.equal(stage.server.get(a.key)?.annotations[ALLOCATED_FROM], undefined);
  });
});

it('several Services are written at once, none twice at a time', async () => {
  const names = Array.from({ length: 100 }, (_, index) => `s${index}`);
  const stage = new Stage(
    ['10.0.0.0/24'],
    names.map((name) => service(name)),
  );
  await stage.begin();
  await stage.clock.pass(1000);
  assert.equal(new Set(names.flatMap(stage.shown)).size, 100);
  assert.equal(stage.patches.length, 100);
});

it('what only needs tidying goes slowly, and behind those who have nothing', async () => {
  const old = Array.from({ length: 40 }, (_, index) =>
    service(`o${index}`, { shows: [`10.0.0.${index}`], from: 'p' }),
  );
  const stage = new Stage(['10.0.0.0/24'], [...old, service('new')]);
  await stage.begin();
  assert.equal(stage.patches[0]?.key, 'default/new');
  await stage.clock.pass(200);
  assert.ok(stage.patches.length < 25, `${stage.patches.length} writes in 0.2 s`);
  await stage.clock.pass(2000);
  assert.equal(stage.patches.length, 41);
  assert.ok(stage.patches.slice(1).every(({ body }) => body.status.loadBalancer === undefined));
});
