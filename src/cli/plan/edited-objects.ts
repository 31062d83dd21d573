/** The objects of a cluster with an edit applied, as the API server would store them. */
import { fieldsOf, type Raw, textOf } from '../../base/json.ts';
import { METALLB_GROUP } from '../../delivery/speaker-cluster.ts';
import { CALICO_GROUPS, parseApiVersion } from '../../objects/api-group.ts';
import { nameOf, namespaceOf } from '../../objects/metadata.ts';
import { isOfKind, objectId, objectIdOf } from '../../objects/object-id.ts';
import { resourceKind } from '../../objects/resource-kind.ts';
import { applyManifest } from '../cluster/apply.ts';
import { type DefaultNamespaces, withDefaultNamespace } from '../cluster/resource-ref.ts';
import type { ProposedEdit, RouteObjectRef } from './proposed-edit.ts';

export function editedObjects(
  objects: readonly Raw[],
  { manifests, deletions, routeObjectsRemoved }: ProposedEdit,
  defaultNamespaces: DefaultNamespaces,
): readonly Raw[] {
  const byId = new Map(objects.map((raw) => [objectId(raw), raw]));
  for (const { object } of manifests) {
    const raw = withDefaultNamespace(object, defaultNamespaces);
    const stored = byId.get(objectId(raw));
    byId.set(objectId(raw), stored === undefined ? withClusterIP(raw) : applyManifest(stored, raw));
  }
  for (const { resource, namespace, name } of deletions) {
    byId.delete(objectIdOf(resource, namespace, name));
    if (resource.kind !== 'Namespace') continue;
    for (const [id, raw] of byId) if (namespaceOf(raw) === name) byId.delete(id);
  }
  return [...byId.values()].filter(
    (raw) => !routeObjectsRemoved.some((ref) => isRemoved(raw, ref, defaultNamespaces)),
  );
}

/** Whether it is of the kind in a group that decides routes: a BGPPeer may be Calico's or MetalLB's, and an IPPool of others counts for nothing. */
export const isRouteKind = (raw: Raw, kind: string): boolean =>
  resourceKind(raw) === kind ||
  isOfKind(raw, kind, METALLB_GROUP) ||
  isOfKind(raw, kind, CALICO_GROUPS[0].group);

/** Without a group and a namespace, it is the object where kubectl would look for it. */
export function isRemoved(raw: Raw, ref: RouteObjectRef, defaultNamespaces: DefaultNamespaces): boolean {
  const apiVersion = textOf(raw['apiVersion']);
  const isMeant =
    ref.group === null
      ? isRouteKind(raw, ref.kind)
      : raw['kind'] === ref.kind && parseApiVersion(apiVersion).group === ref.group;
  if (!isMeant || nameOf(raw) !== ref.name) return false;
  const looked = { apiVersion, kind: ref.kind, metadata: { name: ref.name } };
  return namespaceOf(raw) === (ref.namespace ?? namespaceOf(withDefaultNamespace(looked, defaultNamespaces)));
}

/** A placeholder (RFC 5737) for the cluster IP that the API server will set: Calico ignores a Service without one. */
function withClusterIP(raw: Raw): Raw {
  const spec = fieldsOf(raw['spec']);
  if (!isOfKind(raw, 'Service', '') || textOf(spec['clusterIP']) !== '') return raw;
  return { ...raw, spec: { ipFamilies: ['IPv4'], ...spec, clusterIP: '192.0.2.0' } };
}
