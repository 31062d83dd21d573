/** A Service is edited, and the edit is withdrawn before Berth could write what it led to. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { AllocatorOptions } from '../../../src/allocation/allocator.ts';
import { type Address, parseAddress } from '../../../src/net/address.ts';
import type { Service } from '../../../src/objects/service.ts';
import { pool, poolSetOf, type ServiceOverrides, service } from '../../allocation/support/test-cluster.ts';
import { ReconcilerHarness } from '../support/reconciler-harness.ts';

const KEY = 'default/a';
const BUSY = { kind: 'busy', because: '429', retryAfter: 5000, notApplied: true } as const;

/** Pools of one address; `d` has one of each family, and only requests get one of it. */
const POOLS = [
  pool('p', ['10.0.0.0/32']),
  pool('q', ['10.0.1.0/32']),
  pool('d', ['10.0.2.0/32', 'fd00:2::/128'], { autoAssign: false }),
  pool('e', ['10.0.3.0/31', 'fd00:3::/127'], { autoAssign: false }),
];

/** `a` has an address of a pool, and every other Service has its own. */
async function settled(
  a: ServiceOverrides,
  others: readonly Service[] = [],
  options: Partial<AllocatorOptions> = {},
): Promise<ReconcilerHarness> {
  const first = service('a', { ingressEntries: ['10.0.0.0'], allocatedFrom: 'p', ...a });
  const harness = new ReconcilerHarness(['10.0.0.0/32'], [first, ...others], options);
  harness.allocator.updatePools(poolSetOf(POOLS), 0);
  await harness.begin();
  harness.patches.length = 0;
  harness.events.length = 0;
  return harness;
}

async function edit(harness: ReconcilerHarness, change: Partial<Service>): Promise<void> {
  const before = harness.watched.get(KEY);
  const after = harness.edit(KEY, change);
  harness.watched.set(KEY, after);
  harness.reconciler.changed(before, after);
  await harness.clock.advanceAsync(1);
}

const requesting = (harness: ReconcilerHarness, requests: Readonly<Record<string, string>>) => ({
  annotations: { ...harness.watched.get(KEY)?.annotations, ...requests },
});

const isVacant = (harness: ReconcilerHarness, text: string): boolean => {
  const parsed = parseAddress(text);
  assert.ok(parsed.ok);
  const address: Address = parsed.value;
  return harness.allocator.ledger.isVacant(address);
};

const DUAL = {
  clusterIPs: ['10.96.0.1', 'fd96::1'],
  ipFamilies: ['IPv4', 'IPv6'],
  ipFamilyPolicy: 'RequireDualStack',
} as const;
const SINGLE = {
  clusterIPs: ['10.96.0.1'],
  ipFamilies: ['IPv4'],
  ipFamilyPolicy: 'SingleStack',
} as const;
const KEPT_OF_D = { ingressEntries: ['10.0.2.0', 'fd00:2::'], allocatedFrom: 'd', ...DUAL };
const KEPT_OF_E = { ingressEntries: ['10.0.3.0', 'fd00:3::'], allocatedFrom: 'e', ...DUAL };
const SHARED = { 'metallb.io/allow-shared-ip': 'k' };
const OTHER_KEY = { 'metallb.io/allow-shared-ip': 'l' };
const sharer = (): Service =>
  service('b', { ingressEntries: ['10.0.0.0'], allocatedFrom: 'p', annotations: SHARED, tcpPorts: [443] });

type Row = {
  readonly title: string;
  readonly before?: ServiceOverrides;
  readonly others?: () => readonly Service[];
  readonly options?: Partial<AllocatorOptions>;
  /** What is edited; the withdrawal restores it. */
  readonly change: Partial<Service>;
  /** What the write that is refused says. */
  readonly refused: readonly string[] | null;
};

const allocated = (from: string, annotations: Readonly<Record<string, string>> = {}) => ({
  annotations: { 'metallb.io/ip-allocated-from-pool': from, ...annotations },
});

const ROWS: readonly Row[] = [
  {
    title: 'another pool, and then none',
    change: allocated('p', { 'metallb.io/address-pool': 'q' }),
    refused: ['10.0.1.0'],
  },
  {
    title: 'another pool, and then its own',
    before: { requests: { 'address-pool': 'p' } },
    change: allocated('p', { 'metallb.io/address-pool': 'q' }),
    refused: ['10.0.1.0'],
  },
  {
    title: 'another address, and then none',
    change: allocated('p', { 'metallb.io/loadBalancerIPs': '10.0.1.0' }),
    refused: ['10.0.1.0'],
  },
  {
    title: 'another address, and then its own',
    before: { requests: { loadBalancerIPs: '10.0.0.0' } },
    change: allocated('p', { 'metallb.io/loadBalancerIPs': '10.0.1.0' }),
    refused: ['10.0.1.0'],
  },
  {
    title: 'another address by spec.loadBalancerIP, and then none',
    change: { loadBalancerIP: '10.0.1.0' },
    refused: ['10.0.1.0'],
  },
  {
    title: 'both families, of another pool, and then one',
    change: { ...DUAL, ...allocated('p', { 'metallb.io/address-pool': 'd' }) },
    refused: ['10.0.2.0', 'fd00:2::'],
  },
  {
    title: 'one family less, and then both',
    before: KEPT_OF_E,
    change: SINGLE,
    refused: ['10.0.3.0'],
  },
  {
    title: 'one family of another pool, and then both of its own',
    before: KEPT_OF_D,
    change: { ...SINGLE, ...allocated('d', { 'metallb.io/address-pool': 'q' }) },
    refused: ['10.0.1.0'],
  },
  {
    title: 'another sharing key, and then that of the others',
    before: { annotations: SHARED },
    others: () => [sharer()],
    change: allocated('p', OTHER_KEY),
    refused: ['10.0.1.0'],
  },
  {
    title: 'a port that another one has, and then its own',
    before: { annotations: SHARED },
    others: () => [sharer()],
    change: { ports: [{ protocol: 'TCP', port: 443 }] },
    refused: ['10.0.1.0'],
  },
  {
    title: 'an unknown pool with --unmet-requests=release, and then none',
    options: { unmetRequests: 'release' },
    change: allocated('p', { 'metallb.io/address-pool': 'nowhere' }),
    refused: null,
  },
];

describe('a request that is withdrawn before its outcome is written', () => {
  for (const { title, before = {}, others = () => [], options = {}, change, refused } of ROWS) {
    it(`${title}: the Service stays where it is`, async () => {
      const harness = await settled(before, others(), options);
      const original = harness.watched.get(KEY);
      assert.ok(original);
      const addresses = harness.addressesOf('a');
      harness.outcomes = [BUSY];
      await edit(harness, change);
      const [patch] = harness.patches;
      assert.deepEqual(patch?.body.status.loadBalancer?.ingress?.map(({ ip }) => ip) ?? null, refused);
      await edit(
        harness,
        Object.fromEntries(Object.keys(change).map((field) => [field, original[field as keyof Service]])),
      );
      await harness.clock.advanceAsync(60_000);
      assert.deepEqual(harness.addressesOf('a'), addresses);
      const written = harness.patches.slice(1).filter(({ body }) => body.status.loadBalancer !== undefined);
      assert.deepEqual(written, [], 'no address is written');
      assert.deepEqual(harness.events, [], 'nothing of it happened');
      for (const one of refused ?? [])
        assert.equal(isVacant(harness, one), !addresses.includes(one), `${one} is as before`);
      harness.allocator.ledger.audit();
    });
  }
});

describe('a move that is not written yet', () => {
  for (const [title, request] of [
    ['of a pool', { 'metallb.io/address-pool': 'q' }],
    ['of an address', { 'metallb.io/loadBalancerIPs': '10.0.1.0' }],
  ] as const) {
    it(`${title}: another change does not stop it`, async () => {
      const harness = await settled({});
      harness.outcomes = [BUSY];
      await edit(harness, requesting(harness, request));
      await edit(harness, requesting(harness, { noise: '1' }));
      await harness.clock.advanceAsync(60_000);
      assert.deepEqual(harness.addressesOf('a'), ['10.0.1.0']);
      assert.deepEqual(harness.events, ['default/a IPAllocated']);
    });
  }

  it('is not undone while its write may still arrive: else another Service could have the new address', async () => {
    const harness = await settled({});
    harness.outcomes = [{ kind: 'unknown', because: 'reset' }, ...Array<typeof BUSY>(3).fill(BUSY)];
    harness.allocator.updatePools(
      poolSetOf([
        pool('p', ['10.0.0.0/32'], { serviceAllocation: { namespaces: ['other'] } }),
        ...POOLS.slice(1),
      ]),
      0,
    );
    harness.reconciler.add([KEY]);
    await harness.clock.advanceAsync(1);
    const moved = harness.patches[0]?.body.status.loadBalancer?.ingress?.map(({ ip }) => ip);
    assert.deepEqual(moved, ['10.0.1.0']);
    harness.allocator.updatePools(poolSetOf(POOLS), 0);
    await harness.clock.advanceAsync(2_000);
    assert.equal(isVacant(harness, '10.0.1.0'), false, 'it is reserved still');
    assert.equal(harness.arriveLate(0), 'done');
    harness.allocator.ledger.audit();
  });

  it('by an edit of the pool that is reverted: a Service that changed meanwhile stays', async () => {
    const harness = await settled({});
    harness.outcomes = [BUSY];
    harness.allocator.updatePools(poolSetOf([pool('p', ['10.0.9.0/32']), ...POOLS.slice(1)]), 0);
    harness.reconciler.add([KEY]);
    await harness.clock.advanceAsync(1);
    assert.equal(harness.patches.length, 1);
    harness.allocator.updatePools(poolSetOf(POOLS), 0);
    await edit(harness, requesting(harness, { noise: '1' }));
    await harness.clock.advanceAsync(60_000);
    assert.deepEqual(harness.addressesOf('a'), ['10.0.0.0']);
    assert.deepEqual(harness.events, []);
  });
});
