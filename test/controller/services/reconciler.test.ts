import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { LOW_PRIORITY_RATE } from '../../../src/controller/services/reconciler.ts';
import { ALLOCATED_FROM_ANNOTATION } from '../../../src/objects/annotations.ts';
import { ingress, service } from '../../allocation/support/test-cluster.ts';
import { ReconcilerHarness, type ScriptedOutcome } from '../support/reconciler-harness.ts';

const ONE = ['10.0.0.0/32'];

describe('a write that does not go well', () => {
  const table: readonly (readonly [
    says: string,
    fate: ScriptedOutcome,
    reads: boolean,
    notBefore: number,
  ])[] = [
    ['409 or a 422 about the uid: reads and tries again at once', { kind: 'stale' }, true, 0],
    [
      '429: waits as long as the server says, and need not read',
      { kind: 'busy', because: '429', retryAfter: 7000, notApplied: true },
      false,
      7000,
    ],
    [
      '5xx: waits a little and reads first',
      { kind: 'busy', because: '500', retryAfter: null, notApplied: false },
      true,
      50,
    ],
    ['unknown: waits a little and reads first', { kind: 'unknown', because: 'reset' }, true, 50],
    ['refused: waits longer and need not read', { kind: 'refused', because: '403' }, false, 500],
    ['unsent: waits a little and need not read', { kind: 'unsent', because: 'no connection' }, false, 50],
  ];
  for (const [says, fate, reads, notBefore] of table) {
    it(says, async () => {
      const stage = new ReconcilerHarness(ONE, [service('a')]);
      stage.outcomes = [fate];
      await stage.begin();
      await stage.clock.advanceAsync(60_000);
      assert.deepEqual(stage.addressesOf('a'), ['10.0.0.0']);
      assert.equal(stage.patches.length, 2);
      assert.ok((stage.patches[1]?.at ?? 0) >= notBefore, `again after ${stage.patches[1]?.at}`);
      assert.deepEqual(stage.reads, reads ? ['default/a'] : []);
      assert.deepEqual(stage.events, ['default/a IPAllocated'], 'what was granted is told once');
    });
  }

  it('is tried again ever more slowly, and never given up', async () => {
    const stage = new ReconcilerHarness(ONE, [service('a')]);
    stage.outcomes = Array.from({ length: 20 }, () => ({ kind: 'refused', because: '403' }) as const);
    await stage.begin();
    await stage.clock.advanceAsync(3_600_000);
    assert.deepEqual(stage.addressesOf('a'), ['10.0.0.0']);
    const gaps = stage.patches.slice(1).map(({ at }, index) => at - (stage.patches[index]?.at ?? 0));
    assert.ok(Math.max(...gaps) <= 60_000);
    assert.ok((gaps.at(-1) ?? 0) > 10 * (gaps[0] ?? 0));
  });
});

describe('a reservation', () => {
  it('stays while nobody knows what became of the write, until a read tells', async () => {
    const stage = new ReconcilerHarness(ONE, [service('a'), service('b')]);
    stage.outcomes = ['lost'];
    stage.readOutcomes = [{ kind: 'unknown', because: 'down' }];
    await stage.begin();
    assert.deepEqual([stage.addressesOf('a'), stage.addressesOf('b')], [['10.0.0.0'], []]);
    await stage.clock.advanceAsync(60_000);
    assert.equal(
      stage.patches.filter(({ key }) => key === 'default/a').length,
      1,
      'the read showed that it stands',
    );
    assert.deepEqual(stage.addressesOf('b'), []);
    assert.ok(stage.events.includes('default/a IPAllocated'));
  });

  it('of what is to be taken off a Service stays until the write that does so stands', async () => {
    const a = service('a', { ingressEntries: ['10.0.0.0'], allocatedFrom: 'p' });
    const stage = new ReconcilerHarness(ONE, [a, service('b')]);
    await stage.begin();
    assert.deepEqual(stage.addressesOf('b'), []);
    stage.outcomes = [{ kind: 'busy', because: '429', retryAfter: 5000, notApplied: true }];
    const asked = stage.edit(a.key, {
      annotations: { ...a.annotations, 'metallb.io/address-pool': 'nowhere' },
    });
    const before = stage.watched.get(a.key);
    stage.watched.set(a.key, asked);
    stage.reconciler.changed(before, asked);
    await stage.clock.advanceAsync(1000);
    assert.deepEqual([stage.addressesOf('a'), stage.addressesOf('b')], [['10.0.0.0'], []]);
    await stage.clock.advanceAsync(10_000);
    assert.deepEqual([stage.addressesOf('a'), stage.addressesOf('b')], [[], ['10.0.0.0']]);
  });
});

describe('a Service that leaves the watch', () => {
  it('keeps its address until a read has shown that it is gone', async () => {
    const a = service('a', { ingressEntries: ['10.0.0.0'], allocatedFrom: 'p' });
    const stage = new ReconcilerHarness(ONE, [a, service('b')]);
    await stage.begin();
    stage.readOutcomes = [{ kind: 'unknown', because: 'down' }];
    stage.server.delete(a.key);
    stage.watched.delete(a.key);
    stage.reconciler.deleted(a);
    await stage.clock.advanceAsync(1);
    assert.deepEqual(stage.addressesOf('b'), []);
    await stage.clock.advanceAsync(10_000);
    assert.deepEqual(stage.addressesOf('b'), ['10.0.0.0']);
    assert.equal(stage.reads.length, 2);
  });

  it('loses our marks where it is of another type now', async () => {
    const a = service('a', { ingressEntries: ['10.0.0.0'], allocatedFrom: 'p' });
    const stage = new ReconcilerHarness(ONE, [a]);
    await stage.begin();
    stage.edit(a.key, { type: 'ClusterIP', ingress: [] });
    stage.watched.delete(a.key);
    stage.reconciler.deleted(a);
    await stage.clock.advanceAsync(10_000);
    assert.equal(stage.server.get(a.key)?.annotations[ALLOCATED_FROM_ANNOTATION], undefined);
    assert.equal(stage.watched.get(a.key), undefined, 'it does not come back into the picture');
  });

  it('is read again where it left while it was being read', async () => {
    const a = service('a');
    const stage = new ReconcilerHarness(ONE, [a]);
    stage.outcomes = ['lost'];
    stage.beforeReadReturns = () => {
      stage.beforeReadReturns = () => {};
      const last = stage.server.get(a.key);
      assert.ok(last);
      stage.edit(a.key, { type: 'ClusterIP', ingress: [] });
      stage.watched.delete(a.key);
      stage.reconciler.deleted(last);
    };
    await stage.begin();
    await stage.clock.advanceAsync(10_000);
    assert.equal(stage.reads.length, 2);
    assert.equal(stage.server.get(a.key)?.annotations[ALLOCATED_FROM_ANNOTATION], undefined);
  });
});

it('several Services are written at once, none twice at a time', async () => {
  const names = Array.from({ length: 100 }, (_, index) => `s${index}`);
  const stage = new ReconcilerHarness(
    ['10.0.0.0/24'],
    names.map((name) => service(name)),
  );
  await stage.begin();
  await stage.clock.advanceAsync(1000);
  assert.equal(new Set(names.flatMap(stage.addressesOf)).size, 100);
  assert.equal(stage.patches.length, 100);
});

it('who comes while those who have an address are looked at for the first time is served before them', async () => {
  const moving = Array.from({ length: 40 }, (_, index) =>
    service(`o${index}`, { ingressEntries: [`10.9.0.${index}`], allocatedFrom: 'p' }),
  );
  const stage = new ReconcilerHarness(['10.0.0.0/24'], moving);
  await stage.clock.advanceAsync(1000);
  stage.reconciler.begin();
  const late = service('late');
  stage.show(late);
  stage.reconciler.changed(undefined, late);
  await stage.clock.advanceAsync(0);
  assert.equal(stage.patches[0]?.key, late.key);
});

it('what only needs tidying goes slowly, and behind those who have nothing', async () => {
  const old = Array.from({ length: 40 }, (_, index) =>
    service(`o${index}`, { ingressEntries: [`10.0.0.${index}`], allocatedFrom: 'p' }),
  );
  const stage = new ReconcilerHarness(['10.0.0.0/24'], [...old, service('new')]);
  await stage.begin();
  assert.equal(stage.patches[0]?.key, 'default/new');
  await stage.clock.advanceAsync(200);
  assert.ok(stage.patches.length < 25, `${stage.patches.length} writes in 0.2 s`);
  await stage.clock.advanceAsync(2000);
  assert.equal(stage.patches.length, 41);
  assert.ok(stage.patches.slice(1).every(({ body }) => body.status.loadBalancer === undefined));
});

it('a replacement that is learnt of by a refused write counts like any other', async () => {
  const a = service('a');
  const stage = new ReconcilerHarness(ONE, [a]);
  await stage.begin();
  const says = () => stage.server.get(a.key)?.conditions.map(({ reason }) => reason);
  for (const layer2Only of [['p'], [], ['p']]) {
    assert.deepEqual(stage.addressesOf('a'), ['10.0.0.0']);
    stage.edit(a.key, { ingress: ingress('192.0.2.9') }); // which the watch does not bring
    stage.reconciler.add(stage.allocator.updateLayer2OnlyPools(new Set(layer2Only)));
    await stage.clock.advanceAsync(60_000);
  }
  assert.deepEqual([stage.addressesOf('a'), says()], [['192.0.2.9'], ['StatusContested']]);
});

it('what somebody takes off a Service that waits is put back in the calm lane, where nobody waits for it', async () => {
  const names = Array.from({ length: 40 }, (_, index) => `s${index}`);
  const stage = new ReconcilerHarness(
    [],
    names.map((name) => service(name)),
  );
  await stage.begin();
  assert.equal(stage.patches.length, names.length, 'the first time it is told at once');
  stage.patches.length = 0;
  for (const name of names) {
    const before = stage.server.get(`default/${name}`);
    const after = stage.edit(`default/${name}`, { conditions: [] });
    stage.watched.set(after.key, after);
    stage.reconciler.changed(before, after);
  }
  await stage.clock.advanceAsync(0);
  assert.equal(stage.patches.length, LOW_PRIORITY_RATE.burst);
  await stage.clock.advanceAsync(10_000);
  assert.equal(stage.patches.length, names.length);
});
