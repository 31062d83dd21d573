import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { LOW_PRIORITY_RATE } from '../../../src/controller/services/write-limits.ts';
import { ALLOCATED_FROM_ANNOTATION } from '../../../src/objects/annotations.ts';
import { ingress, service } from '../../allocation/support/test-cluster.ts';
import { ReconcilerHarness, type ScriptedOutcome } from '../support/reconciler-harness.ts';

const ONE = ['10.0.0.0/32'];

describe('a failed write', () => {
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
  for (const [title, outcome, reads, notBefore] of table) {
    it(title, async () => {
      const harness = new ReconcilerHarness(ONE, [service('a')]);
      harness.outcomes = [outcome];
      await harness.begin();
      await harness.clock.advanceAsync(60_000);
      assert.deepEqual(harness.addressesOf('a'), ['10.0.0.0']);
      assert.equal(harness.patches.length, 2);
      assert.ok((harness.patches[1]?.at ?? 0) >= notBefore, `again after ${harness.patches[1]?.at}`);
      assert.deepEqual(harness.reads, reads ? ['default/a'] : []);
      assert.deepEqual(harness.events, ['default/a IPAllocated'], 'an assignment is reported once');
    });
  }

  it('is retried with growing delay, without end', async () => {
    const harness = new ReconcilerHarness(ONE, [service('a')]);
    harness.outcomes = Array.from({ length: 20 }, () => ({ kind: 'refused', because: '403' }) as const);
    await harness.begin();
    await harness.clock.advanceAsync(3_600_000);
    assert.deepEqual(harness.addressesOf('a'), ['10.0.0.0']);
    const gaps = harness.patches.slice(1).map(({ at }, index) => at - (harness.patches[index]?.at ?? 0));
    assert.ok(Math.max(...gaps) <= 60_000);
    assert.ok((gaps.at(-1) ?? 0) > 10 * (gaps[0] ?? 0));
  });
});

describe('a reservation', () => {
  it('stays while the outcome of the write is unknown, until a read shows it', async () => {
    const harness = new ReconcilerHarness(ONE, [service('a'), service('b')]);
    harness.outcomes = ['lost'];
    harness.readOutcomes = [{ kind: 'unknown', because: 'down' }];
    await harness.begin();
    assert.deepEqual([harness.addressesOf('a'), harness.addressesOf('b')], [['10.0.0.0'], []]);
    await harness.clock.advanceAsync(60_000);
    assert.equal(
      harness.patches.filter(({ key }) => key === 'default/a').length,
      1,
      'the read showed that it stands',
    );
    assert.deepEqual(harness.addressesOf('b'), []);
    assert.ok(harness.events.includes('default/a IPAllocated'));
  });

  it('of an address to remove stays until the removing write is confirmed', async () => {
    const a = service('a', { ingressEntries: ['10.0.0.0'], allocatedFrom: 'p' });
    const harness = new ReconcilerHarness(ONE, [a, service('b')]);
    await harness.begin();
    assert.deepEqual(harness.addressesOf('b'), []);
    harness.outcomes = [{ kind: 'busy', because: '429', retryAfter: 5000, notApplied: true }];
    const asked = harness.edit(a.key, { clusterIPs: [] });
    const before = harness.watched.get(a.key);
    harness.watched.set(a.key, asked);
    harness.reconciler.changed(before, asked);
    await harness.clock.advanceAsync(1000);
    assert.deepEqual([harness.addressesOf('a'), harness.addressesOf('b')], [['10.0.0.0'], []]);
    await harness.clock.advanceAsync(10_000);
    assert.deepEqual([harness.addressesOf('a'), harness.addressesOf('b')], [[], ['10.0.0.0']]);
  });
});

describe('a Service that leaves the watch', () => {
  it('keeps its address until a read has shown that it was deleted', async () => {
    const a = service('a', { ingressEntries: ['10.0.0.0'], allocatedFrom: 'p' });
    const harness = new ReconcilerHarness(ONE, [a, service('b')]);
    await harness.begin();
    harness.readOutcomes = [{ kind: 'unknown', because: 'down' }];
    harness.server.delete(a.key);
    harness.watched.delete(a.key);
    harness.reconciler.deleted(a);
    await harness.clock.advanceAsync(1);
    assert.deepEqual(harness.addressesOf('b'), []);
    await harness.clock.advanceAsync(10_000);
    assert.deepEqual(harness.addressesOf('b'), ['10.0.0.0']);
    assert.equal(harness.reads.length, 2);
  });

  it('loses annotation and condition where it is of another type now', async () => {
    const a = service('a', { ingressEntries: ['10.0.0.0'], allocatedFrom: 'p' });
    const harness = new ReconcilerHarness(ONE, [a]);
    await harness.begin();
    harness.edit(a.key, { type: 'ClusterIP', ingress: [] });
    harness.watched.delete(a.key);
    harness.reconciler.deleted(a);
    await harness.clock.advanceAsync(10_000);
    assert.equal(harness.server.get(a.key)?.annotations[ALLOCATED_FROM_ANNOTATION], undefined);
    assert.equal(harness.watched.get(a.key), undefined, 'it does not come back into the picture');
  });

  it('is read again where it left during a read', async () => {
    const a = service('a');
    const harness = new ReconcilerHarness(ONE, [a]);
    harness.outcomes = ['lost'];
    harness.beforeReadReturns = () => {
      harness.beforeReadReturns = () => {};
      const last = harness.server.get(a.key);
      assert.ok(last);
      harness.edit(a.key, { type: 'ClusterIP', ingress: [] });
      harness.watched.delete(a.key);
      harness.reconciler.deleted(last);
    };
    await harness.begin();
    await harness.clock.advanceAsync(10_000);
    assert.equal(harness.reads.length, 2);
    assert.equal(harness.server.get(a.key)?.annotations[ALLOCATED_FROM_ANNOTATION], undefined);
  });
});

it('several Services are written at once, none twice at a time', async () => {
  const names = Array.from({ length: 100 }, (_, index) => `s${index}`);
  const harness = new ReconcilerHarness(
    ['10.0.0.0/24'],
    names.map((name) => service(name)),
  );
  await harness.begin();
  await harness.clock.advanceAsync(1000);
  assert.equal(new Set(names.flatMap(harness.addressesOf)).size, 100);
  assert.equal(harness.patches.length, 100);
});

it('a new Service takes turns with those that have an address, in the first pass', async () => {
  const moving = Array.from({ length: 40 }, (_, index) =>
    service(`o${index}`, { ingressEntries: [`10.9.0.${index}`], allocatedFrom: 'p' }),
  );
  const harness = new ReconcilerHarness(['10.0.0.0/24'], moving);
  await harness.clock.advanceAsync(1000);
  harness.reconciler.begin();
  const late = service('late');
  harness.show(late);
  harness.reconciler.changed(undefined, late);
  await harness.clock.advanceAsync(0);
  const place = harness.patches.findIndex(({ key }) => key === late.key);
  assert.ok(place === 0 || place === 1, `written after ${place} others`);
});

it('condition-only writes are slow, and come after Services without an address', async () => {
  const old = Array.from({ length: 40 }, (_, index) =>
    service(`o${index}`, { ingressEntries: [`10.0.0.${index}`], allocatedFrom: 'p' }),
  );
  const harness = new ReconcilerHarness(['10.0.0.0/24'], [...old, service('new')]);
  await harness.begin();
  assert.equal(harness.patches[0]?.key, 'default/new');
  await harness.clock.advanceAsync(200);
  assert.ok(harness.patches.length < 25, `${harness.patches.length} writes in 0.2 s`);
  await harness.clock.advanceAsync(2000);
  assert.equal(harness.patches.length, 41);
  assert.ok(harness.patches.slice(1).every(({ body }) => body.status.loadBalancer === undefined));
});

it('a status that another writer replaced counts as a conflict where a refused write shows it', async () => {
  const a = service('a');
  const harness = new ReconcilerHarness(ONE, [a]);
  await harness.begin();
  const reasons = () => harness.server.get(a.key)?.conditions.map(({ reason }) => reason);
  for (const layer2Only of [['p'], [], ['p']]) {
    assert.deepEqual(harness.addressesOf('a'), ['10.0.0.0']);
    harness.edit(a.key, { ingress: ingress('192.0.2.9') }); // which the watch does not bring
    harness.reconciler.add(harness.allocator.updateLayer2OnlyPools(new Set(layer2Only)));
    await harness.clock.advanceAsync(60_000);
  }
  assert.deepEqual([harness.addressesOf('a'), reasons()], [['192.0.2.9'], ['StatusContested']]);
});

it('a condition that was removed from a waiting Service is written again with low priority', async () => {
  const names = Array.from({ length: 40 }, (_, index) => `s${index}`);
  const harness = new ReconcilerHarness(
    [],
    names.map((name) => service(name)),
  );
  await harness.begin();
  assert.equal(harness.patches.length, names.length, 'the first condition is written at once');
  harness.patches.length = 0;
  for (const name of names) {
    const before = harness.server.get(`default/${name}`);
    const after = harness.edit(`default/${name}`, { conditions: [] });
    harness.watched.set(after.key, after);
    harness.reconciler.changed(before, after);
  }
  await harness.clock.advanceAsync(0);
  assert.equal(harness.patches.length, LOW_PRIORITY_RATE.burst);
  await harness.clock.advanceAsync(10_000);
  assert.equal(harness.patches.length, names.length);
});
