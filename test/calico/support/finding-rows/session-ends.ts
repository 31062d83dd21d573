/** Sessions that are never established, since several have one peer or their ends do not agree. */
import type { Raw } from '../../../../src/base/json.ts';
import { configurationPatch, MESH, object, withChanges } from '../clusters.ts';
import type { FindingRow } from './row.ts';

const router = (name: string, spec: Raw): Raw =>
  object('BGPPeer', name, { spec: { peerIP: '10.10.0.1', asNumber: 65116, ...spec } });
const between = (name: string, spec: Raw): Raw => object('BGPPeer', name, { spec });
const one = (name: string): string => `kubernetes.io/hostname == '${name}'`;

export const SESSION_ENDS: readonly FindingRow[] = [
  {
    code: 'P51',
    title: 'two peers name two ports of one router',
    failing: withChanges({ add: [router('tor-b', { node: 'w1', peerIP: '10.10.0.1:1790' })] }),
    nearMiss: withChanges({ add: [router('tor-b', { node: 'cp1', peerIP: '10.10.0.1:1790' })] }),
    hasNoEdit: true,
  },
  {
    code: 'P51',
    title: 'one of two peers names the port that is the default',
    failing: withChanges({ add: [router('tor-b', { node: 'w1', peerIP: '10.10.0.1:179' })] }),
    nearMiss: withChanges({ add: [router('tor-b', { node: 'cp1', peerIP: '10.10.0.1:179' })] }),
  },
  {
    code: 'P51',
    title: 'a peer connects nodes that the mesh connects',
    failing: withChanges({
      ...configurationPatch({ ...MESH, serviceLoadBalancerAggregation: 'Disabled' }),
      add: [between('pair', { nodeSelector: one('w1'), peerSelector: one('w2') })],
    }),
    nearMiss: withChanges({ add: [between('pair', { nodeSelector: one('w1'), peerSelector: one('w2') })] }),
  },
  {
    code: 'P52',
    title: 'one node demands TTL security of a neighbour of its mesh',
    failing: withChanges({
      ...configurationPatch({ ...MESH, serviceLoadBalancerAggregation: 'Disabled' }),
      add: [
        between('strict', {
          peerIP: '10.10.0.12',
          asNumber: 64700,
          ttlSecurity: 1,
          reversePeering: 'Manual',
        }),
      ],
    }),
    nearMiss: withChanges({
      ...configurationPatch({ ...MESH, serviceLoadBalancerAggregation: 'Disabled' }),
      add: [
        between('strict', {
          peerIP: '10.10.0.12',
          asNumber: 64700,
          ttlSecurity: 255,
          reversePeering: 'Manual',
        }),
      ],
    }),
  },
  {
    code: 'P52',
    title: 'a session has no other end',
    failing: withChanges({
      add: [between('pair', { nodeSelector: one('w1'), peerSelector: one('w2'), reversePeering: 'Manual' })],
    }),
    nearMiss: withChanges({ add: [between('pair', { nodeSelector: one('w1'), peerSelector: one('w2') })] }),
    hasNoEdit: true,
  },
];
