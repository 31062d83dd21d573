/**
 * Checks the model of sessions against real BIRD: TTL security on one side or both, and two BGPPeers of one address. Daemons have
 * the sessions and the routes that the model predicts.
 */
import { describe, it } from 'node:test';
import type { Raw } from '../../../src/base/json.ts';
import { predictCalicoCase } from '../../../src/calico/cases/case-file.ts';
import { hashedRouterId } from '../../../src/kube/node-router-id.ts';
import { HEALTHY, object, peerPatch, withChanges } from '../../calico/support/clusters.ts';
import { skipWithoutNetworkBinaries } from '../../support/network-binaries.ts';
import { playCase } from './support/play-case.ts';

const SIDE_BY_SIDE = 3;

const OWN = { asNumber: 64700, reversePeering: 'Manual' };

/** `w1` and `w2` have a session with each other, and TTL security on the side of `w1` alone. */
const pairOf = (ttlSecurity: number): readonly Raw[] =>
  withChanges({
    add: [
      object('BGPPeer', 'x', { spec: { ...OWN, node: 'w1', peerIP: '10.10.0.12', ttlSecurity } }),
      object('BGPPeer', 'y', { spec: { ...OWN, node: 'w2', peerIP: '10.10.0.11' } }),
    ],
  });

const tor = (name: string, peerIP: string): Raw =>
  object('BGPPeer', name, {
    spec: { nodeSelector: 'has(node-role.kubernetes.io/worker)', peerIP, asNumber: 65116 },
  });
const twoPorts = withChanges({
  drop: ['BGPPeer/tor'],
  add: [tor('a', '10.10.0.1'), tor('b', '10.10.0.1:1790')],
});

/** A router without TTL security sends with a TTL of 1 where it is a neighbour, and BIRD takes what is at least 256 minus the hops. */
const ROWS: readonly (readonly [says: string, objects: readonly Raw[], router: Raw])[] = [
  ['TTL security of 1 hop at the node alone', withChanges(peerPatch({ ttlSecurity: 1 })), {}],
  ['TTL security of 254 hops at the node alone', withChanges(peerPatch({ ttlSecurity: 254 })), {}],
  ['TTL security of 255 hops at the node alone', withChanges(peerPatch({ ttlSecurity: 255 })), {}],
  ['TTL security at both', withChanges(peerPatch({ ttlSecurity: 1 })), { ttlSecurity: true }],
  ['TTL security of 191 hops at one of two nodes', pairOf(191), {}],
  ['TTL security of 192 hops at one of two nodes', pairOf(192), {}],
  ['two ports of one router that listens on the first', twoPorts, {}],
  ['two ports of one router that listens on the second', twoPorts, { listenPort: 1790 }],
  ['healthy', HEALTHY, {}],
];

describe('sessions', { skip: skipWithoutNetworkBinaries(), concurrency: SIDE_BY_SIDE }, () => {
  for (const [says, objects, router] of ROWS)
    it(`are as the model predicts: ${says}`, () => {
      const one = { name: says, objects, routers: [router] };
      const { observed } = predictCalicoCase(one, hashedRouterId);
      return playCase({ ...one, observed });
    });
});
