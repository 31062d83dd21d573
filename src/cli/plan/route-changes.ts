/** Route changes of an edit: routes of Services with their planned addresses, and of pods. */

import type { AllocationPlan, ServicePlan } from '../../allocation/dry-run/plan.ts';
import { fieldsOf, type Raw, textOf } from '../../base/json.ts';
import { diffRouterReports, type RouterRouteChange } from '../../calico/report/route-changes.ts';
import { reportRouters } from '../../calico/report/router-report.ts';
import type { Address } from '../../net/address.ts';
import { metadataOf } from '../../objects/metadata.ts';
import { applyManifest } from '../cluster/apply.ts';
import {
  type CalicoInput,
  diagnoseCalico,
  hasCalicoBgp,
  withServiceAddresses,
} from '../cluster/calico-input.ts';
import { type DefaultNamespaces, withDefaultNamespace } from '../cluster/resource-ref.ts';
import type { ProposedEdit } from './proposed-edit.ts';

/** `current` is the cluster's input. Null if neither the cluster nor the edit has objects of Calico's BGP. */
export function planRouteChanges(
  current: CalicoInput | null,
  { services }: AllocationPlan,
  edit: ProposedEdit,
  defaultNamespaces: DefaultNamespaces,
): readonly RouterRouteChange[] | null {
  const edits = edit.manifests.map(({ object }) => withDefaultNamespace(object, defaultNamespaces));
  if (current === null && !hasCalicoBgp(edits)) return null;
  const before = current ?? { objects: [] };
  const after = { ...before, objects: editedObjects(before.objects, edits, edit) };
  return diffRouterReports(
    learnedRoutes(before, services, (one) => one.before?.addresses),
    learnedRoutes(after, services, (one) => one.later?.addresses),
  );
}

function learnedRoutes(
  input: CalicoInput,
  services: readonly ServicePlan[],
  addressesOf: (one: ServicePlan) => readonly Address[] | undefined,
) {
  const assigned = new Map(services.map((one) => [one.key, addressesOf(one) ?? []] as const));
  const objects = withServiceAddresses(input.objects, assigned);
  const { world } = diagnoseCalico({ ...input, objects });
  return reportRouters(world.converged, world.assigned);
}

/** Without the API group: both groups of Calico's API hold the same objects. */
const objectId = (raw: Raw): string => {
  const { namespace, name } = metadataOf(raw);
  return `${textOf(raw['kind'])} ${textOf(namespace)}/${textOf(name)}`;
};

function editedObjects(
  objects: readonly Raw[],
  edits: readonly Raw[],
  { deletions, routeObjectsRemoved }: Pick<ProposedEdit, 'deletions' | 'routeObjectsRemoved'>,
): readonly Raw[] {
  const byId = new Map(objects.map((raw) => [objectId(raw), raw]));
  for (const raw of edits) {
    const stored = byId.get(objectId(raw));
    byId.set(objectId(raw), stored === undefined ? withClusterIP(raw) : applyManifest(stored, raw));
  }
  for (const { resource, namespace, name } of deletions) byId.delete(`${resource.kind} ${namespace}/${name}`);
  return [...byId.values()].filter(
    (raw) => !routeObjectsRemoved.includes(`${textOf(raw['kind'])} ${textOf(metadataOf(raw)['name'])}`),
  );
}

/** A placeholder (RFC 5737) for the cluster IP that the API server will set: Calico ignores a Service without one. */
function withClusterIP(raw: Raw): Raw {
  const spec = fieldsOf(raw['spec']);
  if (raw['kind'] !== 'Service' || textOf(spec['clusterIP']) !== '') return raw;
  return { ...raw, spec: { ipFamilies: ['IPv4'], ...spec, clusterIP: '192.0.2.0' } };
}
