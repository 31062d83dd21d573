/** What is said of Services where speakers announce: by the objects of a cluster and the words of its nodes. */

import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import type { Raw } from '../../../../src/base/json.ts';
import { advertisement, node, peer, pool, service } from '../../../announce/support/cluster.ts';
import { NativeCluster } from '../../support/native-cluster.ts';

const EXCLUDED = { 'node.kubernetes.io/exclude-from-external-load-balancers': '' };

let cluster: NativeCluster;
beforeEach(() => {
  cluster = new NativeCluster();
  cluster.putEndpoints('a', 'w2');
});

const LOCAL = { externalTrafficPolicy: 'Local' };
const ONE = ['10.20.1.5'];

describe('a Service that is announced', () => {
  const rows: readonly [says: string, how: () => void, spec: Raw, ips: readonly string[], message: string][] =
    [
      ['names all nodes', () => {}, {}, ONE, 'Announced by BGP from w1, w2, w3 to tor (10.213.0.1).'],
      [
        'names those of its endpoints, where it is Local',
        () => {},
        LOCAL,
        ONE,
        'Announced by BGP from w2 to tor (10.213.0.1).',
      ],
      [
        'names all its peers, and is content with one session',
        () => (cluster.peers = [peer('tor'), peer('tor2', { peerAddress: '10.213.0.2' })]),
        {},
        ONE,
        'Announced by BGP from w1, w2, w3 to tor (10.213.0.1), tor2 (10.213.0.2).',
      ],
      [
        'leaves out nodes that have left, have no speaker or are excluded',
        () => {
          cluster.reportStatus('w1', [], 'left');
          cluster.nodes.push(node('w4'), node('w5', EXCLUDED));
          cluster.reportStatus('w5', ['tor']);
        },
        {},
        ONE,
        'Announced by BGP from w2, w3 to tor (10.213.0.1).',
      ],
      [
        'names an excluded node whose speaker does not mind',
        () => {
          cluster.nodes = [node('w1', EXCLUDED)];
          cluster.reportStatus('w1', ['tor'], 'speaking', true);
        },
        {},
        ONE,
        'Announced by BGP from w1 to tor (10.213.0.1).',
      ],
      [
        'names some of many',
        () => {
          for (let index = 10; index < 60; index++) {
            cluster.nodes.push(node(`x${index}`));
            cluster.reportStatus(`x${index}`, ['tor']);
          }
        },
        {},
        ONE,
        'Announced by BGP from w1, w2, w3 and others to tor (10.213.0.1).',
      ],
      [
        'is of two families where two peers are',
        () => (cluster.peers = [peer('tor'), peer('six', { peerAddress: 'fd00::1' })]),
        {},
        [...ONE, 'fd00:20:1::5'],
        'False SessionDown',
      ],
    ];
  for (const [title, how, spec, ips, message] of rows)
    it(title, () => {
      how();
      const condition = cluster.evaluate(service('a', ips, spec));
      if (message.startsWith('False')) assert.equal(`${condition?.status} ${condition?.reason}`, message);
      else assert.deepEqual(condition, { status: 'True', reason: 'Announced', message });
    });

  it('has the same message while sessions go up and down, until the last one is down', () => {
    const before = cluster.describe(ONE);
    cluster.reportStatus('w1', []);
    cluster.reportStatus('w2', []);
    assert.equal(cluster.describe(ONE), before);
    cluster.reportStatus('w3', []);
    assert.equal(
      cluster.describe(ONE),
      'False SessionDown: No session is established that would carry 10.20.1.5: from w1, w2, w3 to tor (10.213.0.1). The SpeakerStatus objects of these nodes say what is wrong.',
    );
  });

  it('needs a session of the node of the endpoint where it is Local', () => {
    cluster.reportStatus('w2', []);
    assert.match(cluster.describe(ONE, LOCAL), /^False SessionDown/);
    assert.match(cluster.describe(ONE), /^True Announced/);
  });

  it('has the same message while speakers are restarted one by one', () => {
    const before = cluster.describe(ONE);
    cluster.setReadyPods('w1');
    assert.equal(cluster.describe(ONE), before);
    cluster.reportStatus('w1', []);
    assert.match(cluster.describe(ONE), /^False SessionDown: .* from w1, w2, w3 to tor/);
  });

  it('does not name a node that has failed, and names it again when it is back', () => {
    const before = cluster.describe(ONE);
    cluster.setReadyPods('w1', 'w3');
    cluster.unreadyNodes = ['w2'];
    assert.equal(cluster.describe(ONE), before.replace('w1, w2, w3', 'w1, w3'));
    cluster.setReadyPods('w1', 'w2', 'w3');
    assert.equal(cluster.describe(ONE), before);
  });

  it('is not announced where none of its speakers runs, whatever their documents say', () => {
    const remedy = 'missing or not ready.';
    cluster.setReadyPods('w1', 'w3');
    assert.match(cluster.describe(ONE), /^True Announced/);
    assert.equal(
      cluster.describe(ONE, LOCAL),
      `False NoSpeaker: Nothing announces 10.20.1.5: the speaker on w2 does not run. To fix it: see why its Pod is ${remedy}`,
    );
    cluster.setReadyPods();
    assert.equal(
      cluster.describe(ONE),
      `False NoSpeaker: Nothing announces 10.20.1.5: the speakers on w1, w2, w3 do not run. To fix it: see why their Pods are ${remedy}`,
    );
  });

  it('stays announced while its pool is deleted and its address stays', () => {
    cluster.describe(ONE);
    cluster.pools = [];
    assert.match(cluster.describe(ONE), /^True Announced/);
    cluster.lastAnnounced.clear();
    assert.match(cluster.describe(ONE), /^False NoPoolHolds/);
  });
});

describe('a Service that is not announced', () => {
  const rows: readonly [says: string, how: () => void, spec: Raw, expected: RegExp][] = [
    [
      'lies in no pool',
      () => (cluster.pools = [pool('main', ['10.9.0.0/24'])]),
      {},
      /^False NoPoolHolds: No node announces 10\.20\.1\.5: no pool contains 10\.20\.1\.5\. To fix it: list 10\.20\.1\.5 in spec\.addresses/,
    ],
    [
      'has no advertisement',
      () => (cluster.advertisements = []),
      {},
      /^False NoAdvertisement: .* on w1, no BGPAdvertisement of pool "main" selects this node\. To fix it: name the pool/,
    ],
    [
      'is selected by none',
      () =>
        (cluster.advertisements = [
          advertisement('all', { serviceSelectors: [{ matchLabels: { a: 'b' } }] }),
        ]),
      {},
      /^False NoAdvertisement: .* To fix it: let spec\.serviceSelectors/,
    ],
    [
      'has two that disagree',
      () =>
        (cluster.advertisements = [
          advertisement('a', { localPref: 100 }),
          advertisement('b', { localPref: 200, serviceSelectors: [{ matchLabels: {} }] }),
        ]),
      {},
      /^False AdvertisementsConflict: .*the BGPAdvertisements "a" and "b"/,
    ],
    [
      'has no peer',
      () => (cluster.peers = []),
      {},
      /^False NoPeer: .*no BGPPeer selects a node that has a speaker\. To fix it: .* create an L2Advertisement/,
    ],
    [
      'is meant for other peers',
      () => (cluster.advertisements = [advertisement('all', { peers: ['other'] })]),
      {},
      /^False NoPeer: .*spec\.peers/,
    ],
    [
      'is of another family than the session',
      () => (cluster.peers = [peer('tor', { peerAddress: 'fd00::1' })]),
      {},
      /^False NoPeer: .*no session carries IPv4/,
    ],
    [
      'has excluded nodes alone',
      () => (cluster.nodes = [node('w1', EXCLUDED), node('w9')]),
      {},
      /^False NodesExcluded: .*on w1, .*kubectl label node w1/s,
    ],
    [
      'has no endpoint',
      () => cluster.endpoints.remove('web/a-1'),
      {},
      /^False NoEndpointAnnounces: .*: no endpoint is ready or serving/,
    ],
    [
      'has none on a node that announces',
      () => cluster.putEndpoints('a', 'cp1'),
      LOCAL,
      /^False NoEndpointAnnounces: .*on w1, externalTrafficPolicy is Local/,
    ],
    [
      'has no speaker any more',
      () => {
        for (const name of ['w1', 'w2', 'w3']) cluster.reportStatus(name, [], 'left');
      },
      {},
      /^False NoSpeaker/,
    ],
    [
      'has the reason of the node with the farthest check',
      () => {
        cluster.advertisements = [advertisement('all', { nodeSelectors: [{ matchLabels: { rack: 'a' } }] })];
        cluster.nodes = [node('w1'), node('w3', { rack: 'a' })];
      },
      LOCAL,
      /on w3, externalTrafficPolicy is Local/,
    ],
  ];
  for (const [title, how, spec, expected] of rows)
    it(title, () => {
      how();
      assert.match(cluster.describe(ONE, spec), expected);
    });

  it('has no condition while it has no address, or has a host name', () => {
    assert.equal(cluster.describe([]), '');
    assert.equal(cluster.describe(['']), '');
  });
});

it('a few nodes are evaluated for all of them', () => {
  for (let index = 0; index < 500; index++) {
    cluster.nodes.push(node(`n${index}`, { 'kubernetes.io/hostname': `n${index}`, rack: `${index % 2}` }));
    cluster.reportStatus(`n${index}`, ['tor']);
  }
  cluster.advertisements = [
    advertisement('all'),
    advertisement('rack', { nodeSelectors: [{ matchLabels: { rack: '1' } }] }),
  ];
  const sizes = cluster.context.classes.map(({ names }) => names.length);
  assert.deepEqual(
    sizes.sort((x, y) => x - y),
    [250, 253],
  );
});
