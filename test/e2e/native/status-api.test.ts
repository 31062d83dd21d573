/** The status API of speakers with a real router, queried by `berth bgp`. */
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import { eventually } from '../../support/eventually.ts';
import { skipWithoutKubernetesBinaries } from '../../support/kubernetes-binaries.ts';
import { skipWithoutNetworkBinaries } from '../../support/network-binaries.ts';
import { NativeCluster, NODE_AS, NODES, ROUTER } from './support/native-cluster.ts';

describe('berth bgp with speakers', {
  skip: skipWithoutKubernetesBinaries() || skipWithoutNetworkBinaries(),
}, () => {
  let cluster: NativeCluster;

  before(async () => {
    cluster = await NativeCluster.start();
    await cluster.configureRouter();
  });
  afterEach(async () => {
    await cluster.clean();
    await cluster.configureRouter();
  });
  after(() => cluster?.stop());

  it('shows the session, the route and the Service as the router has them', async () => {
    await cluster.setUpDefaults();
    await cluster.expose('edge', ['w2'], { externalTrafficPolicy: 'Local' });
    await cluster.waitForRoutes('10.50.0.0/32', ['w2']);
    const peers = await cluster.berth('w2', 'bgp', 'peers', '--speaker', STATUS_API_URL);
    assert.equal(peers.code, 0, peers.out);
    assert.match(peers.out, /^1 of 1 session established$/m);
    assert.match(
      peers.out,
      new RegExp(`^w2 +tor +10\\.10\\.0\\.1:179 +${ROUTER.as} +Established .* 9 s +4 +1 +0 +0$`, 'm'),
    );
    const routes = await cluster.berth('w2', 'bgp', 'routes', '--speaker', STATUS_API_URL);
    assert.match(routes.out, new RegExp(`^ +10\\.50\\.0\\.0/32 +10\\.10\\.0\\.12 +${NODE_AS} `, 'm'));
    const here = await cluster.berth('w2', 'bgp', 'why', 'edge', '--speaker', STATUS_API_URL);
    assert.deepEqual(
      [here.code, /w2 advertises 10\.50\.0\.0\/32 to tor/.test(here.out)],
      [0, true],
      here.out,
    );
    const elsewhere = await cluster.berth('w1', 'bgp', 'why', 'edge', '--speaker', STATUS_API_URL);
    assert.equal(elsewhere.code, 3);
    assert.match(elsewhere.out, /no node advertises default\/edge: externalTrafficPolicy is Local/);
  });

  const faults: readonly (readonly [
    fault: string,
    how: (cluster: NativeCluster) => Promise<unknown>,
    says: RegExp,
  ])[] = [
    [
      'expects another AS of us',
      async (cluster) => {
        await cluster.configureRouter({ ...ROUTER, nodeAS: 64_999 });
        await cluster.createPeer();
      },
      /^the peer rejects our AS number 65001: OPEN Message Error \/ Bad Peer AS \(2\/2\)/,
    ],
    [
      'is of another AS than we expect',
      (cluster) => cluster.createPeer('tor', { peerASN: 64_999 }),
      /^the peer is in AS 65116, expected AS 64999$/m,
    ],
    [
      'does not listen on that port',
      (cluster) => cluster.createPeer('tor', { peerPort: 1790 }),
      /^10\.10\.0\.1 port 1790 refuses the connection/,
    ],
    [
      'has no password',
      (cluster) => cluster.createPeer('tor', { password: 'secret-word', connectTime: '1s' }),
      /a wrong or missing password on either side has the same symptom/,
    ],
  ];
  for (const [fault, how, says] of faults) {
    it(`begins with the problem: the router ${fault}`, async () => {
      await cluster.rig.pool('main', ['10.50.0.0/24']);
      await cluster.createObject('BGPAdvertisement', 'all', {});
      await how(cluster);
      cluster.startSpeaker(NODES[0]);
      await eventually(async () => {
        const { code, out } = await cluster.berth(NODES[0], 'bgp', 'peers', '--speaker', STATUS_API_URL);
        assert.equal(code, 3, out);
        const [sentence = ''] = out.split('\n\n').map((text) => text.split('\n  BGPPeer')[0]);
        assert.match(sentence.replaceAll('\n', ' '), says, out);
        assert.doesNotMatch(out, /secret-word/);
      });
    });
  }
});

const STATUS_API_URL = 'http://127.0.0.1:17473';
