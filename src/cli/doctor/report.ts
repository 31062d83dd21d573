/** The report of `berth doctor`, before it is printed as text or JSON. */
import type { Finding, UndecidedCheck } from '../../calico/findings/finding.ts';
import type { ClusterSnapshot } from '../../calico/findings/snapshot.ts';
import type { LiveComparison } from '../../calico/report/live-comparison.ts';
import type { RouterReport } from '../../calico/report/router-report.ts';

export type DoctorReport = {
  /** The input, for the heading. */
  readonly description: string;
  /** Worst first. */
  readonly findings: readonly Finding[];
  /** Checks that could not be decided, because kinds are missing in the input. */
  readonly unknown: readonly UndecidedCheck[];
  /** Sentences about objects that could not be read. */
  readonly unread: readonly string[];
  /** Something in `unread`: the findings may be incomplete. */
  readonly isPartial: boolean;
  readonly snapshot: ClusterSnapshot;
  readonly routers: readonly RouterReport[];
  /** Null unless it is asked for. */
  readonly live: LiveComparison | null;
};

export type DoctorVerdict = 'errors' | 'warnings' | 'clean';

/** The worst severity of the findings; hints do not count. */
export function verdictFor(findings: readonly Finding[]): DoctorVerdict {
  if (findings.some(({ severity }) => severity === 'error')) return 'errors';
  return findings.some(({ severity }) => severity === 'warning') ? 'warnings' : 'clean';
}
