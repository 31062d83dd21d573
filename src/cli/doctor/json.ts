/** The report of `berth doctor` as JSON. */
import { routerChecklist } from '../../calico/report/router-report.ts';
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
  ...(speakers === null ? {} : { announcements: announcementsJson(speakers) }),
  ...(calico === null || calico.live === null ? {} : { live: calico.live }),
});

/** Each address of the speakers' Services, with the routes of nodes to peers and the node that answers by layer 2. */
const announcementsJson = ({ announced }: AnnouncementSnapshot) =>
  announced.deliveries.map(({ service, address, routes, owner }) => ({ service, address, routes, owner }));
