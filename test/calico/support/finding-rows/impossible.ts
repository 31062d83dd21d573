/** Addresses that no router, node or Service can have. */
import type { Raw } from '../../../../src/base/json.ts';
import { configurationPatch, node, object, peerPatch, WORKER, withChanges } from '../clusters.ts';
import type { FindingRow } from './row.ts';

const second = (peerIP: string): Raw =>
  object('BGPPeer', 'tor-b', { spec: { peerIP, asNumber: 65117, nodeSelector: 'all()' } });

const peerRow = (title: string, peerIP: string, possible = '10.10.0.9'): FindingRow => ({
  code: 'P53',
  title: `the peer has ${title}`,
  failing: withChanges({ add: [second(peerIP)] }),
  nearMiss: withChanges({ add: [second(possible)] }),
});

const rangeRow = (
  title: string,
  cidr: string,
  list = 'serviceExternalIPs',
  possible = '198.51.100.0/24',
): FindingRow => ({
  code: 'P53',
  title: `${list} has ${title}`,
  failing: withChanges(configurationPatch({ [list]: [{ cidr }, { cidr: '192.168.5.0/24' }] })),
  nearMiss: withChanges(configurationPatch({ [list]: [{ cidr: possible }, { cidr: '192.168.5.0/24' }] })),
});

export const IMPOSSIBLE: readonly FindingRow[] = [
  peerRow('the unspecified address', '0.0.0.0'),
  peerRow('the unspecified address and a port', '0.0.0.0:1790'),
  peerRow('a multicast address', '224.0.0.5'),
  peerRow('the broadcast address', '255.255.255.255'),
  {
    code: 'P53',
    title: 'the only peer has a multicast address',
    failing: withChanges(peerPatch({ peerIP: '224.0.0.5' })),
    nearMiss: withChanges(peerPatch({ peerIP: '169.254.0.5' })),
    hasNoEdit: true,
  },
  {
    code: 'P53',
    title: 'the only node of a peer has its address',
    failing: withChanges({
      add: [object('BGPPeer', 'own', { spec: { node: 'w1', peerIP: '10.10.0.11', asNumber: 64700 } })],
    }),
    nearMiss: withChanges({
      add: [object('BGPPeer', 'own', { spec: { node: 'w1', peerIP: '10.10.0.12', asNumber: 64700 } })],
    }),
  },
  {
    code: 'P53',
    title: 'a node has a multicast address',
    failing: withChanges({
      add: [node('w9', 29, WORKER, { 'projectcalico.org/IPv4Address': '224.0.0.29/24' })],
    }),
    nearMiss: withChanges({
      add: [node('w9', 29, WORKER, { 'projectcalico.org/IPv4Address': '10.10.0.29/24' })],
    }),
    hasNoEdit: true,
  },
  rangeRow('multicast addresses', '224.0.1.0/24'),
  rangeRow('reserved addresses', '240.0.1.0/24', 'serviceLoadBalancerIPs'),
  rangeRow('link-local addresses', 'fe80::/64', 'serviceLoadBalancerIPs', 'fd00::/64'),
  rangeRow('one loopback address', '127.0.0.9/32', 'serviceLoadBalancerIPs', '198.51.100.9/32'),
];
