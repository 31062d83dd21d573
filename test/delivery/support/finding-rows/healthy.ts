/** Clusters without a problem. */

import type { Raw } from '../../../../src/base/json.ts';
import {
  ANSWERING,
  answering,
  BGP_CLUSTER,
  daemonSet,
  edited,
  kubeProxy,
  LAYER2_CLUSTER,
  NODES,
  session,
  speakerStatus,
} from '../speaker-clusters.ts';
import { ciliumPool, kubeVip } from './siblings.ts';

export const HEALTHY_CLUSTERS: readonly (readonly Raw[])[] = [
  BGP_CLUSTER,
  LAYER2_CLUSTER,
  edited(LAYER2_CLUSTER, ANSWERING),
  edited(BGP_CLUSTER, [
    speakerStatus('n1', { sessions: [session('Established')] }),
    speakerStatus('n2', { sessions: [session('Established')] }),
  ]),
  edited(LAYER2_CLUSTER, [kubeProxy('kind: KubeProxyConfiguration\nmode: ipvs\nipvs: {strictARP: true}\n')]),
  edited(BGP_CLUSTER, [daemonSet('node-exporter', 'example.org/node-exporter:1')]),
  edited(LAYER2_CLUSTER, [kubeVip({ cp_enable: 'true', svc_enable: 'false' })]),
  edited(LAYER2_CLUSTER, [kubeVip({ cp_enable: 'true' })]),
  // Cilium's agents without a pool, and with one that is switched off.
  edited(LAYER2_CLUSTER, [daemonSet('cilium', 'quay.io/cilium/cilium:v1.18.0')]),
  edited(LAYER2_CLUSTER, [ciliumPool({ disabled: true })]),
  edited(LAYER2_CLUSTER, [
    daemonSet('kube-proxy', 'registry.k8s.io/kube-proxy:v1.34.1', {
      command: ['kube-proxy', '--proxy-mode=ipvs', '--ipvs-strict-arp=true'],
    }),
  ]),
  // Without an address of IPv4, no reverse-path filter drops anything.
  edited(LAYER2_CLUSTER, [...ANSWERING.slice(1), speakerStatus('n1', answering(['2001:db8:7::/64']))]),
  // Berth in the manifests of MetalLB.
  edited(BGP_CLUSTER, [
    {
      ...daemonSet('speaker', 'ghcr.io/x/berth:1', { name: 'speaker', args: ['speaker'] }),
      metadata: { name: 'speaker', namespace: 'network', labels: { app: 'metallb' } },
    },
  ]),
  NODES,
];
