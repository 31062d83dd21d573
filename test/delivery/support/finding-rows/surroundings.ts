/** Mistakes around the speakers: nodes, addresses, other programs, sessions. */

import { node, peer, pool, serviceWithEndpoint } from '../../../announce/support/cluster.ts';
import {
  ANSWERING,
  answering,
  BGP_CLUSTER,
  daemonSet,
  deployment,
  edited,
  kubeProxy,
  LAYER2_CLUSTER,
  session,
  speakerStatus,
} from '../speaker-clusters.ts';
import type { FindingRow } from './finding-row.ts';

const EXCLUDED = { 'node.kubernetes.io/exclude-from-external-load-balancers': '' };

export const SURROUNDINGS_ROWS: readonly FindingRow[] = [
  {
    says: 'all nodes are excluded, as in a cluster of one node from kubeadm',
    objects: edited(LAYER2_CLUSTER, [node('n1', EXCLUDED), node('n2', EXCLUDED)]),
    ...{ code: 'S9', severity: 'error', object: 'Node n1', problem: /excludes them/, hasEdit: true },
  },
  {
    says: 'one node of two is excluded',
    objects: edited(BGP_CLUSTER, [node('n2', EXCLUDED)]),
    ...{ code: 'S9', severity: 'hint', object: 'Node n2', problem: /excludes it/, hasEdit: true },
  },
  {
    says: 'a pool contains the address of a node',
    objects: edited(BGP_CLUSTER, [pool('main', ['10.20.1.0/24', '10.213.0.0/28'])]),
    ...{ code: 'S10', severity: 'warning', object: 'IPAddressPool main', problem: /node n1/, hasEdit: true },
  },
  {
    says: 'a pool overlaps the cluster IPs',
    objects: edited(BGP_CLUSTER, [
      pool('main', ['10.20.1.0/24', '10.96.0.0/24']),
      {
        apiVersion: 'networking.k8s.io/v1',
        kind: 'ServiceCIDR',
        metadata: { name: 'kubernetes' },
        spec: { cidrs: ['10.96.0.0/16'] },
      },
    ]),
    ...{
      code: 'S11',
      severity: 'warning',
      object: 'IPAddressPool main',
      problem: /10\.96\.0\.0\/16/,
      hasEdit: true,
    },
  },
  {
    says: 'addresses of layer 2 are in no subnet of the nodes',
    objects: edited(LAYER2_CLUSTER, [
      speakerStatus('n1', answering(['10.213.0.0/24'])),
      speakerStatus('n2', answering(['10.213.0.0/24'])),
    ]),
    ...{
      code: 'S12',
      severity: 'warning',
      object: 'IPAddressPool main',
      problem: /in no subnet/,
      hasEdit: false,
    },
  },
  {
    says: 'kube-proxy answers ARP on every node',
    objects: edited(LAYER2_CLUSTER, [
      kubeProxy('kind: KubeProxyConfiguration\nmode: ipvs # fast\nipvs: {strictARP: false}\n'),
    ]),
    ...{
      code: 'S13',
      severity: 'warning',
      object: 'ConfigMap kube-proxy',
      problem: /strictARP/,
      hasEdit: true,
    },
  },
  {
    says: 'Calico announces the same range',
    objects: edited(BGP_CLUSTER, [
      {
        apiVersion: 'projectcalico.org/v3',
        kind: 'BGPConfiguration',
        metadata: { name: 'default' },
        spec: { serviceLoadBalancerIPs: [{ cidr: '10.20.1.0/24' }, { cidr: '10.30.0.0/24' }] },
      },
    ]),
    ...{
      code: 'S14',
      severity: 'warning',
      object: 'BGPConfiguration default',
      problem: /10\.20\.1\.0\/24/,
      hasEdit: true,
    },
  },
  {
    says: "MetalLB's speakers run beside Berth's",
    objects: edited(BGP_CLUSTER, [
      speakerStatus('n1', { sessions: [session('Established')] }),
      daemonSet('speaker', 'quay.io/metallb/speaker:v0.15.2'),
    ]),
    ...{
      code: 'S15',
      severity: 'warning',
      object: 'DaemonSet speaker',
      problem: /beside Berth's/,
      hasEdit: true,
    },
  },
  {
    says: "MetalLB's controller runs beside Berth's",
    objects: edited(BGP_CLUSTER, [
      deployment('berth-controller', 'ghcr.io/x/berth:1'),
      deployment('controller', 'quay.io/metallb/controller:v0.15.2'),
    ]),
    ...{
      code: 'S16',
      severity: 'warning',
      object: 'Deployment controller',
      problem: /same pools/,
      hasEdit: true,
    },
  },
  {
    says: "k3s' own load balancer runs",
    objects: edited(LAYER2_CLUSTER, [daemonSet('svclb-web-1a2b', 'rancher/klipper-lb:v0.4.9')]),
    ...{
      code: 'S17',
      severity: 'warning',
      object: 'DaemonSet svclb-web-1a2b',
      problem: /k3s/,
      hasEdit: false,
    },
  },
  {
    says: 'kube-vip runs',
    objects: edited(LAYER2_CLUSTER, [daemonSet('kube-vip-ds', 'ghcr.io/kube-vip/kube-vip:v1.0.0')]),
    ...{
      code: 'S17',
      severity: 'warning',
      object: 'DaemonSet kube-vip-ds',
      problem: /kube-vip/,
      hasEdit: false,
    },
  },
  {
    says: 'all sessions with the only router are down',
    objects: edited(BGP_CLUSTER, [
      speakerStatus('n1', { sessions: [session('Down', 'the router refuses our AS number')] }),
      speakerStatus('n2', { sessions: [session('Down')] }),
    ]),
    ...{
      code: 'S18',
      severity: 'error',
      object: 'BGPPeer tor',
      problem: /refuses our AS number/,
      hasEdit: false,
    },
  },
  {
    says: 'one session of two is down',
    objects: edited(BGP_CLUSTER, [
      speakerStatus('n1', { sessions: [session('Down')] }),
      speakerStatus('n2', { sessions: [session('Established')] }),
    ]),
    ...{
      code: 'S18',
      severity: 'warning',
      object: 'BGPPeer tor',
      problem: /1 of 2 sessions/,
      hasEdit: false,
    },
  },
  {
    says: 'a Service without endpoints is not announced',
    objects: edited(BGP_CLUSTER, [], ['EndpointSlice a-1']),
    ...{
      code: 'S19',
      severity: 'error',
      object: 'Service a',
      problem: /no endpoint is ready/,
      hasEdit: false,
    },
  },
  {
    says: 'a Service has an address that no pool has',
    objects: edited(LAYER2_CLUSTER, serviceWithEndpoint('a', '203.0.113.9')),
    ...{ code: 'S19', severity: 'error', object: 'Service a', problem: /no pool contains/, hasEdit: false },
  },
  {
    says: 'all speakers have ended',
    objects: edited(BGP_CLUSTER, [
      speakerStatus('n1', { phase: 'stopped' }),
      speakerStatus('n2', { phase: 'stopped' }),
    ]),
    ...{ code: 'S20', severity: 'error', object: 'SpeakerStatus n1', problem: /has ended/, hasEdit: false },
  },
  {
    says: 'a node answers on a network where it has no address of its own',
    objects: edited(LAYER2_CLUSTER, [
      speakerStatus('n1', answering(['10.20.1.0/24'])),
      speakerStatus('n2', answering(['10.20.1.0/24'])),
    ]),
    ...{
      code: 'S21',
      severity: 'hint',
      object: 'L2Advertisement all',
      problem: /reverse-path/,
      hasEdit: false,
    },
  },
  {
    says: 'another host uses the address of a Service',
    objects: edited(LAYER2_CLUSTER, [
      speakerStatus(
        'n1',
        answering(['10.20.1.0/24', '10.213.0.0/24'], {
          conflicts: [{ address: '10.20.1.5', mac: '02:00:00:00:00:99', interface: 'eth0' }],
        }),
      ),
      ...ANSWERING.slice(1),
    ]),
    ...{
      code: 'S22',
      severity: 'warning',
      object: 'SpeakerStatus n1',
      problem: /02:00:00:00:00:99/,
      hasEdit: false,
    },
  },
  {
    says: 'a peer is in another namespace than the speakers',
    objects: edited(BGP_CLUSTER, [{ ...peer('other'), metadata: { name: 'other', namespace: 'network' } }]),
    ...{
      code: 'S23',
      severity: 'warning',
      object: 'BGPPeer other',
      problem: /ignore BGPPeer other in network/,
      hasEdit: false,
    },
  },
];
