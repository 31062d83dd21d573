/** BGPPeers, one a router, and the filter that goes with them where nodes would pass on what is not theirs. */
import { formatAddress } from '../../../net/address.ts';
import { formatPrefix } from '../../../net/prefix.ts';
import type { Router } from './addresses.ts';
import { type Manifest, V3 } from './manifest.ts';
import type { Wish } from './wish.ts';

const FILTER = 'own-service-routes-only';

/** What a restart of calico-node takes. */
const RESTART = '15s';

/** With the mesh, nodes pass on what they learned; that matters where only some nodes have an endpoint. */
export const needsFilter = ({ mesh, local }: Wish): boolean => mesh && local;

export function filterManifest({ listed }: Wish): Manifest {
  const rules = (family: 4 | 6) =>
    listed.prefixes
      .filter((prefix) => prefix.family === family)
      .map((prefix) => ({
        cidr: formatPrefix(prefix),
        matchOperator: 'In',
        source: 'RemotePeers',
        action: 'Reject',
      }));
  const lists = { exportV4: rules(4), exportV6: rules(6) };
  return {
    object: {
      apiVersion: V3,
      kind: 'BGPFilter',
      metadata: { name: FILTER },
      spec: Object.fromEntries(Object.entries(lists).filter(([, all]) => all.length > 0)),
    },
    says: [
      'With the mesh on, a node tells the routers what it learned from other nodes, single addresses of Services with externalTrafficPolicy Local among them. Requests would then reach nodes without an endpoint and be dropped. This rejects what comes from other nodes and lets through what is the own.',
      'It goes before the peers that name it: Calico applies no filter in place of one that is missing.',
    ],
    notes: {},
  };
}

export function peerManifest(wish: Wish, { address, as }: Router): Manifest {
  const { nodes, nodeAS, password, mesh } = wish;
  const handsAround = !mesh && as !== nodeAS;
  const spec = {
    nodeSelector: nodes,
    peerIP: formatAddress(address),
    asNumber: as,
    ...(password === null ? {} : { password: { secretKeyRef: { name: password.name, key: password.key } } }),
    ...(needsFilter(wish) ? { filters: [FILTER] } : {}),
    ...(handsAround ? { numAllowedLocalASNumbers: 1 } : {}),
    maxRestartTime: RESTART,
  };
  return {
    object: { apiVersion: V3, kind: 'BGPPeer', metadata: { name: nameOf(address) }, spec },
    says: [],
    notes: {
      'spec/nodeSelector':
        'Which nodes peer, and so announce. One that matches no node is no error to Calico: there is just no session.',
      'spec/asNumber':
        as === nodeAS
          ? "The router's AS, which is that of the nodes (iBGP)."
          : "The router's AS; without it BIRD refuses its whole configuration.",
      ...(needsFilter(wish)
        ? { 'spec/filters': 'On every peer that is a router, or addresses leak there.' }
        : {}),
      ...(handsAround
        ? {
            'spec/numAllowedLocalASNumbers':
              'The nodes share an AS: without this each would refuse the pod routes of the others from the router as a loop.',
          }
        : {}),
      'spec/maxRestartTime':
        'How long the router keeps the routes of a node that is gone, once the hold time is over (120s unless said).',
    },
  };
}

/** `router-10-10-0-1`, `router-fd00--1`. */
const nameOf = (address: Router['address']): string =>
  `router-${formatAddress(address).replace(/[:.]/g, '-').replace(/-+$/, '')}`;
