/** Ranges that are listed, overlap, or cannot be read. */
import type { Raw } from '../../../src/cluster/fields.ts';
import { calico, changed, configured, DISABLED, exposed, FINE, object, pool } from './clusters.ts';
import type { Row } from './row.ts';

const filter = (...exportV4: readonly Raw[]): Raw => object('BGPFilter', 'own', { spec: { exportV4 } });
const ownOnly = { cidr: '192.168.5.0/24', matchOperator: 'In', source: 'RemotePeers', action: 'Reject' };
const around = (more: Raw = {}): Raw =>
  object('IPPool', 'wide', { spec: { cidr: '192.168.0.0/16', vxlanMode: 'Always', ...more } });
export const RANGES: readonly Row[] = [
  {
    code: 'P1',
    says: 'half of a pool lies outside of the listed range',
    fires: changed({ add: [pool('192.168.5.0-192.168.6.31')] }),
    near: changed({ add: [pool('192.168.5.128-192.168.5.255')] }),
  },
  {
    code: 'P1',
    says: 'a Service holds an address that is in no pool and not listed',
    fires: changed({ add: exposed('web', { ip: '192.168.9.9' }) }),
    near: changed({ add: exposed('web', { ip: '192.168.5.255' }) }),
  },
  {
    code: 'P2',
    says: 'the ranges are listed in an object that is called Default',
    fires: changed({
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
    near: changed({ add: [object('BGPConfiguration', 'node.w1', { spec: { listenPort: 1790 } })] }),
  },
  {
    code: 'P3',
    says: 'a whole range is announced',
    fires: FINE,
    near: changed(configured({ serviceLoadBalancerAggregation: 'Disabled' })),
  },
  {
    code: 'P5',
    says: 'single addresses are announced, so that kernels drop them',
    fires: changed(configured(DISABLED)),
    near: changed({ ...configured(DISABLED), add: [around({ disabled: true })] }),
  },
  {
    code: 'P5',
    says: 'an entry for one address stands by itself',
    fires: changed(
      configured({ serviceLoadBalancerIPs: [{ cidr: '192.168.5.10/32' }, { cidr: '192.168.5.20/32' }] }),
    ),
    near: changed(
      configured({ serviceLoadBalancerIPs: [{ cidr: '192.168.5.10/32' }, { cidr: '192.168.5.0/24' }] }),
    ),
  },
  {
    code: 'P6',
    says: 'every ClusterIP becomes a route',
    fires: changed(configured({ ...DISABLED, serviceClusterIPs: [{ cidr: '10.43.0.0/16' }] })),
    near: changed(configured({ serviceClusterIPs: [{ cidr: '10.43.0.0/16' }] })),
  },
  {
    code: 'P7',
    says: 'an old version does not match entries for single addresses with the status',
    fires: changed({
      ...configured({ serviceLoadBalancerIPs: [{ cidr: '192.168.5.20/32' }] }),
      add: [calico('v3.31.3')],
    }),
    near: changed({
      ...configured({ serviceLoadBalancerIPs: [{ cidr: '192.168.5.20/32' }] }),
      add: [calico('v3.31.5')],
    }),
  },
  {
    code: 'P9',
    says: 'a range has host bits',
    fires: changed(configured({ serviceLoadBalancerIPs: [{ cidr: '192.168.5.7/24' }] })),
    near: changed(
      configured({
        serviceLoadBalancerIPs: [{ cidr: '192.168.5.7/24' }],
        serviceLoadBalancerAggregation: 'Disabled',
      }),
    ),
  },
  {
    code: 'P9',
    says: 'a filter that nobody uses has host bits',
    fires: changed({ add: [filter({ ...ownOnly, cidr: '192.168.5.7/24' })] }),
    near: changed({ add: [filter(ownOnly)] }),
  },
  {
    code: 'P9',
    says: 'a prefixAdvertisement has host bits',
    fires: changed(
      configured({ prefixAdvertisements: [{ cidr: '192.168.5.7/24', communities: ['64700:1'] }] }),
    ),
    near: changed(
      configured({ prefixAdvertisements: [{ cidr: '192.168.5.0/24', communities: ['64700:1'] }] }),
    ),
  },
  {
    code: 'P19',
    says: 'pods can get the same addresses',
    fires: changed({ add: [around()] }),
    near: changed({
      add: [around(), object('IPReservation', 'balancers', { spec: { reservedCIDRs: ['192.168.5.0/24'] } })],
    }),
  },
  {
    code: 'P20',
    says: 'a pool that is not exported lies around',
    fires: changed({ add: [around({ disableBGPExport: true, disabled: true })] }),
    near: changed({ add: [around({ disabled: true })] }),
  },
  {
    code: 'P21',
    says: 'a range holds the nodes',
    fires: changed(
      configured({ serviceLoadBalancerIPs: [{ cidr: '192.168.5.0/24' }, { cidr: '10.10.0.0/24' }] }),
    ),
    near: changed(
      configured({ serviceLoadBalancerIPs: [{ cidr: '192.168.5.0/24' }, { cidr: '10.10.1.0/24' }] }),
    ),
  },
  {
    code: 'P21',
    says: 'a range is broader than anybody needs',
    fires: changed(configured({ serviceLoadBalancerIPs: [{ cidr: '192.160.0.0/12' }] })),
    near: changed(configured({ serviceLoadBalancerIPs: [{ cidr: '192.168.0.0/16' }] })),
  },
  {
    code: 'P22',
    says: "a range overlaps the ClusterIPs'",
    fires: changed(
      configured({
        serviceLoadBalancerIPs: [{ cidr: '192.168.5.0/24' }, { cidr: '10.43.9.0/24' }],
        serviceClusterIPs: [{ cidr: '10.43.0.0/16' }],
      }),
    ),
    near: changed(configured({ serviceClusterIPs: [{ cidr: '10.43.0.0/16' }] })),
  },
  {
    code: 'P31',
    says: 'Felix answers for the range, too',
    fires: changed({
      ...configured({ serviceLoadBalancerIPs: [{ cidr: '192.168.5.0/24' }, { cidr: '10.10.0.128/25' }] }),
      add: [
        object('IPPool', 'lan', { spec: { cidr: '10.10.0.0/24', disabled: true } }),
        object('FelixConfiguration', 'default', { spec: { localSubnetL2Reachability: 'Enabled' } }),
      ],
    }),
    near: changed({
      add: [
        object('IPPool', 'lan', { spec: { cidr: '10.10.0.0/24', disabled: true } }),
        object('FelixConfiguration', 'default', { spec: { localSubnetL2Reachability: 'Enabled' } }),
      ],
    }),
  },
];
