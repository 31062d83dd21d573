/** Addresses from pools and by request, end to end. */
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import { addressesOf, conditionOf, NAMESPACE, poolOf, Rig } from '../../controller/support/rig.ts';
import { eventually, eventuallyEqual, unchangedFor } from '../../support/eventually.ts';
import { skipWithoutKubernetesBinaries } from '../../support/kubernetes-binaries.ts';

const POOL = `apiVersion: metallb.io/v1beta1
kind: IPAddressPool
metadata:
  name: first
  namespace: metallb-system
spec:
  addresses:
  - 192.168.5.0/24
`;

describe('addresses on a real API server', { skip: skipWithoutKubernetesBinaries() }, () => {
  let rig: Rig;
  before(async () => {
    rig = await Rig.borrow();
  });
  afterEach(() => rig.clean());
  after(() => rig?.stop());

  it('assigns the first address of the pool to the first Service, as kubectl shows it', async () => {
    await rig.startServing('--leader-elect');
    await rig.kubectl(['apply', '-f', '-'], POOL);
    await rig.kubectl(['create', 'service', 'loadbalancer', 'web', '--tcp=80']);
    await rig.waitForAddresses('web', '192.168.5.0');
    const { type, status, reason, message } = await rig.waitForReason('web', 'Assigned');
    assert.deepEqual(
      [type, status, reason, message],
      ['berth.dev/Assigned', 'True', 'Assigned', '192.168.5.0 from pool "first".'],
    );
    assert.equal(poolOf(await rig.get('web')), 'first');
    assert.equal(await rig.waitForEvent('web', 'IPAllocated'), 'Assigned IP ["192.168.5.0"]');
    assert.match(await rig.kubectl(['get', 'service', 'web']), /LoadBalancer +\S+ +192\.168\.5\.0 /);
    await eventuallyEqual(async () => ({ ...(await rig.getPool('first')).status, conditions: [] }), {
      ...{ assignedIPv4: 1, assignedIPv6: 0, availableIPv4: 255, availableIPv6: 0 },
      conditions: [],
    });
    // Used, free and valid, as kubectl shows them.
    const shown = await rig.kubectl(['get', 'ipaddresspools', 'first', '-n', NAMESPACE]);
    assert.match(shown, / VALID\n.* 1 +255 +0 +0 +True\n$/);
    assert.match(
      await rig.kubectl(['describe', 'service', 'web']),
      /IPAllocated .* metallb-controller +Assigned IP \["192\.168\.5\.0"\]/,
    );
  });

  it('serves sixteen from a pool of sixteen; the seventeenth waits until one is deleted', async () => {
    await rig.pool('docker', ['172.18.1.1-172.18.1.16']);
    await rig.startServing();
    const names = Array.from({ length: 16 }, (_, index) => `web-${String(index + 1).padStart(2, '0')}`);
    for (const name of names) await rig.service(name);
    const shown = await eventually(async () => {
      const found = (await Promise.all(names.map(rig.addresses))).flat();
      assert.equal(found.length, 16);
      return found;
    });
    const all = Array.from({ length: 16 }, (_, index) => `172.18.1.${index + 1}`);
    assert.deepEqual(new Set(shown), new Set(all));
    await rig.service('late');
    const waits = await rig.waitForReason('late', 'PoolExhausted');
    assert.deepEqual(
      [waits.status, waits.message],
      [
        'False',
        'No IPv4 address is free in pool "docker". The Service gets one when an address is released or a pool grows.',
      ],
    );
    assert.equal(
      await rig.waitForEvent('late', 'AllocationFailed'),
      `Failed to allocate IP for "default/late": no available IPs in pool "docker" for IPv4. ${waits.message}`,
    );
    const [freed] = await rig.addresses('web-05');
    await rig.delete('web-05');
    await rig.waitForAddresses('late', freed ?? '');
  });

  it('writes to no Service and no pool after a restart, and keeps every address', async () => {
    await rig.pool('both', ['192.0.2.0/28', '2001:db8::/124']);
    await rig.pool('younger', ['192.0.2.0/29', '198.51.100.0/30']);
    await rig.service('plain');
    await rig.service('dual', { ipFamilyPolicy: 'RequireDualStack' });
    await rig.service('asked', { loadBalancerIP: '192.0.2.9' });
    await rig.service('shared-a', {}, { annotations: { 'metallb.io/allow-shared-ip': 'k' } });
    await rig.service(
      'shared-b',
      { ports: [{ port: 443 }] },
      { annotations: { 'metallb.io/allow-shared-ip': 'k' } },
    );
    await rig.service('never', { loadBalancerIP: '203.0.113.77' });
    const first = await rig.startServing();
    await eventually(async () => {
      for (const one of ['plain', 'asked', 'shared-a', 'shared-b'])
        assert.equal((await rig.addresses(one)).length, 1, one);
      assert.equal((await rig.addresses('dual')).length, 2);
      assert.equal(await rig.reason('never'), 'AddressNotInPool');
      for (const status of await rig.poolStatuses()) assert.notEqual(status?.assignedIPv4, undefined);
    });
    assert.deepEqual(await rig.addresses('shared-a'), await rig.addresses('shared-b'));
    const before = await eventually(() => unchangedFor(1500, () => rig.versions()));
    const counts = await rig.poolStatuses();
    const state = `/apis/metallb.io/v1beta1/namespaces/${NAMESPACE}/configurationstates/controller`;
    const stateBefore = await rig.api.requestOk('GET', state);
    await first.stop();
    const second = await rig.startServing();
    await rig.service('newcomer');
    await eventually(async () => assert.equal((await rig.addresses('newcomer')).length, 1));
    await rig.delete('newcomer');
    await eventually(() => second.waitForLog('address granted'));
    // The pool counts the new Service; all else must be unchanged.
    const { 'IPAddressPool both': _, 'IPAddressPool younger': __, ...servicesBefore } = before;
    await eventually(async () => {
      const now = await rig.versions();
      for (const [name, version] of Object.entries(servicesBefore)) assert.equal(now[name], version, name);
    });
    assert.deepEqual(await rig.api.requestOk('GET', state), stateBefore);
    await eventuallyEqual(() => rig.poolStatuses(), counts); // written a while after the newcomer went
    await second.stop();
    const quiet = await rig.versions();
    await rig.startServing();
    await unchangedFor(2500, () => rig.versions());
    assert.deepEqual(await rig.versions(), quiet);
  });

  it('fulfils requests, by current and deprecated annotations', async () => {
    await rig.pool('a-default', ['192.0.2.0/28']);
    await rig.pool('on-request', ['198.51.100.0/28', '2001:db8::/124'], { autoAssign: false });
    await rig.startServing();
    const ask = (name: string, annotations: Record<string, string>, spec: object = {}) =>
      rig.service(name, spec, { annotations });
    await rig.service('by-field', { loadBalancerIP: '192.0.2.7' });
    await ask('by-annotation', { 'metallb.io/loadBalancerIPs': '198.51.100.4' });
    await ask('by-old-annotation', { 'metallb.universe.tf/loadBalancerIPs': '198.51.100.5' });
    await ask('by-pool', { 'metallb.io/address-pool': 'on-request' });
    await ask('by-old-pool', { 'metallb.universe.tf/address-pool': 'on-request' });
    await ask(
      'both-families',
      { 'metallb.io/loadBalancerIPs': '2001:db8::5,198.51.100.8' },
      { ipFamilyPolicy: 'RequireDualStack' },
    );
    await ask('unknown-pool', { 'metallb.io/address-pool': 'nowhere' });
    await ask('wrong-pool', {
      'metallb.io/address-pool': 'a-default',
      'metallb.io/loadBalancerIPs': '198.51.100.9',
    });
    await rig.waitForAddresses('by-field', '192.0.2.7');
    await rig.waitForAddresses('by-annotation', '198.51.100.4');
    await rig.waitForAddresses('by-old-annotation', '198.51.100.5');
    await eventually(async () => {
      const got = (await Promise.all(['by-pool', 'by-old-pool'].map(rig.addresses))).flat();
      assert.deepEqual(got.sort(), ['198.51.100.0', '198.51.100.1']);
    });
    await rig.waitForAddresses('both-families', '2001:db8::5', '198.51.100.8');
    assert.match((await rig.waitForReason('unknown-pool', 'UnknownPool')).message, /no pool "nowhere"/);
    assert.match(
      (await rig.waitForReason('wrong-pool', 'AddressNotInPool')).message,
      /198\.51\.100\.9 is not in pool "a-default"/,
    );
    assert.match(
      await rig.waitForEvent('by-old-pool', 'deprecatedAnnotation'),
      /metallb\.universe\.tf\/address-pool/,
    );
    await rig.edit('unknown-pool', { metadata: { annotations: { 'metallb.io/address-pool': 'a-default' } } });
    await rig.waitForAddresses('unknown-pool', '192.0.2.0');
    // A later request moves the Service, since its owner wants that.
    await rig.edit('unknown-pool', {
      metadata: { annotations: { 'metallb.io/address-pool': 'on-request' } },
    });
    await rig.waitForAddresses('unknown-pool', '198.51.100.2');
    assert.equal(poolOf(await rig.get('unknown-pool')), 'on-request');
  });

  it('changes only conditions if a pool is deleted and recreated within its grace period', async () => {
    await rig.pool('p', ['192.0.2.0/28']);
    await rig.startServing();
    for (const name of ['a', 'b', 'c']) await rig.service(name);
    const names = ['a', 'b', 'c'];
    const addresses = await eventually(async () => {
      const shown = await Promise.all(names.map(rig.addresses));
      assert.equal(shown.flat().length, 3);
      return shown;
    });
    await rig.deletePool('p');
    for (const name of names)
      assert.match((await rig.waitForReason(name, 'PoolGone')).message, /Restore the pool before its/);
    assert.deepEqual(await Promise.all(names.map(rig.addresses)), addresses);
    await rig.service('newcomer');
    await rig.waitForReason('newcomer', 'NoPools');
    await rig.pool('p', ['192.0.2.0/28']);
    for (const name of names) await rig.waitForReason(name, 'Assigned');
    assert.deepEqual(await Promise.all(names.map(rig.addresses)), addresses);
    await eventually(async () => assert.equal((await rig.addresses('newcomer')).length, 1));
    const reasonsOf = async (name: string) => (await rig.events(name)).map(({ reason }) => reason).sort();
    for (const name of names)
      await eventuallyEqual(() => reasonsOf(name), ['Assigned', 'IPAllocated', 'PoolGone']);
  });

  it('takes the addresses of a deleted pool after its grace period', async () => {
    await rig.pool('p', ['192.0.2.0/28']);
    await rig.pool('q', ['198.51.100.0/32']);
    await rig.service('a', {}, { annotations: { 'metallb.io/address-pool': 'p' } });
    await rig.service('b', { loadBalancerIP: '192.0.2.5' });
    await rig.service('c');
    const first = await rig.startServing('--pool-delete-grace', '2s');
    await rig.waitForAddresses('a', '192.0.2.0');
    await rig.waitForAddresses('b', '192.0.2.5');
    await rig.waitForAddresses('c', '192.0.2.1');
    await rig.deletePool('p');
    await rig.waitForReason('a', 'PoolGone');
    await rig.waitForAddresses('a');
    assert.match((await rig.waitForReason('a', 'UnknownPool')).message, /no pool "p"/);
    await rig.waitForAddresses('b');
    await rig.waitForAddresses('c', '198.51.100.0');
    assert.match(
      await rig.waitForEvent('c', 'ClearAssignment'),
      /not allowed by config, will attempt for new IP/,
    );
    await first.stop();
    // After a restart no process has seen that pool; its Services still get a grace period, which ends.
    await rig.editStatus('b', { loadBalancer: { ingress: [{ ip: '192.0.2.5' }] } });
    await rig.edit('b', { metadata: { annotations: { 'metallb.io/ip-allocated-from-pool': 'p' } } });
    await rig.startServing('--pool-delete-grace', '2s');
    await rig.waitForReason('b', 'PoolGone');
    await rig.waitForAddresses('b');
    await rig.waitForReason('b', 'AddressNotInPool');
  });

  it('takes them at once with a grace period of 0, and moves Services whose range was removed', async () => {
    await rig.pool('p', ['192.0.2.0/29', '192.0.2.8/29']);
    await rig.pool('z', ['198.51.100.0/28']);
    await rig.startServing('--pool-delete-grace', '0');
    await rig.service('low', { loadBalancerIP: '192.0.2.1' });
    await rig.service('moves');
    await rig.service('stays', {}, { annotations: { 'metallb.io/loadBalancerIPs': '192.0.2.9' } });
    await rig.waitForAddresses('moves', '192.0.2.0');
    await rig.waitForAddresses('stays', '192.0.2.9');
    await rig.editPool('p', { addresses: ['192.0.2.8/29'] });
    await rig.waitForAddresses('moves', '192.0.2.8');
    assert.match(await rig.waitForEvent('moves', 'ClearAssignment'), /does not contain it any more/);
    await rig.waitForAddresses('low');
    await rig.waitForReason('low', 'AddressNotInPool');
    await rig.waitForAddresses('stays', '192.0.2.9');
    await rig.deletePool('p');
    await rig.waitForAddresses('moves', '198.51.100.0');
    await rig.waitForAddresses('stays');
  });

  it('honours serviceAllocation, and waits for matching labels', async () => {
    const labels = { team: 'a' };
    await rig.pool('b-open', ['192.0.2.0/28']);
    await rig.pool('for-a', ['198.51.100.0/28'], {
      serviceAllocation: { priority: 10, namespaceSelectors: [{ matchLabels: labels }] },
    });
    await rig.pool('picky', ['203.0.113.0/24'], {
      avoidBuggyIPs: true,
      serviceAllocation: { priority: 5, serviceSelectors: [{ matchLabels: { tier: 'gold' } }] },
    });
    await rig.startServing();
    await rig.service('plain');
    await rig.service('gold', {}, { labels: { tier: 'gold' } });
    await rig.service('asks', {}, { annotations: { 'metallb.io/address-pool': 'for-a' } });
    await rig.waitForAddresses('plain', '192.0.2.0');
    await rig.waitForAddresses('gold', '203.0.113.1');
    assert.match((await rig.waitForReason('asks', 'PoolNotCompatible')).message, /namespace default/);
    await rig.kubectl(['label', 'namespace', 'default', 'team=a']);
    await rig.waitForAddresses('asks', '198.51.100.0');
    await rig.service('later');
    await rig.waitForAddresses('later', '198.51.100.1');
    assert.deepEqual(await rig.addresses('plain'), ['192.0.2.0']);
    await rig.kubectl(['label', 'namespace', 'default', 'team-']);
    // A Service that the pool no longer admits moves, as with MetalLB.
    await rig.waitForAddresses('later', '192.0.2.1');
    await rig.waitForAddresses('asks');
  });

  it('reports that no speaker answers for a pool with layer 2 only', async () => {
    await rig.pool('p', ['192.0.2.0/28']);
    await rig.startServing();
    await rig.service('web');
    await rig.waitForReason('web', 'Assigned');
    const apply = (kind: string, name: string): Promise<unknown> => {
      const manifest = { apiVersion: 'metallb.io/v1beta1', kind, metadata: { name, namespace: NAMESPACE } };
      return rig.kubectl(['apply', '-f', '-'], JSON.stringify(manifest));
    };
    await apply('L2Advertisement', 'l2');
    const { message } = await rig.waitForReason('web', 'Layer2Only');
    assert.match(message, /Apply deploy\/layer2, .*, or add a BGPAdvertisement that covers it/);
    assert.match(await rig.waitForEvent('l2', 'NotAnnounced', NAMESPACE), /pool p: nobody announces/);
    assert.match(await rig.waitForEvent('p', 'NotAnnounced', NAMESPACE), /^Only an L2Advertisement covers/);
    await apply('BGPAdvertisement', 'bgp');
    const { status } = await rig.waitForReason('web', 'Assigned');
    assert.equal(status, 'True');
    assert.deepEqual(addressesOf(await rig.get('web')), ['192.0.2.0']);
    assert.equal(conditionOf(await rig.get('web'))?.message, '192.0.2.0 from pool "p".');
  });
});
