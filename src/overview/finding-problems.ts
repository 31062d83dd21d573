/** Findings of the doctor as problems. What the overview itself has found about the same object is not said twice. */
import { type FindingOf, SEVERITY_ORDER } from '../findings/finding.ts';
import type { Problem, ProblemCode } from './problem.ts';

type Finding = FindingOf<string>;

/** Own problems that are about the same as a finding; `object`: where both name the same object. */
const COUNTERPARTS: Readonly<
  Record<string, { readonly codes: readonly ProblemCode[]; readonly by: 'object' | 'code' }>
> = {
  A1: { codes: ['NoAddress', 'NotReconciled'], by: 'object' },
  A2: { codes: ['KeptAddress'], by: 'object' },
  A3: { codes: ['AddressConflict'], by: 'object' },
  A4: { codes: ['AnnotationUnread'], by: 'code' },
  S2: { codes: ['ConfigurationInvalid', 'PoolInvalid', 'PoolOverlap'], by: 'object' },
  S3: { codes: ['ConfigurationInvalid'], by: 'object' },
  S16: { codes: ['MetallbController'], by: 'code' },
  S18: { codes: ['SessionDown'], by: 'object' },
  S20: { codes: ['SpeakerDown'], by: 'code' },
  S22: { codes: ['HostConflict'], by: 'object' },
};

/** `own` with the findings. Of two that say the same, the own one stays, as severe as the worse of them. */
export function withFindings(own: readonly Problem[], findings: readonly Finding[]): readonly Problem[] {
  const problems = [...own];
  for (const finding of findings) {
    const index = own.findIndex((one) => saysTheSame(one, finding));
    const known = problems[index];
    if (known === undefined) problems.push(toProblem(finding));
    else problems[index] = mergedProblem(known, finding);
  }
  return problems;
}

/** Whether a problem of the overview stands for a finding of the doctor. */
export function saysTheSame(problem: Problem, { code, object }: Pick<Finding, 'code' | 'object'>): boolean {
  const counterpart = COUNTERPARTS[code];
  if (counterpart === undefined || !counterpart.codes.some((one) => one === problem.code)) return false;
  if (counterpart.by === 'code' || problem.object?.name === object.name) return true;
  // A line that a program has reported.
  const isReported = problem.object?.kind === 'ConfigurationState';
  return isReported && problem.says.startsWith(`${object.kind} ${object.name}`);
}

const toProblem = ({ code, severity, object, problem, remedy, addresses }: Finding): Problem => ({
  ...{ code, severity, says: problem, fix: remedy === '' ? null : remedy },
  object: { kind: object.kind, namespace: object.namespace, name: object.name },
  ...{ command: 'doctor', count: Math.max(1, addresses.length) },
});

const mergedProblem = (known: Problem, { severity, remedy }: Finding): Problem => ({
  ...known,
  severity: SEVERITY_ORDER[severity] < SEVERITY_ORDER[known.severity] ? severity : known.severity,
  fix: known.fix ?? (remedy === '' ? null : remedy),
});

/** Addresses that an error of the doctor explains. */
export const explainedAddresses = (findings: readonly Finding[]): ReadonlySet<string> =>
  new Set(findings.flatMap(({ severity, addresses }) => (severity === 'error' ? addresses : [])));
