/**
 * Sharing keys across namespaces, as MetalLB has it: a key is no secret and belongs to no namespace. What a stranger who uses
 * somebody's key can do, and what not.
 */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { pool, type ServiceOverrides, service, TestCluster } from './support/test-cluster.ts';

const KEY = { 'allow-shared-ip': 'shared' };
const sharing = (name: string, tcpPorts: readonly number[], more: ServiceOverrides = {}) =>
  service(name, { requests: KEY, tcpPorts, ...more });

const addressOf = (cluster: TestCluster, name: string): string | null =>
  cluster.get(name).ingress[0]?.ip ?? null;

const owner = () => sharing('owner/web', [80]);

describe('a Service of another namespace with the same sharing key', () => {
  it('shares the address where its ports differ', () => {
    const cluster = new TestCluster({ pools: [pool('p', ['10.0.0.0/30'])], services: [owner()] });
    cluster.apply(sharing('stranger/mail', [25]));
    assert.equal(addressOf(cluster, 'stranger/mail'), addressOf(cluster, 'owner/web'));
  });

  it('gets another address where a port is in use, and takes none', () => {
    const cluster = new TestCluster({ pools: [pool('p', ['10.0.0.0/30'])], services: [owner()] });
    cluster.apply(sharing('stranger/web', [80]));
    assert.equal(addressOf(cluster, 'owner/web'), '10.0.0.0');
    assert.equal(addressOf(cluster, 'stranger/web'), '10.0.0.1');
  });

  it('keeps what it shares when the first one goes, and may then be the one that a newcomer conflicts with', () => {
    const cluster = new TestCluster({ pools: [pool('p', ['10.0.0.0/30'])], services: [owner()] });
    cluster.apply(sharing('stranger/mail', [25]));
    cluster.delete('owner/web');
    assert.equal(addressOf(cluster, 'stranger/mail'), '10.0.0.0');
    cluster.apply(sharing('owner/web', [80]));
    assert.equal(addressOf(cluster, 'owner/web'), '10.0.0.0', 'ports differ, so it shares again');
    cluster.apply(sharing('owner/other', [25]));
    assert.equal(addressOf(cluster, 'owner/other'), '10.0.0.1');
  });

  it('moves nobody when it takes a port that another one needs: later changes of ports are its own loss', () => {
    const cluster = new TestCluster({ pools: [pool('p', ['10.0.0.0/30'])], services: [owner()] });
    cluster.apply(sharing('stranger/mail', [25]));
    const before = addressOf(cluster, 'owner/web');
    cluster.edit('stranger/mail', { ports: [{ protocol: 'TCP', port: 80 }] });
    assert.equal(addressOf(cluster, 'owner/web'), before);
    assert.notEqual(addressOf(cluster, 'stranger/mail'), before);
  });

  it('gets nothing of a pool that its namespace may not use, whatever its key is', () => {
    const own = { serviceAllocation: { namespaces: ['owner'] } };
    const cluster = new TestCluster({ pools: [pool('p', ['10.0.0.0/30'], own)], services: [owner()] });
    cluster.apply(sharing('stranger/mail', [25]));
    assert.equal(addressOf(cluster, 'owner/web'), '10.0.0.0');
    assert.equal(addressOf(cluster, 'stranger/mail'), null);
    cluster.apply(sharing('stranger/asks', [26], { requests: { ...KEY, loadBalancerIPs: '10.0.0.0' } }));
    assert.equal(addressOf(cluster, 'stranger/asks'), null);
  });

  it('does not share where one is Local and they select different pods', () => {
    const cluster = new TestCluster({
      pools: [pool('p', ['10.0.0.0/30'])],
      services: [sharing('owner/web', [80], { externalTrafficPolicy: 'Local', selector: 'app=web' })],
    });
    cluster.apply(sharing('stranger/mail', [25], { externalTrafficPolicy: 'Local', selector: 'app=mail' }));
    assert.notEqual(addressOf(cluster, 'stranger/mail'), addressOf(cluster, 'owner/web'));
  });

  it('finds the same addresses after a restart, in whatever order they are listed', () => {
    const cluster = new TestCluster({ pools: [pool('p', ['10.0.0.0/30'])], services: [owner()] });
    cluster.apply(sharing('stranger/mail', [25]), sharing('stranger/web', [80]));
    const again = cluster.restart();
    for (const name of ['owner/web', 'stranger/mail', 'stranger/web'])
      assert.equal(addressOf(again, name), addressOf(cluster, name), name);
  });
});
