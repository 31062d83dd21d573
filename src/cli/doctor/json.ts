/** An examination for programs to read. */

import { FINDING_CODES } from '../../calico/findings/codes.ts';
import type { Finding } from '../../calico/findings/finding.ts';
import { routerChecklist } from '../../calico/report/router-report.ts';
import { kubectlCommand } from './kubectl-commands.ts';
import type { DoctorReport } from './text.ts';

export const doctorReportJson = ({
  description,
  findings,
  unknown,
  unread,
  routers,
  live,
}: DoctorReport) => ({
  input: description,
  verdict: verdictFor(findings),
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
  cannotKnow: unknown,
  notRead: unread,
  routers: routers.map((router) => ({ ...router, checklist: routerChecklist(router) })),
  ...(live === null ? {} : { live }),
});

/** The worst that was found. */
export function verdictFor(findings: readonly Finding[]): 'errors' | 'warnings' | 'clean' {
  if (findings.some(({ severity }) => severity === 'error')) return 'errors';
  return findings.some(({ severity }) => severity === 'warning') ? 'warnings' : 'clean';
}
