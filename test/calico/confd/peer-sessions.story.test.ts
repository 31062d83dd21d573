/**
 * Stories of sessions with one peer: which of them BIRD keeps, in what order, and with which port and TTL. What BIRD 1.6.8
 * does was seen in network namespaces.
 */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Raw } from '../../../src/base/json.ts';
import type { CalicoObservation } from '../../../src/calico/cases/observation.ts';
import { configurationPatch, MESH, object, peerPatch, withChanges } from '../support/clusters.ts';
import { play } from '../support/played-cluster.ts';

const peer = (name: string, spec: Raw): Raw =>
  object('BGPPeer', name, { spec: { peerIP: '10.10.0.1', asNumber: 65116, ...spec } });

/** The sessions of a node with an address: kind, port and state. */
const sessions = (
  observation: CalicoObservation | undefined,
  node: string,
  address = '10.10.0.1',
): readonly string[] =>
  (observation?.nodes[node]?.sessions ?? [])
    .filter((one) => one.peer === address)
    .map(({ kind, port, state }) => `${kind}${port === undefined ? '' : ` ${port}`} ${state}`);

const withPeers = (...peers: readonly Raw[]): readonly Raw[] =>
  withChanges({ drop: ['BGPPeer/tor'], add: peers });

describe('two BGPPeers have one address', () => {
  const twoPorts = withPeers(peer('a', {}), peer('b', { peerIP: '10.10.0.1:1790' }));

  it('and two ports: the session is that of the port on which the router listens', () => {
    for (const [router, expected] of [
      [{}, ['global Established', 'global 1790 down']],
      [{ passive: true }, ['global Established', 'global 1790 down']],
      [{ listenPort: 1790 }, ['global down', 'global 1790 Established']],
      [{ listenPort: 1790, passive: true }, ['global down', 'global 1790 Established']],
      // The router connects to the node, and BIRD gives the connection to the first.
      [{ listenPort: 9999 }, ['global Established', 'global 1790 down']],
      [{ listenPort: 9999, passive: true }, ['global down', 'global 1790 down']],
    ] as const) {
      const [start] = play({ objects: twoPorts, routers: [router] });
      assert.deepEqual(sessions(start, 'w1'), expected, JSON.stringify(router));
    }
  });

  it('and one port, written in one of them: BIRD starts the first by name', () => {
    const [start] = play({ objects: withPeers(peer('a', { peerIP: '10.10.0.1:179' }), peer('b', {})) });
    assert.deepEqual(sessions(start, 'w1'), ['global Established', 'global down']);
  });

  it('and one of them is for all nodes: it hides the other only where both write the port alike', () => {
    const own = { nodeSelector: 'all()' };
    const [alike] = play({ objects: withPeers(peer('a', {}), peer('b', own)) });
    assert.deepEqual(sessions(alike, 'w1'), ['global Established']);
    const [unlike] = play({
      objects: withPeers(peer('a', {}), peer('b', { ...own, peerIP: '10.10.0.1:179' })),
    });
    assert.deepEqual(sessions(unlike, 'w1'), ['global Established', 'node down']);
  });

  it('and a BGPPeer that comes later does not take over a session that is up', () => {
    const written = peer('b', { peerIP: '10.10.0.1:179' });
    const [start, after, restarted] = play(
      { objects: withPeers(written) },
      { apply: [peer('a', {})] },
      { restartBird: ['w1', 'w2', 'cp1'] },
    );
    assert.deepEqual(sessions(start, 'w1'), ['global Established']);
    assert.deepEqual(sessions(after, 'w1'), ['global Established', 'global down']);
    assert.deepEqual(sessions(restarted, 'w1'), ['global Established', 'global down']);
  });
});

describe('a BGPPeer connects nodes that the mesh connects', () => {
  const objects = (spec: Raw): readonly Raw[] =>
    withChanges({
      ...configurationPatch(MESH),
      add: [object('BGPPeer', 'pair', { spec })],
    });
  const selected = { nodeSelector: 'all()', peerSelector: 'has(node-role.kubernetes.io/worker)' };

  it('and the mesh has the sessions', () => {
    const [start] = play({ objects: objects(selected) });
    assert.deepEqual(sessions(start, 'w1', '10.10.0.12'), ['mesh Established', 'node down']);
  });

  it('and a BGPPeer for all nodes has them from 3.32 on', () => {
    const spec = { peerSelector: 'all()' };
    const [now] = play({ objects: objects(spec) });
    assert.deepEqual(sessions(now, 'w1', '10.10.0.12'), ['global Established', 'mesh down']);
    const [before] = play({ calicoVersion: 'v3.31.7', objects: objects(spec) });
    assert.deepEqual(sessions(before, 'w1', '10.10.0.12'), ['mesh Established', 'global down']);
  });
});

describe('a peerIP is the address of a node', () => {
  const named = { peerIP: '10.10.0.12', asNumber: 64700, nodeSelector: "kubernetes.io/hostname == 'w1'" };
  const objects = (spec: Raw, more: Raw = {}): readonly Raw[] =>
    withChanges({ ...configurationPatch(more), add: [object('BGPPeer', 'pair', { spec })] });

  it('and that node has the session back', () => {
    const [start] = play({ objects: objects(named) });
    assert.deepEqual(sessions(start, 'w1', '10.10.0.12'), ['node Established']);
    assert.deepEqual(sessions(start, 'w2', '10.10.0.11'), ['node Established']);
  });

  it('and it has not with another AS, or if reversePeering is Manual', () => {
    for (const spec of [
      { ...named, asNumber: 64999 },
      { ...named, reversePeering: 'Manual' },
    ]) {
      const [start] = play({ objects: objects(spec) });
      assert.deepEqual(sessions(start, 'w1', '10.10.0.12'), ['node down']);
      assert.deepEqual(sessions(start, 'w2', '10.10.0.11'), []);
    }
  });

  it('and its listenPort is the port of the session', () => {
    const [start] = play({ objects: objects(named, { listenPort: 1179 }) });
    assert.deepEqual(sessions(start, 'w1', '10.10.0.12'), ['node 1179 Established']);
  });
});

describe('TTL security', () => {
  const torOf = (ttlSecurity: number | null, router: Raw): string => {
    const [start] = play({ objects: withChanges(peerPatch({ ttlSecurity })), routers: [router] });
    return sessions(start, 'w1')[0] ?? '';
  };
  for (const [ttlSecurity, router, expected] of [
    [1, true, 'Established'],
    [254, true, 'Established'],
    [null, true, 'down'],
    [0, true, 'down'],
    [1, false, 'down'],
    [254, false, 'down'],
    // A TTL of 1 is enough.
    [255, false, 'Established'],
    [0, false, 'Established'],
  ] as const)
    it(`of ${ttlSecurity ?? 'no'} hops and a router ${router ? 'with' : 'without'} it: the session is ${expected}`, () => {
      assert.equal(torOf(ttlSecurity, { ttlSecurity: router }), `node ${expected}`);
    });

  // A node without it sends packets with TTL 64.
  for (const [hops, expected] of [
    [1, 'down'],
    [191, 'down'],
    [192, 'Established'],
  ] as const)
    it(`of ${hops} hops on one of two nodes: the session is ${expected}`, () => {
      const spec = { asNumber: 64700, reversePeering: 'Manual' };
      const [start] = play({
        objects: withChanges({
          add: [
            object('BGPPeer', 'x', {
              spec: { ...spec, node: 'w1', peerIP: '10.10.0.12', ttlSecurity: hops },
            }),
            object('BGPPeer', 'y', { spec: { ...spec, node: 'w2', peerIP: '10.10.0.11' } }),
          ],
        }),
      });
      assert.deepEqual(sessions(start, 'w1', '10.10.0.12'), [`node ${expected}`]);
      assert.deepEqual(sessions(start, 'w2', '10.10.0.11'), [`node ${expected}`]);
    });
});
