/** Edits that upgrade Calico, by the image of the DaemonSet calico-node. */
import { fieldsOf, listOf, textOf } from '../../base/json.ts';
import type { ObjectEdit } from '../../findings/finding.ts';
import { namespaceOf, specOf } from '../../objects/metadata.ts';
import { type ClusterSnapshot, findObject, makeRef, patchOf } from './snapshot.ts';

/** The first version of each minor that evaluates all slices of a Service, and their readiness. */
export const FIXED_VERSIONS = { 31: 'v3.31.7', 32: 'v3.32.2' } as const;

/** Empty where the input has no DaemonSet calico-node. */
export function upgradeEdits(snapshot: ClusterSnapshot, toVersion: string): readonly ObjectEdit[] {
  const raw = findObject(snapshot, 'DaemonSet', 'calico-node');
  if (Object.keys(raw).length === 0) return [];
  const pod = fieldsOf(fieldsOf(specOf(raw)['template'])['spec']);
  const container = listOf(pod['containers'])
    .map(fieldsOf)
    .find((one) => textOf(one['name']) === 'calico-node');
  const image = textOf(container?.['image']) || 'calico/node';
  const containers = [{ name: 'calico-node', image: `${image.replace(/:[^:/]*$/, '')}:${toVersion}` }];
  const ref = makeRef('DaemonSet', 'calico-node', namespaceOf(raw) || snapshot.namespace);
  return [patchOf(ref, { spec: { template: { spec: { containers } } } })];
}
