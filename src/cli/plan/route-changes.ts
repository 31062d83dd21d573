/** Route changes of an edit: routes of Services with their planned addresses, and of pods. */

import type { AllocationPlan, ServicePlan } from '../../allocation/dry-run/plan.ts';
import { diffRouterReports, type RouterRouteChange } from '../../calico/report/route-changes.ts';
import { reportRouters } from '../../calico/report/router-report.ts';
import type { Address } from '../../net/address.ts';
import {
  type CalicoInput,
  diagnoseCalico,
  hasCalicoBgp,
  withServiceAddresses,
} from '../cluster/calico-input.ts';
import type { DefaultNamespaces } from '../cluster/resource-ref.ts';
import { editedObjects } from './edited-objects.ts';
import type { ProposedEdit } from './proposed-edit.ts';

/** `current` is the cluster's input. Null if neither the cluster nor the edit has objects of Calico's BGP. */
export function planRouteChanges(
  current: CalicoInput | null,
  { services }: AllocationPlan,
  edit: ProposedEdit,
  defaultNamespaces: DefaultNamespaces,
): readonly RouterRouteChange[] | null {
  if (current === null && !hasCalicoBgp(edit.manifests.map(({ object }) => object))) return null;
  const before = current ?? { objects: [] };
  const after = { ...before, objects: editedObjects(before.objects, edit, defaultNamespaces) };
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
  const { snapshot } = diagnoseCalico({ ...input, objects });
  return reportRouters(snapshot.converged, snapshot.assigned);
}
