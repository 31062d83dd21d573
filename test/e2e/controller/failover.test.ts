/** Two replicas and one lease: which one serves, and on which state successive leaders agree. */
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import { whenReady } from '../../controller/support/probe.ts';
import type { Program } from '../../controller/support/program.ts';
import { type AnyObject, NAMESPACE, Rig } from '../../controller/support/rig.ts';
import { eventually, eventuallyEqual, unchangedFor } from '../../support/eventually.ts';
import { skipWithoutKubernetesBinaries } from '../../support/kubernetes-binaries.ts';
import { freePort } from '../../support/real-api/ports.ts';

const SHORT = [
  '--leader-elect',
  '--lease-duration',
  '3s',
  '--renew-deadline',
  '2s',
  '--retry-period',
  '500ms',
];
const STATE = `/apis/metallb.io/v1beta1/namespaces/${NAMESPACE}/configurationstates/controller`;

describe('two controllers on a real API server', { skip: skipWithoutKubernetesBinaries() }, () => {
  let rig: Rig;
  before(async () => {
    rig = await Rig.borrow();
  });
  afterEach(() => rig.clean());
  after(() => rig?.stop());

  const isServing = (program: Program): boolean =>
    program.log.findLastIndex(({ msg }) => msg === 'serving') >
    program.log.findLastIndex(({ msg }) => msg === 'no longer serving');

  const pair = async (...flags: readonly string[]): Promise<readonly [Program, Program]> => {
    const leader = await rig.startServing(...SHORT, ...flags);
    const port = await freePort();
    const standby = rig.controller(...SHORT, ...flags, '--health-probe-port', String(port));
    await whenReady(port);
    return [leader, standby];
  };

  it('hand over on SIGTERM, and no address moves', async () => {
    await rig.pool('p', ['192.0.2.0/24']);
    const [leader, standby] = await pair();
    for (let index = 0; index < 20; index++) await rig.service(`web-${index}`);
    const shown = async () =>
      (await rig.services()).map(({ metadata, status }) => [
        metadata.name,
        status.loadBalancer.ingress?.[0]?.ip,
      ]);
    await eventually(async () => {
      for (const [name, ip] of await shown()) assert.ok(name === 'kubernetes' || ip !== undefined, name);
    });
    assert.equal(isServing(standby), false);
    await eventually(() => unchangedFor(1500, () => rig.versions()));
    const before = await shown();
    const versions = await rig.versions();
    assert.equal(await leader.stop(), 0);
    await standby.waitUntilServing();
    await rig.service('later');
    await rig.waitForAddresses('later', '192.0.2.20');
    await rig.delete('later');
    assert.deepEqual(await shown(), before);
    const now = await rig.versions();
    for (const [name, version] of Object.entries(versions)) {
      if (!name.startsWith('IPAddressPool')) assert.equal(now[name], version, name);
    }
  });

  it('serve again after kill -9, once the lease has expired', async () => {
    await rig.pool('p', ['192.0.2.0/24']);
    const [leader, standby] = await pair();
    await rig.service('a');
    await rig.waitForAddresses('a', '192.0.2.0');
    await leader.kill9();
    await rig.service('b');
    await rig.waitForAddresses('b', '192.0.2.1');
    assert.equal(isServing(standby), true);
    assert.deepEqual(await rig.addresses('a'), ['192.0.2.0']);
  });

  it('never both assign, even if the leader is stopped past its lease and continues', async () => {
    await rig.pool('p', ['192.0.2.0/24']);
    const [leader, standby] = await pair();
    await rig.service('a');
    await rig.waitForAddresses('a', '192.0.2.0');
    leader.signal('SIGSTOP');
    for (const name of ['b', 'c', 'd']) await rig.service(name);
    await standby.waitUntilServing();
    await eventually(async () => {
      for (const name of ['b', 'c', 'd']) assert.equal((await rig.addresses(name)).length, 1, name);
    });
    const granted = await Promise.all(['a', 'b', 'c', 'd'].map(rig.addresses));
    leader.signal('SIGCONT');
    await leader.waitForLog('no longer serving');
    for (const name of ['e', 'f']) await rig.service(name);
    await eventually(async () => {
      for (const name of ['e', 'f']) assert.equal((await rig.addresses(name)).length, 1, name);
    });
    assert.deepEqual(await Promise.all(['a', 'b', 'c', 'd'].map(rig.addresses)), granted);
    const all = (await Promise.all(['a', 'b', 'c', 'd', 'e', 'f'].map(rig.addresses))).flat();
    assert.equal(new Set(all).size, 6);
    assert.deepEqual([isServing(leader), isServing(standby)], [false, true]);
  });

  it('agree about invalid and overlapping pools, so that a failover takes no address', async () => {
    await rig.pool('elder', ['192.0.2.0/28']);
    const [leader, standby] = await pair();
    await rig.service('a', { loadBalancerIP: '192.0.2.3' });
    await rig.service('b');
    await rig.waitForAddresses('a', '192.0.2.3');
    await rig.waitForAddresses('b', '192.0.2.0');
    await rig.pool('broken', ['198.51.100.0/28']);
    await rig.service('c', {}, { annotations: { 'metallb.io/address-pool': 'broken' } });
    await rig.waitForAddresses('c', '198.51.100.0');
    await rig.pool('younger', ['192.0.2.8/29', '203.0.113.0/30']);
    await rig.service('d', {}, { annotations: { 'metallb.io/address-pool': 'younger' } });
    await rig.waitForAddresses('d', '203.0.113.0');
    await rig.editPool('broken', { addresses: ['198.51.100.0/28', 'rubbish'] });
    const names = ['a', 'b', 'c', 'd'];
    const before = await Promise.all(names.map(rig.addresses));
    assert.match(await rig.waitForEvent('broken', 'PoolInvalid', NAMESPACE), /spec\.addresses\[1\].*rubbish/);
    assert.match(await rig.waitForEvent('younger', 'PoolOverlaps', NAMESPACE), /192\.0\.2\.8\/29.*"elder"/);
    await eventually(async () => {
      const { status } = await rig.api.requestOk<AnyObject>('GET', STATE);
      assert.equal(status.result, 'Invalid');
      assert.match(status.errorSummary, /pool "broken".*\n?.*pool "elder"/s);
    });
    await rig.service('from-overlap', { loadBalancerIP: '192.0.2.9' });
    await rig.waitForAddresses('from-overlap', '192.0.2.9');
    await rig.service(
      'younger-overlap',
      { loadBalancerIP: '192.0.2.10' },
      {
        annotations: { 'metallb.io/address-pool': 'younger' },
      },
    );
    await rig.waitForReason('younger-overlap', 'AddressOverlapped');
    // The leader and its standby both have the last good version of the invalid pool.
    await rig.service('e', {}, { annotations: { 'metallb.io/address-pool': 'broken' } });
    await rig.waitForAddresses('e', '198.51.100.1');
    await leader.stop();
    await standby.waitUntilServing();
    await rig.service('f', {}, { annotations: { 'metallb.io/address-pool': 'broken' } });
    await rig.waitForAddresses('f', '198.51.100.2');
    assert.deepEqual(await Promise.all(names.map(rig.addresses)), before);
    // A new process does not: it assigns nothing from that pool, and takes nothing away.
    await standby.stop();
    const fresh = await rig.startServing(...SHORT);
    await rig.service('g', {}, { annotations: { 'metallb.io/address-pool': 'broken' } });
    assert.match((await rig.waitForReason('g', 'PoolInvalid')).message, /Pool ".*" is invalid/);
    assert.deepEqual(await Promise.all(names.map(rig.addresses)), before);
    assert.deepEqual(await rig.addresses('f'), ['198.51.100.2']);
    const warnings = (await rig.events('broken', NAMESPACE)).length;
    await rig.editPool('broken', { addresses: ['198.51.100.0/28'] });
    await rig.waitForAddresses('g', '198.51.100.3');
    await rig.waitForReason('c', 'Assigned');
    assert.deepEqual(await Promise.all(names.map(rig.addresses)), before);
    assert.equal(warnings, 1, 'the same complaint was told more than once');
    await rig.deletePool('younger');
    await rig.waitForReason('d', 'PoolGone');
    await eventuallyEqual(
      async () => (await rig.api.requestOk<AnyObject>('GET', STATE)).status.result,
      'Valid',
    );
    await fresh.stop();
  });
});
