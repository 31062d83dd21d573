/** A write without an answer, and a decision that changes before it is known what became of the write. */
import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import { ARRIVAL_LIMIT } from '../../../src/controller/services/unanswered-writes.ts';
import { pool, poolSetOf, service } from '../../allocation/support/test-cluster.ts';
import { ReconcilerHarness } from '../support/reconciler-harness.ts';

const UNANSWERED = { kind: 'unknown', because: 'no response within 5000 ms' } as const;

/** `a` is assigned 10.0.0.0 by a write without an answer; then its pool is edited, and `a` is to have 10.0.1.0. */
describe('an address of an unanswered write that was decided otherwise since', () => {
  let harness: ReconcilerHarness;

  beforeEach(async () => {
    harness = new ReconcilerHarness(['10.0.0.0/32'], []);
    await harness.begin();
    harness.outcomes = [UNANSWERED];
    await come('a');
    assert.deepEqual(harness.patches[0]?.body.status.loadBalancer?.ingress, [{ ip: '10.0.0.0' }]);
  });

  async function come(name: string): Promise<void> {
    const one = service(name);
    harness.show(one);
    harness.reconciler.changed(undefined, one);
    await harness.clock.advanceAsync(0);
  }

  /** Long enough for the next attempt. */
  async function editPool(...ranges: readonly string[]): Promise<void> {
    const changed = harness.allocator.updatePools(poolSetOf([pool('p', ranges)]), harness.clock.now());
    harness.reconciler.add(changed);
    await harness.clock.advanceAsync(1_000);
  }

  const lastOf = (key: string): unknown =>
    harness.patches.findLast((one) => one.key === key)?.body.status.loadBalancer?.ingress;

  it('is given to nobody else while that write may arrive', async () => {
    harness.hangs = (key) => key === 'default/a';
    await editPool('10.0.1.0/32');
    assert.deepEqual(lastOf('default/a'), [{ ip: '10.0.1.0' }]);
    await editPool('10.0.0.0/31', '10.0.1.0/32');
    await come('z');
    assert.equal(harness.arriveLate(0), 'done');
    assert.deepEqual(harness.addressesOf('a'), ['10.0.0.0']);
    assert.deepEqual(harness.addressesOf('z'), ['10.0.0.1']);
  });

  it('is held over a lost lease, beside that of a later one without an answer', async () => {
    harness.outcomes = Array.from({ length: 10 }, () => UNANSWERED);
    await editPool('10.0.1.0/32');
    assert.deepEqual(lastOf('default/a'), [{ ip: '10.0.1.0' }]);
    await harness.reconciler.stop();
    harness.outcomes = [];
    await editPool('10.0.0.0/31', '10.0.1.0/32');
    harness.hangs = (key) => key === 'default/a';
    harness.show(service('z'));
    await harness.begin();
    assert.equal(harness.arriveLate(0), 'done');
    assert.deepEqual(harness.addressesOf('a'), ['10.0.0.0']);
    assert.deepEqual(harness.addressesOf('z'), ['10.0.0.1']);
  });

  it('is free once the later write is answered', async () => {
    await editPool('10.0.1.0/32');
    assert.equal(harness.arriveLate(0), 'stale');
    await editPool('10.0.0.0/31', '10.0.1.0/32');
    await come('z');
    assert.deepEqual(harness.addressesOf('a'), ['10.0.1.0']);
    assert.deepEqual(harness.addressesOf('z'), ['10.0.0.0']);
  });

  it('is free once somebody else has written to the Service', async () => {
    harness.hangs = (key) => key === 'default/a';
    const before = harness.watched.get('default/a');
    const after = harness.edit('default/a', {});
    harness.watched.set('default/a', after);
    harness.reconciler.changed(before, after);
    await editPool('10.0.1.0/32');
    await editPool('10.0.0.0/31', '10.0.1.0/32');
    await come('z');
    assert.equal(harness.arriveLate(0), 'stale');
    assert.deepEqual(harness.addressesOf('z'), ['10.0.0.0']);
  });
});

/** `a` has no address; a write without an answer gives it 10.0.0.0, and then it is to have none, as its status says. */
describe('an address of an unanswered write of a Service whose status is right as it is', () => {
  let harness: ReconcilerHarness;

  beforeEach(async () => {
    harness = new ReconcilerHarness(['10.0.0.0/32'], []);
    await editPool('other');
    await harness.begin();
    await come('default/a');
    assert.deepEqual(harness.addressesOf('a'), []);
    await harness.clock.advanceAsync(60_000);
    harness.patches.length = 0;
    harness.outcomes = [UNANSWERED];
    await editPool('default');
    assert.deepEqual(
      harness.patches.map(({ key, body }) => [key, body.status.loadBalancer?.ingress]),
      [['default/a', [{ ip: '10.0.0.0' }]]],
    );
    await editPool('other');
    await harness.clock.advanceAsync(10_000);
    harness.reconciler.add(['default/a']);
    await harness.clock.advanceAsync(0);
    assert.equal(harness.patches.length, 1, 'there is nothing to write');
    assert.equal(harness.reconciler.depth, 0, 'the controller is at rest meanwhile');
  });

  async function come(name: string): Promise<void> {
    const one = service(name);
    harness.show(one);
    harness.reconciler.changed(undefined, one);
    await harness.clock.advanceAsync(0);
  }

  /** The pool is for one namespace. */
  async function editPool(namespace: string): Promise<void> {
    const spec = { serviceAllocation: { namespaces: [namespace] } };
    const pools = poolSetOf([pool('p', ['10.0.0.0/32'], spec)]);
    harness.reconciler.add(harness.allocator.updatePools(pools, harness.clock.now()));
    await harness.clock.advanceAsync(0);
  }

  const shown = (key: string): readonly (string | null)[] =>
    (harness.server.get(key)?.ingress ?? []).map(({ ip }) => ip);

  it('is given to nobody else while that write may arrive', async () => {
    await come('other/z');
    assert.equal(harness.arriveLate(0), 'done');
    await harness.clock.advanceAsync(60_000);
    assert.deepEqual([shown('default/a'), shown('other/z')], [['10.0.0.0'], []]);
  });

  it('is free after the time in which it may arrive', async () => {
    await come('other/z');
    await harness.clock.advanceAsync(ARRIVAL_LIMIT - 20_000);
    assert.deepEqual(shown('other/z'), []);
    await harness.clock.advanceAsync(20_000);
    assert.deepEqual([shown('default/a'), shown('other/z')], [[], ['10.0.0.0']]);
  });

  it("is the Service's own where it is decided so again", async () => {
    await editPool('default');
    assert.deepEqual(
      harness.patches.map(({ body }) => body.status.loadBalancer?.ingress),
      [[{ ip: '10.0.0.0' }], [{ ip: '10.0.0.0' }]],
    );
    assert.deepEqual([shown('default/a'), harness.arriveLate(0)], [['10.0.0.0'], 'stale']);
  });
});
