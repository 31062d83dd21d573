/** Components that announce or allocate beside Calico, and Calico that does neither. */
import type { Raw } from '../../../../src/base/json.ts';
import {
  calicoVersion,
  configurationPatch,
  container,
  daemonSet,
  object,
  peerPatch,
  withChanges,
} from '../clusters.ts';
import type { FindingRow } from './row.ts';

const balancerPool = object('IPPool', 'balancers', {
  spec: { cidr: '198.51.100.0/24', allowedUses: ['LoadBalancer'] },
});
const installation = (name: string): Raw =>
  object('Installation', name, { spec: { calicoNetwork: { bgp: 'Disabled' } } }, 'operator.tigera.io/v1');
const filterRule = (rule: Raw): Raw => object('BGPFilter', 'own', { spec: { exportV4: [rule] } });
const metallb = (kind: string, name: string, spec: Raw): Raw =>
  object(kind, name, { metadata: { namespace: 'metallb-system' }, spec }, 'metallb.io/v1beta1');

export const COMPONENTS: readonly FindingRow[] = [
  {
    code: 'P10',
    title: 'Calico runs with VXLAN alone',
    failing: withChanges({
      add: [
        daemonSet('calico-node', 'kube-system', 'calico/node:v3.32.1', [
          { name: 'CALICO_NETWORKING_BACKEND', value: 'vxlan' },
        ]),
      ],
    }),
    nearMiss: withChanges({
      add: [
        daemonSet('calico-node', 'kube-system', 'calico/node:v3.33.0', [
          { name: 'CALICO_NETWORKING_BACKEND', value: 'bird' },
        ]),
      ],
    }),
    hasNoEdit: true,
  },
  {
    code: 'P10',
    title: 'the operator installs Calico without BGP, and reads no Installation of another name',
    failing: withChanges({ add: [installation('default')] }),
    nearMiss: withChanges({ add: [installation('spare')] }),
    hasNoEdit: true,
  },
  {
    code: 'P16',
    title: "MetalLB's speaker peers with the same router",
    failing: withChanges({
      add: [
        daemonSet('speaker', 'metallb-system', 'quay.io/metallb/speaker:v0.15.2'),
        metallb('BGPPeer', 'router', { myASN: 64700, peerASN: 65116, peerAddress: '10.10.0.1' }),
        metallb('BGPAdvertisement', 'all', {}),
      ],
    }),
    nearMiss: withChanges({
      add: [
        daemonSet('speaker', 'metallb-system', 'quay.io/metallb/speaker:v0.15.2'),
        metallb('BGPPeer', 'router', { myASN: 64700, peerASN: 65116, peerAddress: '10.10.0.2' }),
        metallb('BGPAdvertisement', 'all', {}),
      ],
    }),
  },
  {
    code: 'P17',
    title: "MetalLB's controller runs, too",
    failing: withChanges({
      add: [
        object(
          'Deployment',
          'controller',
          {
            metadata: { namespace: 'metallb-system' },
            ...container('controller', 'quay.io/metallb/controller:v0.15.2'),
          },
          'apps/v1',
        ),
      ],
    }),
    nearMiss: withChanges({
      add: [
        object(
          'Deployment',
          'berth-controller',
          { metadata: { namespace: 'metallb-system' }, ...container('controller', 'berth') },
          'apps/v1',
        ),
      ],
    }),
  },
  {
    code: 'P18',
    title: "Calico's own allocator takes every Service",
    failing: withChanges({ add: [balancerPool] }),
    nearMiss: withChanges({
      add: [
        balancerPool,
        object('KubeControllersConfiguration', 'default', {
          spec: { controllers: { loadBalancer: { assignIPs: 'RequestedServicesOnly' } } },
        }),
      ],
    }),
  },
  {
    code: 'P46',
    title: 'a field with a letter too many',
    failing: withChanges(peerPatch({ nextHopModes: 'Self' })),
    nearMiss: withChanges(peerPatch({ nextHopMode: 'Self' })),
  },
  {
    code: 'P46',
    title: 'a field that this version does not have yet',
    failing: withChanges({ ...peerPatch({ nextHopMode: 'Self' }), add: [calicoVersion('v3.30.1')] }),
    nearMiss: withChanges({ ...peerPatch({ nextHopMode: 'Self' }), add: [calicoVersion('v3.30.2')] }),
  },
  {
    code: 'P46',
    title: 'a rule has fields that this version does not have yet',
    failing: withChanges({
      add: [
        filterRule({ cidr: '192.168.7.0/24', matchOperator: 'In', peerType: 'eBGP', action: 'Reject' }),
        calicoVersion('v3.31.7'),
      ],
    }),
    nearMiss: withChanges({
      add: [
        filterRule({ cidr: '192.168.7.0/24', matchOperator: 'In', source: 'RemotePeers', action: 'Reject' }),
        calicoVersion('v3.31.7'),
      ],
    }),
  },
  {
    code: 'P46',
    title: 'a field of another kind',
    failing: withChanges(configurationPatch({ peerIP: '10.10.0.1' })),
    nearMiss: withChanges(configurationPatch({ bindMode: 'NodeIP' })),
  },
  {
    code: 'P46',
    title: 'a field inside of a rule',
    failing: withChanges({ add: [filterRule({ cdir: '192.168.7.0/24', action: 'Reject' })] }),
    nearMiss: withChanges({
      add: [filterRule({ cidr: '192.168.7.0/24', matchOperator: 'In', action: 'Reject' })],
    }),
  },
];
