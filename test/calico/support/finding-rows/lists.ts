/** Lists of ranges that Calico does not take, and ranges that its environment names. */
import type { Raw } from '../../../../src/base/json.ts';
import { calicoVersion, configurationPatch, DISABLED, daemonSet, withChanges } from '../clusters.ts';
import type { FindingRow } from './row.ts';

const VARIABLE = 'CALICO_ADVERTISE_CLUSTER_IPS';
const LISTED = { serviceClusterIPs: [{ cidr: '10.43.0.0/16' }] };

const calicoNode = (variable: Raw, version = 'v3.33.0'): Raw =>
  daemonSet('calico-node', 'kube-system', `quay.io/calico/node:${version}`, [
    { name: VARIABLE, ...variable },
  ]);

/** The cluster with and without the variable. */
const variableRow = (title: string, variable: Raw, spec: Raw = LISTED, version = 'v3.33.0'): FindingRow => ({
  code: 'P50',
  title,
  failing: withChanges({ ...configurationPatch(spec), add: [calicoNode(variable, version)] }),
  nearMiss: withChanges({ ...configurationPatch(spec), add: [calicoNode({ value: '' }, version)] }),
  hasNoEdit: true,
});

const unreadable = (spec: Raw): readonly Raw[] =>
  withChanges({ ...configurationPatch(spec), add: [calicoVersion('v3.31.7')] });

export const LISTS: readonly FindingRow[] = [
  variableRow('the environment names another range of ClusterIPs', { value: '10.44.0.0/16' }),
  variableRow('the environment names a range, and no list does', { value: '10.44.0.0/16' }, {}),
  variableRow('the environment names two ranges', { value: '10.44.0.0/16,fd00::/108' }),
  variableRow('the environment names a range with host bits', { value: '10.44.0.1/16' }),
  variableRow(
    'the environment of an older version names a range',
    { value: '10.43.0.0/16' },
    LISTED,
    'v3.31.7',
  ),
  variableRow('the range of the environment is in another object', {
    valueFrom: { configMapKeyRef: { name: 'calico', key: 'range' } },
  }),
  {
    code: 'P6',
    title: 'the range of ClusterIPs is in the environment',
    failing: withChanges({ ...configurationPatch(DISABLED), add: [calicoNode({ value: '10.43.0.0/16' })] }),
    nearMiss: withChanges({
      ...configurationPatch({ ...DISABLED, ...LISTED }),
      add: [calicoNode({ value: '10.43.0.0/16' }, 'v3.32.1')],
    }),
    hasNoEdit: true,
  },
  {
    code: 'P45',
    title: 'one entry of the list has no length',
    failing: unreadable({ serviceLoadBalancerIPs: [{ cidr: '192.168.5.0/24' }, { cidr: '192.168.6.1' }] }),
    nearMiss: unreadable({
      serviceLoadBalancerIPs: [{ cidr: '192.168.5.0/24' }, { cidr: '192.168.6.1/32' }],
    }),
  },
  {
    code: 'P45',
    title: 'one entry is no prefix',
    failing: unreadable({ serviceLoadBalancerIPs: [{ cidr: '192.168.5.0/24' }, { cidr: 'lan/24' }] }),
    nearMiss: unreadable({
      ...DISABLED,
      serviceLoadBalancerIPs: [{ cidr: '192.168.5.0/24' }, { cidr: 'lan/24' }],
    }),
  },
];
