/** What goes wrong in the field: a wrong password, a range that BIRD cannot read, a node that is suddenly gone. */
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import { eventually } from '../../controller/support/eventually.ts';
import { skipWithoutNetParts } from '../../support/netparts.ts';
import { skipWithoutRealParts } from '../../support/skip.ts';
import type { Loose } from './bird1/world.ts';
import { CALICO, Cluster, prefixesOf, sendersOf, TOR, WORKERS } from './cluster.ts';

/** The router's hold time is 9 s; the rest is for a machine that is busy. */
const RECOVERS_WITHIN_MS = 40_000;

describe('a fault', { skip: skipWithoutRealParts() || skipWithoutNetParts() }, () => {
  let cluster: Cluster;

  before(async () => {
    cluster = await Cluster.start();
    await cluster.stage.startRouter(TOR);
  });
  afterEach(() => cluster.clean());
  after(() => cluster?.stop());

  it('a wrong password on one node costs the routes of that node alone, until it is mended', async () => {
    await cluster.examples();
    await cluster.rig.api.must('PATCH', '/api/v1/namespaces/kube-system/secrets/tor-peer', {
      stringData: { other: 'mistyped' },
    });
    const peer = await cluster.rig.api.must<Loose>('GET', `${CALICO}/bgppeers/tor`);
    await cluster.rig.api.must('PATCH', `${CALICO}/bgppeers/tor`, {
      spec: { nodeSelector: `${peer.spec.nodeSelector} && kubernetes.io/hostname != 'w3'` },
    });
    await cluster.rig.api.must('POST', `${CALICO}/bgppeers`, {
      ...peer,
      metadata: { name: 'tor-w3' },
      spec: {
        ...peer.spec,
        nodeSelector: "kubernetes.io/hostname == 'w3'",
        password: { secretKeyRef: { name: 'tor-peer', key: 'other' } },
      },
    });
    await cluster.expose('web', ['w3']);
    assert.deepEqual(sendersOf(await cluster.settles(), '192.168.5.0/24'), ['w1', 'w2']);
    for (const { pod } of await cluster.answers('http://192.168.5.0/')) assert.equal(pod, 'w3-pod3');
    await cluster.rig.api.must('PATCH', `${CALICO}/bgppeers/tor-w3`, {
      spec: { password: { secretKeyRef: { name: 'tor-peer', key: 'tor-pw' } } },
    });
    assert.deepEqual(sendersOf(await cluster.settles(), '192.168.5.0/24'), WORKERS);
  });

  it('host bits in a range change nothing until BIRD starts anew, and then the nodes are dark until it is mended', async () => {
    await cluster.examples();
    await cluster.expose('web', ['w1']);
    await cluster.rig.shows('web', '192.168.5.0');
    await cluster.settles();
    const range = (cidr: string): Promise<Loose> =>
      cluster.configure({ serviceLoadBalancerIPs: [{ cidr }], serviceClusterIPs: null });
    await range('192.168.5.7/24');
    await eventually(() => {
      for (const { daemons } of cluster.stage.nodes)
        assert.ok(daemons.some(({ family, complaint }) => family === 4 && complaint !== null));
    });
    await cluster.answers('http://192.168.5.0/');
    await cluster.stage.restartDaemons();
    assert.deepEqual(prefixesOf(await cluster.settles()), []);
    const [answer] = await cluster.fetch('http://192.168.5.0/');
    assert.ok(answer.error !== undefined);
    await range('192.168.5.0/24');
    assert.deepEqual(prefixesOf(await cluster.settles()), ['192.168.5.0/24']);
    await cluster.answers('http://192.168.5.0/');
  });

  it('a node whose link is cut is left aside by the router once its hold time is over, and comes back', async () => {
    await cluster.examples();
    await cluster.expose('web', ['w1', 'w2']);
    await cluster.settles();
    await cluster.answers('http://192.168.5.0/');
    cluster.stage.router.ip('link set w3 down');
    await cluster.answers('http://192.168.5.0/', 30, RECOVERS_WITHIN_MS);
    assert.deepEqual(sendersOf(await cluster.settles(TOR, ['w3']), '192.168.5.0/24'), ['w1', 'w2']);
    cluster.stage.router.ip('link set w3 up');
    assert.deepEqual(sendersOf(await cluster.settles(), '192.168.5.0/24'), WORKERS);
    await cluster.answers('http://192.168.5.0/', 30);
  });
});
