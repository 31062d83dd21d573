/**
 * Why a Service has its address, from what the watches hold: without a request, and without a model. Who announces the address is
 * another question, whose answer takes longer.
 */

import type { StyledSection } from '../../base/styled-text.ts';
import type { ServiceKey } from '../../objects/service.ts';
import { styledSections } from '../../observe/styled-output.ts';
import { isRead } from '../../overview/knowledge.ts';
import type { Overview } from '../../overview/overview.ts';
import { ClusterState } from '../cluster/cluster-state.ts';
import { selectsNamespaces } from '../cluster/overview/live-overview.ts';
import { reportService } from '../explain/service-report.ts';
import { serviceLines } from '../explain/service-text.ts';

/** Null where the watches do not hold all that decides. */
export function explainFromHeld(
  key: ServiceKey,
  overview: Overview,
  poolNamespace: string,
): readonly StyledSection[] | null {
  const service = overview.serviceOf(key);
  const { allocation } = overview;
  if (service === undefined || allocation === null || overview.allServices() === null) return null;
  const areLabelsNeeded = overview.objectsOf('IPAddressPool').objects.some(selectsNamespaces);
  if (areLabelsNeeded && !isRead(overview.objectsOf('Namespace').reading)) return null;
  const state = new ClusterState(poolNamespace);
  state.services.set(key, service);
  const report = reportService({ allocation, services: state.services }, service, state);
  return styledSections((format) => serviceLines(report, null, format));
}
