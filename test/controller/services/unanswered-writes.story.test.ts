/** A leader gives up a write, loses its lease and gets it again; then the write reaches the server. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { service } from '../../allocation/support/test-cluster.ts';
import { ReconcilerHarness } from '../support/reconciler-harness.ts';

const UNANSWERED = { kind: 'unknown', because: 'no response within 5000 ms' } as const;

/**
 * In the first term `h` has 10.0.0.0, and `a` is assigned 10.0.0.1 by a write without an answer. While nobody leads, `h`
 * goes and `z` comes. A leader that knew nothing of the write would assign 10.0.0.0 to `a`.
 */
async function loseTheLease(): Promise<ReconcilerHarness> {
  const h = service('h', { ingressEntries: ['10.0.0.0'], allocatedFrom: 'p' });
  const harness = new ReconcilerHarness(['10.0.0.0/31'], [h]);
  await harness.begin();
  await harness.reconciler.stop();
  harness.patches.length = 0;
  harness.show(service('a'));
  harness.outcomes = [UNANSWERED];
  harness.readOutcomes = [UNANSWERED];
  await harness.begin();
  assert.deepEqual(
    harness.patches.map(({ key, body }) => [key, body.status.loadBalancer?.ingress]),
    [['default/a', [{ ip: '10.0.0.1' }]]],
  );
  await harness.reconciler.stop();
  harness.server.delete(h.key);
  harness.watched.delete(h.key);
  harness.show(service('z'));
  return harness;
}

const addressesOf = (harness: ReconcilerHarness): object => ({
  a: harness.addressesOf('a').join(),
  z: harness.addressesOf('z').join(),
});

describe('an unanswered write of an earlier term', () => {
  it('is repeated, and then has no effect', async () => {
    const harness = await loseTheLease();
    await harness.begin();
    assert.equal(harness.arriveLate(0), 'stale');
    await harness.clock.advanceAsync(60_000);
    assert.deepEqual(addressesOf(harness), { a: '10.0.0.1', z: '10.0.0.0' });
  });

  it('puts no address on two Services where it arrives before the next write', async () => {
    const harness = await loseTheLease();
    harness.hangs = (key) => key === 'default/a';
    await harness.begin();
    assert.equal(harness.arriveLate(0), 'done');
    await harness.clock.advanceAsync(60_000);
    assert.deepEqual(addressesOf(harness), { a: '10.0.0.1', z: '10.0.0.0' });
  });

  it('reserves nothing where its Service was written since', async () => {
    const harness = await loseTheLease();
    harness.watched.set('default/a', harness.edit('default/a', {}));
    await harness.begin();
    assert.equal(harness.arriveLate(0), 'stale');
    assert.deepEqual(addressesOf(harness), { a: '10.0.0.0', z: '10.0.0.1' });
  });

  it('reserves nothing for another Service of the same name', async () => {
    const harness = await loseTheLease();
    harness.show({ ...service('a'), uid: 'another' });
    await harness.begin();
    assert.deepEqual(addressesOf(harness), { a: '10.0.0.0', z: '10.0.0.1' });
  });

  it('reserves nothing that another Service shows by now', async () => {
    const harness = await loseTheLease();
    harness.show(service('z', { ingressEntries: ['10.0.0.1'], allocatedFrom: 'p' }));
    await harness.begin();
    assert.deepEqual(addressesOf(harness), { a: '10.0.0.0', z: '10.0.0.1' });
  });

  it('is remembered over several terms', async () => {
    const harness = await loseTheLease();
    for (let term = 0; term < 3; term++) {
      harness.outcomes = [UNANSWERED, UNANSWERED];
      harness.readOutcomes = [UNANSWERED, UNANSWERED];
      await harness.begin();
      await harness.reconciler.stop();
    }
    harness.outcomes = [];
    harness.readOutcomes = [];
    await harness.begin();
    await harness.clock.advanceAsync(60_000);
    assert.deepEqual(addressesOf(harness), { a: '10.0.0.1', z: '10.0.0.0' });
  });

  it('that would move a Service keeps the old address and the new one', async () => {
    const a = service('a', { ingressEntries: ['10.0.0.0'], allocatedFrom: 'p' });
    const harness = new ReconcilerHarness(['10.0.0.0/31'], [a]);
    await harness.begin();
    const asked = harness.edit('default/a', {
      annotations: {
        ...harness.watched.get('default/a')?.annotations,
        'metallb.io/loadBalancerIPs': '10.0.0.1',
      },
    });
    const before = harness.watched.get('default/a');
    harness.watched.set('default/a', asked);
    harness.outcomes = [UNANSWERED];
    harness.readOutcomes = [UNANSWERED];
    harness.reconciler.changed(before, asked);
    await harness.clock.advanceAsync(1);
    const sent = harness.patches.length - 1;
    assert.deepEqual(harness.patches[sent]?.body.status.loadBalancer?.ingress, [{ ip: '10.0.0.1' }]);
    await harness.reconciler.stop();
    harness.show(service('z'));
    harness.outcomes = [UNANSWERED, UNANSWERED];
    await harness.begin();
    assert.deepEqual(harness.addressesOf('z'), [], 'neither of the two addresses is free');
    assert.equal(harness.arriveLate(sent), 'done');
    await harness.clock.advanceAsync(60_000);
    assert.deepEqual(addressesOf(harness), { a: '10.0.0.1', z: '10.0.0.0' });
  });
});
