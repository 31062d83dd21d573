import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { NodeAnnouncement, PeerAnnouncement } from '../../../src/cli/bgp/why/conclusion.ts';
import { calicoWay, layer2Way, speakersWay } from '../../../src/cli/explain/service-ways.ts';

const peer = (name: string, change: Partial<PeerAnnouncement> = {}): PeerAnnouncement => ({
  ...{ name, established: true, problem: null, bfdProblem: null, advertised: ['192.0.2.1/32'], withheld: [] },
  ...change,
});
const node = (name: string, change: Partial<NodeAnnouncement> = {}): NodeAnnouncement => ({
  ...{ node: name, shouldAnnounce: true, code: 'announced', reason: '', fix: null, peers: [peer('tor')] },
  ...change,
});
const verdict = { announced: true, says: 'it is advertised' };

describe('the way by BGP', () => {
  it('has each router with the nodes that it sends to', () => {
    const { routers } = speakersWay(
      [node('n1'), node('n2', { peers: [peer('tor'), peer('spare')] })],
      verdict,
    );
    assert.deepEqual(routers, [
      { router: 'spare', routes: [{ prefix: '192.0.2.1/32', from: ['n2'] }] },
      { router: 'tor', routes: [{ prefix: '192.0.2.1/32', from: ['n1', 'n2'] }] },
    ]);
  });

  it('keeps a router that learns nothing, and says which session is down', () => {
    const down = peer('tor', { established: false, problem: 'no answer', advertised: [] });
    const { routers, nodes } = speakersWay([node('n1', { peers: [down] })], verdict);
    assert.deepEqual(routers, [{ router: 'tor', routes: [] }]);
    assert.deepEqual(nodes, [{ node: 'n1', leads: false, says: 'tor: no answer' }]);
  });

  it('says why a node does not announce it', () => {
    const { nodes } = speakersWay(
      [node('n1', { shouldAnnounce: false, reason: 'no endpoint', peers: [] })],
      verdict,
    );
    assert.deepEqual(nodes, [{ node: 'n1', leads: false, says: 'does not announce it: no endpoint' }]);
  });
});

describe('the way by layer 2', () => {
  const nodes = [
    { node: 'n1', says: 'answers', isOwner: true },
    { node: 'n2', says: 'may answer', isOwner: false },
  ];

  it('leads over the owner alone', () =>
    assert.deepEqual(
      layer2Way({ nodes }, verdict).nodes.map(({ leads }) => leads),
      [true, false],
    ));

  it('leads nowhere while the speakers stand by', () =>
    assert.deepEqual(
      layer2Way({ nodes }, { announced: false, says: 'they stand by' }).nodes.map(({ leads }) => leads),
      [false, false],
    ));
});

describe('the way by Calico', () => {
  it('is not known where the verdict is unknown, or there is none', () => {
    const way = { address: '192.0.2.1', routers: [], nodes: [], findings: [] };
    assert.equal(calicoWay({ ...way, verdict: null }).announced, null);
  });

  it('has no route where a router learns none', () => {
    const { routers } = calicoWay({
      ...{ address: '192.0.2.1', verdict: null, nodes: [], findings: [] },
      routers: [
        { router: 'a', prefix: '192.0.2.0/24', from: ['n1', 'n2'] },
        { router: 'b', prefix: null, from: [] },
      ],
    });
    assert.deepEqual(routers, [
      { router: 'a', routes: [{ prefix: '192.0.2.0/24', from: ['n1', 'n2'] }] },
      { router: 'b', routes: [] },
    ]);
  });
});
