/** EndpointSlices whose change or deletion withdraws a Service. */
import type { Raw } from '../../../../src/base/json.ts';
import { calicoVersion, configurationPatch, DISABLED, daemonSet, object, withChanges } from '../clusters.ts';
import type { FindingRow } from './row.ts';

const slice = (name: string, on: readonly string[], service = 'edge'): Raw =>
  object(
    'EndpointSlice',
    name,
    {
      metadata: { namespace: 'shop', labels: { 'kubernetes.io/service-name': service } },
      addressType: 'IPv4',
      endpoints: on.map((nodeName) => ({ addresses: ['10.244.0.6'], conditions: { ready: true }, nodeName })),
    },
    'discovery.k8s.io/v1',
  );

const version = (text: string): readonly Raw[] => [
  calicoVersion(text),
  daemonSet('calico-node', 'kube-system', `quay.io/calico/node:${text}`),
];

export const SLICES: readonly FindingRow[] = [
  {
    code: 'P47',
    title: 'two slices of a Local Service have endpoints on different nodes',
    failing: withChanges({ add: [...version('v3.31.3'), slice('edge-2', ['w1'])] }),
    nearMiss: withChanges({ add: [...version('v3.31.3'), slice('edge-2', ['w2'])] }),
  },
  {
    code: 'P47',
    title: 'one slice is empty, and the addresses are announced singly',
    failing: withChanges({
      ...configurationPatch(DISABLED),
      add: [...version('v3.32.1'), slice('web-2', [], 'web')],
    }),
    nearMiss: withChanges({
      ...configurationPatch(DISABLED),
      add: [...version('v3.32.2'), slice('web-2', [], 'web')],
    }),
  },
  {
    code: 'P48',
    title: 'one of two slices has the name of the Service',
    failing: withChanges({ add: [slice('edge', ['w1'])] }),
    nearMiss: withChanges({ drop: ['EndpointSlice/edge-1'], add: [slice('edge', ['w1'])] }),
    hasNoEdit: true,
  },
  {
    code: 'P48',
    title: 'a slice of another Service has the name',
    failing: withChanges({ add: [slice('edge', ['w1'], 'web')] }),
    nearMiss: withChanges({ add: [slice('edge', ['w1'], 'web'), calicoVersion('v3.30.7')] }),
    hasNoEdit: true,
  },
];
