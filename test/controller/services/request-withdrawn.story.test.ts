/** A Service requests other addresses, and withdraws that before Berth could write the move. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { pool, poolSetOf, service } from '../../allocation/support/test-cluster.ts';
import { ReconcilerHarness } from '../support/reconciler-harness.ts';

const KEY = 'default/a';
const BUSY = { kind: 'busy', because: '429', retryAfter: 5000, notApplied: true } as const;

/** `a` has 10.0.0.0 of pool `p` as it requested; pool `q` has 10.0.1.0. Each pool has one address. */
async function settled(requests: Readonly<Record<string, string>>): Promise<ReconcilerHarness> {
  const a = service('a', { ingressEntries: ['10.0.0.0'], allocatedFrom: 'p', requests });
  const harness = new ReconcilerHarness(['10.0.0.0/32'], [a]);
  const pools = poolSetOf([pool('p', ['10.0.0.0/32']), pool('q', ['10.0.1.0/32'])]);
  harness.allocator.updatePools(pools, 0);
  await harness.begin();
  harness.patches.length = 0;
  harness.events.length = 0;
  return harness;
}

async function request(
  harness: ReconcilerHarness,
  annotations: Readonly<Record<string, string>>,
): Promise<void> {
  const before = harness.watched.get(KEY);
  const after = harness.edit(KEY, { annotations: { ...before?.annotations, ...annotations } });
  harness.watched.set(KEY, after);
  harness.reconciler.changed(before, after);
  await harness.clock.advanceAsync(1);
}

describe('a request that is withdrawn before the move is written', () => {
  const table: readonly (readonly [title: string, annotation: string, first: string, other: string])[] = [
    ['of a pool', 'address-pool', 'p', 'q'],
    ['of an address', 'loadBalancerIPs', '10.0.0.0', '10.0.1.0'],
  ];
  for (const [title, annotation, first, other] of table) {
    it(`${title}: the Service stays where it is`, async () => {
      const harness = await settled({ [annotation]: first });
      harness.outcomes = [BUSY];
      await request(harness, { [`metallb.io/${annotation}`]: other });
      assert.deepEqual(harness.patches[0]?.body.status.loadBalancer?.ingress, [{ ip: '10.0.1.0' }]);
      await request(harness, { [`metallb.io/${annotation}`]: first });
      await harness.clock.advanceAsync(60_000);
      assert.deepEqual(harness.addressesOf('a'), ['10.0.0.0']);
      assert.deepEqual(
        harness.patches.slice(1).filter(({ body }) => body.status.loadBalancer !== undefined),
        [],
        'no address is written',
      );
      assert.deepEqual(harness.events, [], 'the move did not happen');
      assert.equal(harness.allocator.ledger.isVacant({ family: 4, bits: 0x0a000100n }), true);
    });

    it(`${title}: another change does not stop the move`, async () => {
      const harness = await settled({ [annotation]: first });
      harness.outcomes = [BUSY];
      await request(harness, { [`metallb.io/${annotation}`]: other });
      await request(harness, { noise: '1' });
      await harness.clock.advanceAsync(60_000);
      assert.deepEqual(harness.addressesOf('a'), ['10.0.1.0']);
      assert.deepEqual(harness.events, ['default/a IPAllocated']);
    });
  }
});
