/** Routers that Calico peers with from a node, and Berth's own peers at the same addresses. */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ConfigObjects } from '../../../src/announce/config/node-config.ts';
import { NodeModel } from '../../../src/announce/model/node-model.ts';
import type { Raw } from '../../../src/base/json.ts';
import { findCalicoRouters } from '../../../src/calico/confd/calico-routers.ts';
import { decodeNode } from '../../../src/objects/node.ts';
import { advertisement, DEFAULT_SPEAKER, node, peer, pool } from '../../announce/support/cluster.ts';

const NODE = { name: 'n1', labels: { rack: 'a' } };

const calico = (spec: Raw): Raw => ({ kind: 'BGPPeer', metadata: { name: 'tor' }, spec });

const ROWS: readonly (readonly [title: string, spec: Raw, routers: readonly string[]])[] = [
  ['a global one has its router', { peerIP: '10.0.0.1', asNumber: 65000 }, ['10.0.0.1']],
  ['with any port', { peerIP: '10.0.0.1:1790' }, ['10.0.0.1']],
  ['of either family, in canonical form', { peerIP: '[FD00:0::1]:1790' }, ['fd00::1']],
  ['one for this node has it too', { node: 'n1', peerIP: '10.0.0.1' }, ['10.0.0.1']],
  ['one for another node has not', { node: 'n2', peerIP: '10.0.0.1' }, []],
  ['one whose selector does not match has not', { nodeSelector: "rack == 'b'", peerIP: '10.0.0.1' }, []],
  ['one whose selector matches has', { nodeSelector: "rack == 'a'", peerIP: '10.0.0.1' }, ['10.0.0.1']],
  ['an invalid selector matches nothing', { nodeSelector: 'rack ==', peerIP: '10.0.0.1' }, []],
  ['node-to-node peers are no routers', { peerSelector: 'has(reflector)' }, []],
];

describe("Calico's BGPPeers", () => {
  for (const [title, spec, routers] of ROWS)
    it(title, () => {
      assert.deepEqual([...findCalicoRouters([calico(spec)], NODE).keys()], routers);
    });
});

describe("a peer at a router of Calico's", () => {
  const foreignSessions = findCalicoRouters([calico({ peerIP: '10.213.0.1' })], NODE);
  const config = (peers: readonly Raw[], more: Partial<ConfigObjects> = {}): ConfigObjects => ({
    pools: [pool('main', ['10.20.1.0/24'])],
    advertisements: [advertisement('all')],
    peers,
    ...{ layer2: [], communities: [], bfdProfiles: [], secrets: [] },
    ...more,
  });
  const initialModel = (objects: ConfigObjects) => {
    const model = new NodeModel(DEFAULT_SPEAKER);
    model.putNode(decodeNode(node('n1')));
    model.putConfig(objects);
    return { model, first: model.recompute() };
  };
  const names = (all: readonly { readonly name: string }[]) => all.map(({ name }) => name);

  it('is refused with the reason, and other peers are not', () => {
    const { first } = initialModel(
      config([peer('r1'), peer('r2', { peerAddress: '10.213.0.2' })], { foreignSessions }),
    );
    assert.deepEqual(names(first.peers.added), ['r2']);
    assert.match(
      first.errors?.map(({ issue }) => issue.message).join() ?? '',
      /^Calico's BGPPeer "tor" already makes this node peer with 10\.213\.0\.1/,
    );
  });

  it('is allowed by its annotation', () => {
    const allowed = peer('r1');
    const annotations = { 'berth.dev/allow-beside-calico': 'true' };
    const metadata = { ...(allowed['metadata'] as Raw), annotations };
    assert.deepEqual(
      names(initialModel(config([{ ...allowed, metadata }], { foreignSessions })).first.peers.added),
      ['r1'],
    );
  });

  it("is removed when Calico's peer appears, and restored when that is deleted", () => {
    const { model, first } = initialModel(config([peer('r1')]));
    assert.deepEqual(names(first.peers.added), ['r1']);
    model.putConfig(config([peer('r1')], { foreignSessions }));
    assert.deepEqual(model.recompute().peers.removed, ['r1']);
    model.putConfig(config([peer('r1')]));
    const last = model.recompute();
    assert.deepEqual(names(last.peers.added), ['r1']);
    assert.deepEqual(last.errors, []);
  });
});
