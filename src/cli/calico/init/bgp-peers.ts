/** The BGPPeer of each router, and the BGPFilter that keeps nodes from advertising routes of other nodes. */
import { formatAddress } from '../../../net/address.ts';
import { formatPrefix } from '../../../net/prefix.ts';
import type { RouterPeer } from './addresses.ts';
import { type AnnotatedManifest, CALICO_V3 } from './annotated-manifest.ts';
import type { CalicoSetupOptions } from './options.ts';

const FILTER_NAME = 'own-service-routes-only';

/** A restart of calico-node takes less. */
const MAX_RESTART_TIME = '15s';

/** With the mesh, nodes advertise learned routes too. That breaks Services that only some nodes have endpoints of. */
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
      'With the mesh on, a node advertises to the routers what it learned from other nodes, including single addresses of Services with externalTrafficPolicy Local. Requests would reach nodes without an endpoint and be dropped. This filter rejects routes of other nodes.',
      'Apply it before the BGPPeers that refer to it: Calico ignores a filter that does not exist.',
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
        'The nodes that peer, and so advertise. If it matches no node, Calico reports no error and opens no session.',
      'spec/asNumber':
        as === nodeAS
          ? "The router's AS number, the same as of the nodes (iBGP)."
          : "The router's AS number. Without it BIRD refuses its whole configuration.",
      ...(needsFilter(options) ? { 'spec/filters': 'Needed on every BGPPeer of a router.' } : {}),
      ...(relaysPodRoutes
        ? {
            'spec/numAllowedLocalASNumbers':
              'The nodes have the same AS number: without this each would refuse the pod routes of the others as a loop.',
          }
        : {}),
      'spec/maxRestartTime':
        'How long the router keeps the routes of a dead node after the hold time (default 120s).',
    },
  };
}

/** `router-10-10-0-1`, `router-fd00--1`. */
const peerName = (address: RouterPeer['address']): string =>
  `router-${formatAddress(address).replace(/[:.]/g, '-').replace(/-+$/, '')}`;
