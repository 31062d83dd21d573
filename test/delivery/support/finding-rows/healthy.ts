/** Clusters without a problem. */

import type { Raw } from '../../../../src/base/json.ts';
import {
  ANSWERING,
  BGP_CLUSTER,
  daemonSet,
  edited,
  kubeProxy,
  LAYER2_CLUSTER,
  NODES,
  session,
  speakerStatus,
} from '../speaker-clusters.ts';

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
  NODES,
];
