/** What an edit changes in what Calico announces: routes of Services with their planned addresses, and pod routes. */

import type { AllocationPlan, ServicePlan } from '../../allocation/dry-run/plan.ts';
import type { Diagnosis } from '../../calico/findings/diagnose.ts';
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
import { findPodsCutOff } from './pods-cut-off.ts';
import type { ProposedEdit } from './proposed-edit.ts';

export type CalicoPlan = {
  /** Null without Calico. */
  readonly routes: readonly RouterRouteChange[] | null;
  /** Sentences about pods that could not communicate any more. */
  readonly podsCutOff: readonly string[];
};

/** `current` is the cluster's input. Null if neither the cluster nor the edit has objects of Calico's BGP. */
export function planCalico(
  current: CalicoInput | null,
  { services }: AllocationPlan,
  edit: ProposedEdit,
  defaultNamespaces: DefaultNamespaces,
): CalicoPlan {
  if (current === null && !hasCalicoBgp(edit.manifests.map(({ object }) => object)))
    return { routes: null, podsCutOff: [] };
  const before = current ?? { objects: [] };
  const after = { ...before, objects: editedObjects(before.objects, edit, defaultNamespaces) };
  const now = judge(before, services, (one) => one.before?.addresses);
  const then = judge(after, services, (one) => one.later?.addresses);
  return {
    routes: diffRouterReports(learnedRoutes(now), learnedRoutes(then)),
    podsCutOff: findPodsCutOff(now.findings, then.findings),
  };
}

function judge(
  input: CalicoInput,
  services: readonly ServicePlan[],
  addressesOf: (one: ServicePlan) => readonly Address[] | undefined,
): Diagnosis {
  const assigned = new Map(services.map((one) => [one.key, addressesOf(one) ?? []] as const));
  const objects = withServiceAddresses(input.objects, assigned);
  return diagnoseCalico({ ...input, objects });
}

const learnedRoutes = ({ snapshot }: Diagnosis) => reportRouters(snapshot.converged, snapshot.assigned);
