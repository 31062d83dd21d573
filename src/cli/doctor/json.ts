/** The report of `berth doctor` as JSON. */
import { FINDING_CODES } from '../../calico/findings/codes.ts';
import { routerChecklist } from '../../calico/report/router-report.ts';
import { kubectlCommand } from './kubectl-commands.ts';
import { type DoctorReport, verdictFor } from './report.ts';

export const doctorReportJson = ({
  description,
  findings,
  unknown,
  unread,
  isPartial,
  routers,
  live,
}: DoctorReport) => ({
  input: description,
  // `clean` would say of what could not be read that nothing is wrong with it.
  verdict: isPartial && verdictFor(findings) === 'clean' ? 'partial' : verdictFor(findings),
  partial: isPartial,
  findings: findings.map((one) => ({
    code: one.code,
    name: FINDING_CODES[one.code],
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
  routers: routers.map((router) => ({ ...router, checklist: routerChecklist(router) })),
  ...(live === null ? {} : { live }),
});
