/** The same mistakes as other clusters have them: IPv6 and two families, images from mirrors, other names. */

import type { Raw } from '../../../../src/base/json.ts';
import { advertisement, node, peer, pool, serviceWithEndpoint } from '../../../announce/support/cluster.ts';
import { layer2Advertisement } from '../../../layer2/support/layer2-cluster.ts';
import {
  ANSWERING,
  answering,
  BGP_CLUSTER,
  daemonSet,
  deployment,
  edited,
  LAYER2_CLUSTER,
  speakerStatus,
} from '../speaker-clusters.ts';
import type { FindingRow } from './finding-row.ts';

const EXCLUDED = { 'node.kubernetes.io/exclude-from-external-load-balancers': 'false' };

const addresses = (...texts: readonly string[]): Raw => ({
  addresses: texts.map((address) => ({ type: 'InternalIP', address })),
});

const configMap = (name: string, namespace: string, data: Raw): Raw => ({
  ...{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace }, data },
});

const IPVS = 'apiVersion: kubeproxy.config.k8s.io/v1alpha1\nkind: KubeProxyConfiguration\nmode: ipvs\n';

const serviceCidr = (...cidrs: readonly string[]): Raw => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'ServiceCIDR',
  metadata: { name: 'kubernetes' },
  spec: { cidrs },
});

export const ciliumPool = (spec: Raw = {}): Raw => ({
  apiVersion: 'cilium.io/v2',
  kind: 'CiliumLoadBalancerIPPool',
  metadata: { name: 'blue' },
  spec: { blocks: [{ cidr: '10.50.0.0/24' }], ...spec },
});

export const kubeVip = (env: Readonly<Record<string, string>>): Raw =>
  daemonSet('kube-vip-ds', 'mirror.example.com/kube-vip/kube-vip:v1.0.0', {
    args: ['manager'],
    env: Object.entries(env).map(([name, value]) => ({ name, value })),
  });

const speaker = (image: string, labels: Raw = {}, container = 'speaker'): Raw => {
  const raw = daemonSet('speaker', image, { name: container });
  return { ...raw, metadata: { name: 'speaker', namespace: 'network', labels } };
};

const berth = deployment('berth-controller', 'ghcr.io/x/berth:1');

/** Of a program of MetalLB whose image has another name than MetalLB's own. */
const metallbRow = (says: string, daemon: Raw): FindingRow => ({
  ...{ says, objects: edited(BGP_CLUSTER, [berth, daemon]), code: 'S15', severity: 'warning' },
  ...{ object: 'DaemonSet speaker', problem: /beside Berth's/, hasEdit: true },
});

const otherBalancer = (says: string, object: string, added: Raw, problem: RegExp): FindingRow => ({
  ...{ says, objects: edited(LAYER2_CLUSTER, [added]), code: 'S17', severity: 'warning', object, problem },
  hasEdit: false,
});

const proxyRow = (says: string, object: string, added: Raw, hasEdit = true): FindingRow => ({
  ...{ says, objects: edited(LAYER2_CLUSTER, [added]), code: 'S13', severity: 'warning', object },
  ...{ problem: /strictARP/, hasEdit },
});

const poolRow = (
  says: string,
  row: Pick<FindingRow, 'objects' | 'code' | 'problem' | 'hasEdit'>,
): FindingRow => ({ ...{ says, severity: 'warning', object: 'IPAddressPool main' }, ...row });

export const SIBLING_ROWS: readonly FindingRow[] = [
  poolRow('a pool of IPv6 contains the second address of a node', {
    objects: edited(BGP_CLUSTER, [
      pool('main', ['10.20.1.0/24', '2001:db8::/120']),
      node('n2', { zone: 'b' }, addresses('10.213.0.12', '2001:db8::12')),
    ]),
    ...{ code: 'S10', problem: /2001:db8::12 of node n2/, hasEdit: true },
  }),
  poolRow('a pool contains an address that a node has on an interface', {
    objects: edited(LAYER2_CLUSTER, [
      pool('main', ['10.20.1.0/24']),
      speakerStatus('n1', answering(null, {}, ['10.20.1.77'])),
    ]),
    ...{ code: 'S10', problem: /10\.20\.1\.77 of node n1/, hasEdit: true },
  }),
  poolRow('a pool contains the address of a router', {
    objects: edited(BGP_CLUSTER, [pool('main', ['10.20.1.0/24']), peer('tor', { peerAddress: '10.20.1.1' })]),
    ...{ code: 'S10', problem: /10\.20\.1\.1 of peer tor/, hasEdit: true },
  }),
  poolRow('a pool overlaps the cluster IPs of IPv6', {
    objects: edited(BGP_CLUSTER, [
      pool('main', ['10.20.1.0/24', 'fd00:10:96::-fd00:10:96::ff']),
      serviceCidr('10.96.0.0/16', 'fd00:10:96::/112'),
    ]),
    ...{ code: 'S11', problem: /fd00:10:96::\/112/, hasEdit: true },
  }),
  poolRow('a pool contains the cluster IP of a Service, where no range is known', {
    objects: edited(BGP_CLUSTER, [
      pool('main', ['10.20.1.0/24', '10.96.0.0/24']),
      ...serviceWithEndpoint('a', '10.20.1.5', { clusterIP: '10.96.0.7', clusterIPs: ['10.96.0.7'] }),
    ]),
    ...{ code: 'S11', problem: /10\.96\.0\.7/, hasEdit: true },
  }),
  poolRow("a pool overlaps the addresses of a node's Pods", {
    objects: edited(BGP_CLUSTER, [
      pool('main', ['10.20.1.0/24', '10.244.1.0-10.244.1.9']),
      { ...node('n1', { zone: 'a' }, addresses('10.213.0.11')), spec: { podCIDR: '10.244.1.0/24' } },
    ]),
    ...{ code: 'S24', problem: /10\.244\.1\.0\/24/, hasEdit: true },
  }),
  poolRow('a pool of IPv6 overlaps the addresses of Pods of two families', {
    objects: edited(BGP_CLUSTER, [
      pool('main', ['10.20.1.0/24', 'fd00:244::/124']),
      {
        ...node('n1', { zone: 'a' }, addresses('10.213.0.11')),
        spec: { podCIDR: '10.244.1.0/24', podCIDRs: ['10.244.1.0/24', 'fd00:244::/64'] },
      },
    ]),
    ...{ code: 'S24', problem: /fd00:244::\/64/, hasEdit: true },
  }),
  poolRow('a part of a pool is in no subnet of the nodes', {
    objects: edited(LAYER2_CLUSTER, [pool('main', ['10.20.1.200-10.20.2.10']), ...ANSWERING]),
    ...{ code: 'S12', problem: /10\.20\.2\.0-10\.20\.2\.10/, hasEdit: true },
  }),
  poolRow('nodes of IPv4 alone have no subnet for a pool of IPv6', {
    objects: edited(LAYER2_CLUSTER, [pool('main', ['10.20.1.0/24', '2001:db8:5::/120']), ...ANSWERING]),
    ...{ code: 'S12', problem: /2001:db8:5::\/120/, hasEdit: true },
  }),
  proxyRow(
    'kube-proxy has a ConfigMap of a chart, with another key',
    'ConfigMap kube-proxy-config',
    configMap('kube-proxy-config', 'kube-system', { config: IPVS }),
  ),
  proxyRow(
    'kube-proxy is in another namespace',
    'ConfigMap proxy',
    configMap('proxy', 'network', { 'kubeconfig.conf': 'kind: Config', 'config.conf': IPVS }),
  ),
  proxyRow(
    'kube-proxy runs with flags',
    'DaemonSet kube-proxy',
    daemonSet('kube-proxy', 'registry.k8s.io/kube-proxy:v1.34.1', {
      command: ['/usr/local/bin/kube-proxy', '--proxy-mode=ipvs'],
    }),
    false,
  ),
  metallbRow(
    "MetalLB's speaker is a copy in a mirror",
    speaker('mirror.example.com:5000/metallb-speaker:v0.15.2'),
  ),
  metallbRow(
    "MetalLB's speaker is one of a rebuilt chart",
    speaker('docker.io/bitnami/metallb-speaker:0.15', {}, 'metallb-speaker'),
  ),
  metallbRow(
    "MetalLB's speaker is OpenShift's",
    speaker('registry.redhat.io/openshift4/metallb-rhel9@sha256:0123'),
  ),
  metallbRow(
    "the image of MetalLB's speaker has a name that says nothing",
    speaker('mirror.example.com/lb/agent:7', { 'app.kubernetes.io/name': 'metallb' }),
  ),
  {
    says: "MetalLB's controller is a copy in a mirror",
    objects: edited(BGP_CLUSTER, [
      berth,
      deployment('controller', 'rancher/mirrored-metallb-controller:v0.15.2'),
    ]),
    ...{
      code: 'S16',
      severity: 'warning',
      object: 'Deployment controller',
      problem: /same pools/,
      hasEdit: true,
    },
  },
  otherBalancer(
    'kube-vip serves Services',
    'DaemonSet kube-vip-ds',
    kubeVip({ cp_enable: 'true', svc_enable: 'true' }),
    /kube-vip/,
  ),
  otherBalancer(
    "kube-vip's cloud provider assigns addresses",
    'Deployment cloud',
    deployment('cloud', 'ghcr.io/kube-vip/kube-vip-cloud-provider:v0.0.12'),
    /cloud provider/,
  ),
  otherBalancer(
    'PureLB has its allocator here',
    'Deployment allocator',
    deployment('allocator', 'registry.gitlab.com/purelb/purelb/allocator:v0.14.0'),
    /PureLB/,
  ),
  otherBalancer(
    'OpenELB has its manager here',
    'Deployment openelb-manager',
    deployment('openelb-manager', 'kubesphere/openelb-controller:v0.6.0'),
    /OpenELB/,
  ),
  {
    says: 'Cilium has a pool',
    objects: edited(LAYER2_CLUSTER, [ciliumPool()]),
    ...{
      code: 'S17',
      severity: 'warning',
      object: 'CiliumLoadBalancerIPPool blue',
      problem: /Cilium assigns/,
      hasEdit: true,
    },
  },
  {
    says: 'Cilium has a pool for some Services',
    objects: edited(LAYER2_CLUSTER, [ciliumPool({ serviceSelector: { matchLabels: { color: 'blue' } } })]),
    ...{
      code: 'S17',
      severity: 'hint',
      object: 'CiliumLoadBalancerIPPool blue',
      problem: /selectors match/,
      hasEdit: true,
    },
  },
  {
    says: 'all nodes are excluded, with a value that looks like none',
    objects: edited(LAYER2_CLUSTER, [node('n1', EXCLUDED), node('n2', EXCLUDED)]),
    ...{ code: 'S9', severity: 'error', object: 'Node n1', problem: /excludes them/, hasEdit: true },
  },
  {
    says: 'a node of two families answers on a network where it has no address of IPv4',
    objects: edited(LAYER2_CLUSTER, [
      node('n1', { zone: 'a' }, addresses('10.213.0.11', '2001:db8:9::11')),
      speakerStatus('n1', answering(['10.20.1.0/24', '2001:db8:9::/64'])),
      ...ANSWERING.slice(1),
    ]),
    ...{
      code: 'S21',
      severity: 'hint',
      object: 'L2Advertisement all',
      problem: /eth0 of n1/,
      hasEdit: false,
    },
  },
  {
    says: 'the only peer selects a label of no node, by an expression',
    objects: edited(BGP_CLUSTER, [
      peer('tor', {
        nodeSelectors: [{ matchExpressions: [{ key: 'rack', operator: 'In', values: ['r9'] }] }],
      }),
    ]),
    ...{ code: 'S4', severity: 'error', object: 'BGPPeer tor', problem: /selects no node/, hasEdit: false },
  },
  {
    says: 'a selector of pools matches none, by layer 2',
    objects: edited(LAYER2_CLUSTER, [
      layer2Advertisement('all', { ipAddressPoolSelectors: [{ matchLabels: { tier: 'web' } }] }),
    ]),
    ...{
      code: 'S1',
      severity: 'error',
      object: 'IPAddressPool main',
      problem: /Nobody announces/,
      hasEdit: true,
    },
  },
  {
    says: 'the alias of a large community is unknown, beside a known form',
    objects: edited(BGP_CLUSTER, [advertisement('all', { communities: ['large:64500:1:2', 'customers'] })]),
    ...{
      code: 'S3',
      severity: 'error',
      object: 'BGPAdvertisement all',
      problem: /customers/,
      hasEdit: false,
    },
  },
];
