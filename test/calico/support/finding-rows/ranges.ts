/** Ranges that are listed, overlap, or cannot be read. */
import type { Raw } from '../../../../src/base/json.ts';
import {
  calicoVersion,
  configurationPatch,
  DISABLED,
  exposedService,
  HEALTHY,
  object,
  pool,
  withChanges,
} from '../clusters.ts';
import type { FindingRow } from './row.ts';

const filter = (...exportV4: readonly Raw[]): Raw => object('BGPFilter', 'own', { spec: { exportV4 } });
const ownOnly = { cidr: '192.168.5.0/24', matchOperator: 'In', source: 'RemotePeers', action: 'Reject' };
const poolAround = (more: Raw = {}): Raw =>
  object('IPPool', 'wide', { spec: { cidr: '192.168.0.0/16', vxlanMode: 'Always', ...more } });
export const RANGES: readonly FindingRow[] = [
  {
    code: 'P1',
    title: 'half of a pool lies outside of the listed range',
    failing: withChanges({ add: [pool('192.168.5.0-192.168.6.31')] }),
    nearMiss: withChanges({ add: [pool('192.168.5.128-192.168.5.255')] }),
  },
  {
    code: 'P1',
    title: 'a Service holds an address that is in no pool and not listed',
    failing: withChanges({ add: exposedService('web', { ip: '192.168.9.9' }) }),
    nearMiss: withChanges({ add: exposedService('web', { ip: '192.168.5.255' }) }),
  },
  {
    code: 'P2',
    title: 'the ranges are listed in an object that is called Default',
    failing: withChanges({
      drop: ['BGPConfiguration/default'],
      add: [
        object('BGPConfiguration', 'Default', {
          spec: {
            asNumber: 64700,
            nodeToNodeMeshEnabled: false,
            serviceLoadBalancerIPs: [{ cidr: '192.168.5.0/24' }],
          },
        }),
      ],
    }),
    nearMiss: withChanges({ add: [object('BGPConfiguration', 'node.w1', { spec: { listenPort: 1790 } })] }),
  },
  {
    code: 'P3',
    title: 'a whole range is announced, unless BIRD rejects its configuration',
    failing: HEALTHY,
    nearMiss: withChanges(configurationPatch({ serviceExternalIPs: [{ cidr: '198.51.100.7/24' }] })),
    hasNoEdit: true,
  },
  {
    code: 'P3',
    title: 'a whole range is announced',
    failing: HEALTHY,
    nearMiss: withChanges(configurationPatch({ serviceLoadBalancerAggregation: 'Disabled' })),
    hasNoEdit: true,
  },
  {
    code: 'P5',
    title: 'single addresses are announced, so that kernels drop them',
    failing: withChanges(configurationPatch(DISABLED)),
    nearMiss: withChanges({ ...configurationPatch(DISABLED), add: [poolAround({ disabled: true })] }),
  },
  {
    code: 'P5',
    title: 'an entry for one address stands by itself',
    failing: withChanges(
      configurationPatch({
        serviceLoadBalancerIPs: [{ cidr: '192.168.5.10/32' }, { cidr: '192.168.5.20/32' }],
      }),
    ),
    nearMiss: withChanges(
      configurationPatch({
        serviceLoadBalancerIPs: [{ cidr: '192.168.5.10/32' }, { cidr: '192.168.5.0/24' }],
      }),
    ),
  },
  {
    code: 'P6',
    title: 'every ClusterIP becomes a route',
    failing: withChanges(configurationPatch({ ...DISABLED, serviceClusterIPs: [{ cidr: '10.43.0.0/16' }] })),
    nearMiss: withChanges(configurationPatch({ serviceClusterIPs: [{ cidr: '10.43.0.0/16' }] })),
  },
  {
    code: 'P7',
    title: 'an old version does not match entries for single addresses with the status',
    failing: withChanges({
      ...configurationPatch({ serviceLoadBalancerIPs: [{ cidr: '192.168.5.20/32' }] }),
      add: [calicoVersion('v3.31.3')],
    }),
    nearMiss: withChanges({
      ...configurationPatch({ serviceLoadBalancerIPs: [{ cidr: '192.168.5.20/32' }] }),
      add: [calicoVersion('v3.31.5')],
    }),
  },
  {
    code: 'P9',
    title: 'a range has host bits',
    failing: withChanges(configurationPatch({ serviceLoadBalancerIPs: [{ cidr: '192.168.5.7/24' }] })),
    nearMiss: withChanges(
      configurationPatch({
        serviceLoadBalancerIPs: [{ cidr: '192.168.5.7/24' }],
        serviceLoadBalancerAggregation: 'Disabled',
      }),
    ),
  },
  {
    code: 'P9',
    title: 'a filter that nobody uses has host bits',
    failing: withChanges({ add: [filter({ ...ownOnly, cidr: '192.168.5.7/24' })] }),
    nearMiss: withChanges({ add: [filter(ownOnly)] }),
  },
  {
    code: 'P9',
    title: 'a prefixAdvertisement has host bits',
    failing: withChanges(
      configurationPatch({ prefixAdvertisements: [{ cidr: '192.168.5.7/24', communities: ['64700:1'] }] }),
    ),
    nearMiss: withChanges(
      configurationPatch({ prefixAdvertisements: [{ cidr: '192.168.5.0/24', communities: ['64700:1'] }] }),
    ),
  },
  {
    code: 'P19',
    title: 'pods can get the same addresses',
    failing: withChanges({ add: [poolAround()] }),
    nearMiss: withChanges({
      add: [
        poolAround(),
        object('IPReservation', 'balancers', { spec: { reservedCIDRs: ['192.168.5.0/24'] } }),
      ],
    }),
  },
  {
    code: 'P20',
    title: 'a pool that is not exported lies around',
    failing: withChanges({ add: [poolAround({ disableBGPExport: true, disabled: true })] }),
    nearMiss: withChanges({ add: [poolAround({ disabled: true })] }),
  },
  {
    code: 'P21',
    title: 'a range holds the nodes',
    failing: withChanges(
      configurationPatch({ serviceLoadBalancerIPs: [{ cidr: '192.168.5.0/24' }, { cidr: '10.10.0.0/24' }] }),
    ),
    nearMiss: withChanges(
      configurationPatch({ serviceLoadBalancerIPs: [{ cidr: '192.168.5.0/24' }, { cidr: '10.10.1.0/24' }] }),
    ),
  },
  {
    code: 'P21',
    title: 'a range is broader than anybody needs',
    failing: withChanges(configurationPatch({ serviceLoadBalancerIPs: [{ cidr: '192.160.0.0/12' }] })),
    nearMiss: withChanges(configurationPatch({ serviceLoadBalancerIPs: [{ cidr: '192.168.0.0/16' }] })),
  },
  {
    code: 'P22',
    title: "a range overlaps the ClusterIPs'",
    failing: withChanges(
      configurationPatch({
        serviceLoadBalancerIPs: [{ cidr: '192.168.5.0/24' }, { cidr: '10.43.9.0/24' }],
        serviceClusterIPs: [{ cidr: '10.43.0.0/16' }],
      }),
    ),
    nearMiss: withChanges(configurationPatch({ serviceClusterIPs: [{ cidr: '10.43.0.0/16' }] })),
  },
  {
    code: 'P31',
    title: 'Felix answers for the range, too',
    failing: withChanges({
      ...configurationPatch({
        serviceLoadBalancerIPs: [{ cidr: '192.168.5.0/24' }, { cidr: '10.10.0.128/25' }],
      }),
      add: [
        object('IPPool', 'lan', { spec: { cidr: '10.10.0.0/24', disabled: true } }),
        object('FelixConfiguration', 'default', { spec: { localSubnetL2Reachability: 'Enabled' } }),
      ],
    }),
    nearMiss: withChanges({
      add: [
        object('IPPool', 'lan', { spec: { cidr: '10.10.0.0/24', disabled: true } }),
        object('FelixConfiguration', 'default', { spec: { localSubnetL2Reachability: 'Enabled' } }),
      ],
    }),
  },
];
