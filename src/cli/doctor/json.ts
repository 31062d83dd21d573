/** The report of `berth doctor` as JSON. */
import { plural } from '../../base/text.ts';
import { routerChecklist } from '../../calico/report/router-report.ts';
import { countRoutes, eachRoute } from '../../delivery/bgp/delivery-routes.ts';
import type { AnnouncementSnapshot } from '../../delivery/findings/snapshot.ts';
import { kubectlCommand } from './kubectl-commands.ts';
import { codeName, type DoctorReport, verdictFor } from './report.ts';

export const doctorReportJson = ({
  description,
  findings,
  unknown,
  unread,
  isPartial,
  calico,
  speakers,
}: DoctorReport) => ({
  input: description,
  // `clean` would say of what could not be read that nothing is wrong with it.
  verdict: isPartial && verdictFor(findings) === 'clean' ? 'partial' : verdictFor(findings),
  partial: isPartial,
  findings: findings.map((one) => ({
    code: one.code,
    name: codeName(one.code),
    severity: one.severity,
    object: one.object,
    field: one.field,
    says: one.problem,
    todo: one.remedy,
    addresses: one.addresses,
    concerns: one.concerns,
    fix: one.edits.map((edit) => ({ ...edit, command: kubectlCommand(edit) })),
  })),
  cannotKnow: unknown.map(({ code, needs, says }) => ({ code, needs, says })),
  notRead: unread,
  routers: (calico?.routers ?? []).map((router) => ({ ...router, checklist: routerChecklist(router) })),
  ...(speakers === null ? {} : announcementsJson(speakers)),
  ...(calico === null || calico.live === null ? {} : { live: calico.live }),
});

/** Single routes that are listed: a list of more is longer than a text can be in memory. */
const ROUTES_MAX = 1_000_000;

/** Each address of the speakers' Services, with the routes of nodes to peers and the node that answers by layer 2. */
function announcementsJson({ announced: { deliveries } }: AnnouncementSnapshot) {
  const count = deliveries.reduce((sum, { routes }) => sum + countRoutes(routes), 0);
  if (count > ROUTES_MAX)
    return { announcementsLeftOut: `${plural(count, 'route')} are more than ${ROUTES_MAX}` };
  const announcements = deliveries.map(({ service, address, routes, owner }) => ({
    ...{ service, address, routes: eachRoute(routes), owner },
  }));
  return { announcements };
}
