/** Which routers Calico peers with from a node, and what becomes of our peers at the same addresses. */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ConfigObjects } from '../../src/announce/config/node-config.ts';
import { NodeModel } from '../../src/announce/model/node-model.ts';
import type { Raw } from '../../src/base/json.ts';
import { decodeNode } from '../../src/objects/node.ts';
import { findCalicoRouters } from '../../src/speaker/calico-routers.ts';
import { advertisement, DEFAULT_SPEAKER, node, peer, pool } from '../announce/support/cluster.ts';

const NODE = { name: 'n1', labels: { rack: 'a' } };

const calico = (spec: Raw): Raw => ({ kind: 'BGPPeer', metadata: { name: 'tor' }, spec });

const ROWS: readonly (readonly [says: string, spec: Raw, taken: readonly string[]])[] = [
  ['one for all nodes takes its router', { peerIP: '10.0.0.1', asNumber: 65000 }, ['10.0.0.1']],
  ['whatever its port', { peerIP: '10.0.0.1:1790' }, ['10.0.0.1']],
  ['of either family, in one way of writing', { peerIP: '[FD00:0::1]:1790' }, ['fd00::1']],
  ['one for this node too', { node: 'n1', peerIP: '10.0.0.1' }, ['10.0.0.1']],
  ['one for another node does not', { node: 'n2', peerIP: '10.0.0.1' }, []],
  ['nor one whose selector leaves this node out', { nodeSelector: "rack == 'b'", peerIP: '10.0.0.1' }, []],
  ['one whose selector has it does', { nodeSelector: "rack == 'a'", peerIP: '10.0.0.1' }, ['10.0.0.1']],
  ['a selector that cannot be read has nobody', { nodeSelector: 'rack ==', peerIP: '10.0.0.1' }, []],
  ['peers that are nodes are no routers', { peerSelector: 'has(reflector)' }, []],
];

describe("Calico's BGPPeers", () => {
  for (const [says, spec, taken] of ROWS)
    it(says, () => {
      assert.deepEqual([...findCalicoRouters([calico(spec)], NODE).keys()], taken);
    });
});

describe('a peer of ours at a router of theirs', () => {
  const foreignSessions = findCalicoRouters([calico({ peerIP: '10.213.0.1' })], NODE);
  const config = (peers: readonly Raw[], more: Partial<ConfigObjects> = {}): ConfigObjects => ({
    pools: [pool('main', ['10.20.1.0/24'])],
    advertisements: [advertisement('all')],
    peers,
    ...{ layer2: [], communities: [], bfdProfiles: [], secrets: [] },
    ...more,
  });
  const begun = (objects: ConfigObjects) => {
    const picture = new NodeModel(DEFAULT_SPEAKER);
    picture.putNode(decodeNode(node('n1')));
    picture.putConfig(objects);
    return { picture, first: picture.recompute() };
  };
  const names = (all: readonly { readonly name: string }[]) => all.map(({ name }) => name);

  it('is refused with a sentence, and another peer is not', () => {
    const { first } = begun(
      config([peer('r1'), peer('r2', { peerAddress: '10.213.0.2' })], { foreignSessions }),
    );
    assert.deepEqual(names(first.peers.added), ['r2']);
    assert.match(
      first.errors?.map(({ issue }) => issue.message).join() ?? '',
      /^Calico's BGPPeer "tor" already makes this node peer with 10\.213\.0\.1/,
    );
  });

  it('is allowed where its owner says so', () => {
    const allowed = peer('r1');
    const annotations = { 'berth.dev/allow-beside-calico': 'true' };
    const metadata = { ...(allowed['metadata'] as Raw), annotations };
    assert.deepEqual(
      names(begun(config([{ ...allowed, metadata }], { foreignSessions })).first.peers.added),
      ['r1'],
    );
  });

  it('goes when Calico comes, and comes back when that goes', () => {
    const { picture, first } = begun(config([peer('r1')]));
    assert.deepEqual(names(first.peers.added), ['r1']);
    picture.putConfig(config([peer('r1')], { foreignSessions }));
    assert.deepEqual(picture.recompute().peers.removed, ['r1']);
    picture.putConfig(config([peer('r1')]));
    const last = picture.recompute();
    assert.deepEqual(names(last.peers.added), ['r1']);
    assert.deepEqual(last.errors, []);
  });
});
