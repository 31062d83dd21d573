/** An examination for programs to read. */

import { CODES } from '../../calico/findings/codes.ts';
import type { Finding } from '../../calico/findings/finding.ts';
import { checklistFor } from '../../calico/report.ts';
import { asCommand } from './edits.ts';
import type { Examination } from './print.ts';

export const examinationValue = ({ describe, findings, unknown, unread, routers, live }: Examination) => ({
  input: describe,
  verdict: verdictOf(findings),
  findings: findings.map((one) => ({
    code: one.code,
    name: CODES[one.code],
    severity: one.severity,
    object: one.object,
    field: one.field,
    says: one.says,
    todo: one.todo,
    addresses: one.addresses,
    concerns: one.concerns,
    fix: one.fix.map((edit) => ({ ...edit, command: asCommand(edit) })),
  })),
  cannotKnow: unknown,
  notRead: unread,
  routers: routers.map((router) => ({ ...router, checklist: checklistFor(router) })),
  ...(live === null ? {} : { live }),
});

/** The worst that was found. */
export function verdictOf(findings: readonly Finding[]): 'errors' | 'warnings' | 'clean' {
  if (findings.some(({ severity }) => severity === 'error')) return 'errors';
  return findings.some(({ severity }) => severity === 'warning') ? 'warnings' : 'clean';
}
