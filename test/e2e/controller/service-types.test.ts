/** Which Services are managed, and what happens when their type or class changes. */
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import { type AnyObject, addressesOf, conditionOf, poolOf, Rig } from '../../controller/support/rig.ts';
import { eventually, unchangedFor } from '../../support/eventually.ts';
import { skipWithoutKubernetesBinaries } from '../../support/kubernetes-binaries.ts';

const PORTS = [{ port: 80 }];

type Outcome = { readonly addresses: number; readonly reason: string | null; readonly pool: string | null };

const outcomeOf = (service: AnyObject): Outcome => ({
  addresses: addressesOf(service).length,
  reason: conditionOf(service)?.reason ?? null,
  pool: poolOf(service) ?? null,
});

const SERVED: Outcome = { addresses: 1, reason: 'Assigned', pool: 'p' };
const UNTOUCHED: Outcome = { addresses: 0, reason: null, pool: null };

describe('types and classes of Services on a real API server', {
  skip: skipWithoutKubernetesBinaries(),
}, () => {
  let rig: Rig;
  before(async () => {
    rig = await Rig.borrow();
  });
  afterEach(() => rig.clean());
  after(() => rig?.stop());

  const settles = (name: string, outcome: Outcome): Promise<void> =>
    eventually(async () => assert.deepEqual(outcomeOf(await rig.get(name)), outcome, name));

  const table: readonly (readonly [kind: string, spec: AnyObject, classless: Outcome, classy: Outcome])[] = [
    ['load-balancer', {}, SERVED, UNTOUCHED],
    ['of-our-class', { loadBalancerClass: 'berth.dev/bgp' }, UNTOUCHED, SERVED],
    ['of-other-class', { loadBalancerClass: 'example.com/other' }, UNTOUCHED, UNTOUCHED],
    ['cluster-ip', { type: 'ClusterIP' }, UNTOUCHED, UNTOUCHED],
    ['node-port', { type: 'NodePort' }, UNTOUCHED, UNTOUCHED],
    ['headless', { type: 'ClusterIP', clusterIP: 'None' }, UNTOUCHED, UNTOUCHED],
    ['external-name', { type: 'ExternalName', externalName: 'example.com' }, UNTOUCHED, UNTOUCHED],
  ];

  for (const [flags, which] of [
    [[], 'without a class'],
    [['--lb-class', 'berth.dev/bgp'], 'with a class'],
  ] as const) {
    it(`${which} manages exactly the Services of that class`, async () => {
      await rig.pool('p', ['192.0.2.0/28']);
      for (const [kind, spec] of table) await rig.service(kind, spec);
      await rig.startServing(...flags);
      const expected = table.map(([kind, , classless, classy]) => [
        kind,
        flags.length === 0 ? classless : classy,
      ]);
      const shown = async () =>
        Promise.all(table.map(async ([kind]) => [kind, outcomeOf(await rig.get(kind))]));
      await eventually(async () => assert.deepEqual(await shown(), expected));
      assert.deepEqual(await unchangedFor(500, shown), expected);
    });
  }

  it('removes its annotation and condition when the type changes, frees the address, and serves the Service again', async () => {
    await rig.pool('p', ['192.0.2.0/32']);
    await rig.startServing();
    await rig.service('web');
    await rig.waitForAddresses('web', '192.0.2.0');
    await rig.service('waits');
    await rig.waitForReason('waits', 'PoolExhausted');
    await rig.edit('web', { spec: { type: 'ClusterIP' } });
    // The API server itself clears the addresses of a Service that is no longer a LoadBalancer.
    await settles('web', UNTOUCHED);
    await rig.waitForAddresses('waits', '192.0.2.0');
    await rig.edit('web', { spec: { type: 'LoadBalancer' } });
    await rig.waitForReason('web', 'PoolExhausted');
    await rig.delete('waits');
    await settles('web', SERVED);
    await rig.edit('web', {
      spec: { type: 'ExternalName', externalName: 'example.com', clusterIP: null, clusterIPs: null },
    });
    await settles('web', UNTOUCHED);
    await rig.service('next');
    await rig.waitForAddresses('next', '192.0.2.0');
  });

  it('finds formerly managed Services at its start', async () => {
    await rig.pool('p', ['192.0.2.0/28']);
    const first = await rig.startServing();
    await rig.service('web');
    await settles('web', SERVED);
    await first.stop();
    await rig.edit('web', { spec: { type: 'ClusterIP' } });
    assert.equal(poolOf(await rig.get('web')), 'p');
    await rig.startServing();
    await settles('web', UNTOUCHED);
  });

  it('keeps the address of a Service with a finalizer until it is deleted', async () => {
    await rig.pool('p', ['192.0.2.0/32']);
    await rig.startServing();
    await rig.service('web', {}, { finalizers: ['example.com/wait'] });
    await settles('web', SERVED);
    await rig.delete('web');
    await rig.service('next');
    await rig.waitForReason('next', 'PoolExhausted');
    assert.deepEqual(await rig.addresses('web'), ['192.0.2.0']);
    await rig.service('late', {}, { finalizers: ['example.com/wait'] });
    await rig.delete('late');
    await rig.edit('web', { metadata: { finalizers: null } });
    await rig.waitForAddresses('next', '192.0.2.0');
    assert.deepEqual(await rig.addresses('late'), []);
  });

  it('distinguishes a recreated Service of the same name from the deleted one', async () => {
    await rig.pool('p', ['192.0.2.0/28']);
    await rig.startServing();
    for (let round = 0; round < 10; round++) {
      await rig.service('web');
      if (round % 2 === 0) await settles('web', SERVED);
      await rig.delete('web');
    }
    await rig.service('web');
    await rig.waitForAddresses('web', '192.0.2.0');
    await rig.service('other');
    await rig.waitForAddresses('other', '192.0.2.1');
  });

  it('counts the addresses of Services of other classes as used', async () => {
    await rig.pool('p', ['192.0.2.0/31']);
    await rig.service('theirs', { loadBalancerClass: 'example.com/other' });
    await rig.editStatus('theirs', { loadBalancer: { ingress: [{ ip: '192.0.2.0' }] } });
    await rig.startServing();
    await rig.service('ours');
    await rig.waitForAddresses('ours', '192.0.2.1');
    await rig.service('waits');
    await rig.waitForReason('waits', 'PoolExhausted');
    await rig.editStatus('theirs', { loadBalancer: { ingress: null } });
    await rig.waitForAddresses('waits', '192.0.2.0');
    await settles('theirs', UNTOUCHED);
  });

  it('assigns the families of the cluster IPs', async () => {
    await rig.pool('p', ['192.0.2.0/28', '2001:db8::/124']);
    await rig.startServing();
    await rig.service('six', { ipFamilies: ['IPv6'], ipFamilyPolicy: 'SingleStack' });
    await rig.service('six-four', { ipFamilies: ['IPv6', 'IPv4'], ipFamilyPolicy: 'RequireDualStack' });
    await rig.service('grows');
    await rig.waitForAddresses('six', '2001:db8::');
    await rig.waitForAddresses('six-four', '2001:db8::1', '192.0.2.0');
    await rig.waitForAddresses('grows', '192.0.2.1');
    await rig.edit('grows', { spec: { ipFamilyPolicy: 'PreferDualStack' } });
    await rig.waitForAddresses('grows', '192.0.2.1', '2001:db8::2');
    await rig.edit('grows', { spec: { ipFamilyPolicy: 'SingleStack' } });
    await rig.waitForAddresses('grows', '192.0.2.1');
    assert.match(await rig.waitForEvent('grows', 'IPAllocated'), /Assigned/);
    await rig.service(
      'one-family-only',
      { ipFamilyPolicy: 'SingleStack', ports: PORTS },
      {
        annotations: { 'metallb.io/loadBalancerIPs': '2001:db8::9' },
      },
    );
    assert.match(
      (await rig.waitForReason('one-family-only', 'FamilyMismatch')).message,
      /the cluster IPs are IPv4/,
    );
  });

  it('writes ipMode only with its flag', async () => {
    await rig.pool('p', ['192.0.2.0/28']);
    await rig.startServing('--ip-mode', 'Proxy');
    await rig.service('web');
    await rig.waitForAddresses('web', '192.0.2.0');
    assert.equal((await rig.get('web')).status.loadBalancer.ingress[0].ipMode, 'Proxy');
  });
});
