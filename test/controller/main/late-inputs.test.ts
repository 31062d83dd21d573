/** Pools and Namespaces whose watch is later than that of Services that were created after them. */
import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';
import { LATE_INPUT_WINDOW, LateInputs } from '../../../src/controller/main/late-inputs.ts';
import { eventually } from '../../support/eventually.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { seeded } from '../../support/random.ts';
import { type AnyObject, addressesOf, conditionOf, poolOf } from '../support/rig.ts';
import { SimulatedCluster } from '../support/simulation/cluster.ts';
import { NAMESPACE } from '../support/simulation/controller-process.ts';

const assigned = (late: LateInputs, key: string, resourceVersion: number): void =>
  late.assigned({ key, resourceVersion: String(resourceVersion) });

/** `key pool,pool`, and `+` where a Namespace was late. */
const taken = (late: LateInputs): readonly string[] =>
  [...late.take()].map(([key, { pools, namespaces }]) => `${key} ${[...pools]}${namespaces ? '+' : ''}`);

describe('what is reconsidered', () => {
  it('is a Service that is younger than a change that came later', () => {
    const late = new LateInputs(new FakeClock());
    assigned(late, 'older', 99);
    assigned(late, 'younger', 101);
    late.changed({ pool: 'late' }, '100');
    late.changed({ pool: 'new' }, '300');
    assert.deepEqual(taken(late), ['younger late']);
    assert.deepEqual(taken(late), [], 'once for each change');
    late.changed('namespace', '100');
    assert.deepEqual(taken(late), ['younger +']);
  });

  it('is nothing where the changes came first, or are younger', () => {
    const late = new LateInputs(new FakeClock());
    late.changed({ pool: 'early' }, '100');
    assert.deepEqual(taken(late), []);
    assigned(late, 'it', 101);
    late.changed({ pool: 'younger' }, '102');
    assert.deepEqual(taken(late), []);
  });

  it('is no pool that was left out for a moment, unless it is another one now', () => {
    const late = new LateInputs(new FakeClock());
    const known = { name: 'main', uid: 'u1', generation: 1, labels: { tier: 'a' } };
    assert.equal(late.returned(known), false, 'it was never known');
    late.lost(known);
    assert.equal(late.returned({ ...known, labels: { tier: 'a' } }), true);
    assert.equal(late.returned(known), false, 'once for each loss');
    for (const other of [{ uid: 'u2' }, { generation: 2 }, { labels: {} }]) {
      late.lost(known);
      assert.equal(late.returned({ ...known, ...other }), false, JSON.stringify(other));
    }
  });

  it('is no assignment that is older than the window', async () => {
    const clock = new FakeClock();
    const late = new LateInputs(clock);
    assigned(late, 'old', 101);
    await clock.advanceAsync(LATE_INPUT_WINDOW - 1);
    assigned(late, 'new', 102);
    await clock.advanceAsync(1);
    late.changed({ pool: 'late' }, '100');
    assert.deepEqual(taken(late), ['new late']);
  });
});

const pool = (name: string, addresses: readonly string[], spec: AnyObject = {}): AnyObject => ({
  apiVersion: 'metallb.io/v1beta1',
  kind: 'IPAddressPool',
  metadata: { name, namespace: NAMESPACE },
  spec: { addresses, ...spec },
});

const serviceIn = (namespace: string, spec: AnyObject = {}): AnyObject => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'web', namespace },
  spec: { type: 'LoadBalancer', ports: [{ port: 80 }], ...spec },
});

const BOUND = pool('bound', ['198.51.100.0/28'], { serviceAllocation: { namespaces: ['default'] } });

describe('a controller beside an API server that delays one watch', () => {
  let cluster: SimulatedCluster | null = null;
  afterEach(async () => {
    for (const controller of cluster?.controllers.splice(0) ?? []) await controller.stop();
    await cluster?.stop();
    cluster = null;
  });

  /** A cluster with an older pool; events of this resource arrive a second late. */
  async function start(resource: string): Promise<SimulatedCluster> {
    cluster = await SimulatedCluster.start(seeded(1), 1);
    cluster.server.objects.put(pool('old', ['192.0.2.0/28']));
    cluster.server.faults.add({ verb: 'watch', resource, effect: { kind: 'delay-events', ms: 1000 } });
    const controller = cluster.spawn(null);
    await eventually(() => assert.equal(controller.isLeading, true));
    return cluster;
  }

  const get = ({ server }: SimulatedCluster, namespace: string): AnyObject =>
    server.objects.get('services', namespace, 'web') ?? {};

  const untilAssignedFrom = (one: SimulatedCluster, namespace: string, name: string): Promise<AnyObject> =>
    eventually(() => {
      const service = get(one, namespace);
      assert.equal(poolOf(service), name);
      return service;
    });

  /** It was served from the old pool first: the other one came too late. */
  const assertWasLate = ({ server }: SimulatedCluster): Promise<void> =>
    eventually(() => {
      const messages = server.objects.list('events').map(({ message }: AnyObject) => message);
      assert.ok(
        messages.some((message: string) => message.startsWith('Assigned IP ["192.0.2.0"]')),
        messages.join(),
      );
    });

  it('gives a dual-stack Service both families of a pool that was created before it', async () => {
    const one = await start('ipaddresspools');
    one.server.objects.put(pool('dual', ['198.51.100.0/28', '2001:db8::/124']));
    one.server.objects.put(serviceIn('default', { ipFamilyPolicy: 'PreferDualStack' }));
    const service = await untilAssignedFrom(one, 'default', 'dual');
    assert.deepEqual([...addressesOf(service)].sort(), ['198.51.100.0', '2001:db8::']);
    assert.equal(conditionOf(service).reason, 'Assigned');
    await assertWasLate(one);
  });

  it('serves it from a pool that is bound to it and was created before it', async () => {
    const one = await start('ipaddresspools');
    one.server.objects.put(BOUND);
    one.server.objects.put(serviceIn('default'));
    assert.deepEqual(addressesOf(await untilAssignedFrom(one, 'default', 'bound')), ['198.51.100.0']);
    await assertWasLate(one);
  });

  it('serves it from a pool that selects its Namespace, which was created before it', async () => {
    const one = await start('namespaces');
    const selects = { serviceAllocation: { namespaceSelectors: [{ matchLabels: { team: 'red' } }] } };
    one.server.objects.put(pool('red', ['198.51.100.0/28'], selects));
    const metadata = { name: 'shop', labels: { team: 'red' } };
    one.server.objects.put({ apiVersion: 'v1', kind: 'Namespace', metadata });
    one.server.objects.put(serviceIn('shop'));
    assert.deepEqual(addressesOf(await untilAssignedFrom(one, 'shop', 'red')), ['198.51.100.0']);
    await assertWasLate(one);
  });

  it('leaves a Service alone that is older than the pool', async () => {
    const one = await start('ipaddresspools');
    one.server.objects.put(serviceIn('default'));
    const { metadata } = await untilAssignedFrom(one, 'default', 'old');
    one.server.objects.put(BOUND);
    // Its status shows that the controller knows the pool.
    await eventually(() => {
      const { status } = one.server.objects.get('ipaddresspools.metallb.io', NAMESPACE, 'bound') ?? {};
      assert.equal((status as AnyObject)?.availableIPv4, 16);
    });
    assert.equal(get(one, 'default').metadata.resourceVersion, metadata.resourceVersion);
  });
});
