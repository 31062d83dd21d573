/** BGPPeers, one a router, and the filter that goes with them where nodes would pass on what is not theirs. */
import { formatAddress } from '../../../net/address.ts';
import { formatPrefix } from '../../../net/prefix.ts';
import type { RouterPeer } from './addresses.ts';
import { type AnnotatedManifest, CALICO_V3 } from './annotated-manifest.ts';
import type { CalicoSetupOptions } from './options.ts';

const FILTER_NAME = 'own-service-routes-only';

/** What a restart of calico-node takes. */
const MAX_RESTART_TIME = '15s';

/** With the mesh, nodes pass on what they learned; that matters where only some nodes have an endpoint. */
export const needsFilter = ({ isMeshOn, usesLocalPolicy }: CalicoSetupOptions): boolean =>
  isMeshOn && usesLocalPolicy;

export function filterManifest({ advertised }: CalicoSetupOptions): AnnotatedManifest {
  const rules = (family: 4 | 6) =>
    advertised.prefixes
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
      apiVersion: CALICO_V3,
      kind: 'BGPFilter',
      metadata: { name: FILTER_NAME },
      spec: Object.fromEntries(Object.entries(lists).filter(([, all]) => all.length > 0)),
    },
    comments: [
      'With the mesh on, a node tells the routers what it learned from other nodes, single addresses of Services with externalTrafficPolicy Local among them. Requests would then reach nodes without an endpoint and be dropped. This rejects what comes from other nodes and lets through what is the own.',
      'It goes before the peers that name it: Calico applies no filter in place of one that is missing.',
    ],
    fieldComments: {},
  };
}

export function peerManifest(options: CalicoSetupOptions, { address, as }: RouterPeer): AnnotatedManifest {
  const { nodeSelector, nodeAS, password, isMeshOn } = options;
  const relaysPodRoutes = !isMeshOn && as !== nodeAS;
  const spec = {
    nodeSelector: nodeSelector,
    peerIP: formatAddress(address),
    asNumber: as,
    ...(password === null ? {} : { password: { secretKeyRef: { name: password.name, key: password.key } } }),
    ...(needsFilter(options) ? { filters: [FILTER_NAME] } : {}),
    ...(relaysPodRoutes ? { numAllowedLocalASNumbers: 1 } : {}),
    maxRestartTime: MAX_RESTART_TIME,
  };
  return {
    object: { apiVersion: CALICO_V3, kind: 'BGPPeer', metadata: { name: peerName(address) }, spec },
    comments: [],
    fieldComments: {
      'spec/nodeSelector':
        'Which nodes peer, and so announce. One that matches no node is no error to Calico: there is just no session.',
      'spec/asNumber':
        as === nodeAS
          ? "The router's AS, which is that of the nodes (iBGP)."
          : "The router's AS; without it BIRD refuses its whole configuration.",
      ...(needsFilter(options)
        ? { 'spec/filters': 'On every peer that is a router, or addresses leak there.' }
        : {}),
      ...(relaysPodRoutes
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
const peerName = (address: RouterPeer['address']): string =>
  `router-${formatAddress(address).replace(/[:.]/g, '-').replace(/-+$/, '')}`;
