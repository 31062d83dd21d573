/** The diagnosis of `berth doctor`, as its report has it. */
import type { Millis } from '../../base/clock.ts';
import type { Raw } from '../../base/json.ts';
import type { Diagnosis } from '../../calico/findings/diagnose.ts';
import { parseVersion } from '../../calico/objects/version.ts';
import { compareWithLive } from '../../calico/report/live-comparison.ts';
import { reportRouters } from '../../calico/report/router-report.ts';
import { SEVERITY_ORDER } from '../../findings/finding.ts';
import { isOfKind } from '../../objects/object-id.ts';
import { diagnoseAnnouncing } from '../cluster/announcing-diagnosis.ts';
import type { DoctorInput } from './input.ts';
import type { CalicoReport, DoctorFinding, DoctorReport } from './report.ts';

export type DoctorFlags = {
  readonly live: boolean;
  readonly 'calico-version': string;
  readonly 'calico-namespace': string;
  readonly 'speaker-namespace': string;
  readonly 'lb-class': string;
};

/** `wall`: the time of a live cluster. */
export function diagnoseInput(input: DoctorInput, flags: DoctorFlags, wall: Millis): DoctorReport {
  const version = parseVersion(flags['calico-version']);
  const { calico, speakers, notModelled, pools } = diagnoseAnnouncing(input, {
    namespace: flags['speaker-namespace'],
    lbClass: flags['lb-class'] || null,
    ...{ wall: input.isLive ? wall : null },
    ...{ triesEdits: true, calicoNamespace: flags['calico-namespace'] },
    ...(version === null ? {} : { version }),
  });
  const findings: DoctorFinding[] = [
    ...input.services.findings,
    ...(calico?.findings ?? []),
    ...(speakers?.findings ?? pools),
  ];
  const unread = [
    ...input.unread,
    ...(notModelled === null ? [] : [`what the speakers announce was not checked: ${notModelled}`]),
  ];
  return {
    ...{ description: input.description, unread, isPartial: input.isPartial || notModelled !== null },
    // Each of the two is sorted, and a sort is stable.
    findings: findings.sort((a, b) => SEVERITY_ORDER[a.severity] - SEVERITY_ORDER[b.severity]),
    unknown: [...input.services.unknown, ...(calico?.unknown ?? []), ...(speakers?.unknown ?? [])],
    calico: calico === null ? null : calicoReport(calico, flags),
    speakers: speakers?.snapshot ?? null,
  };
}

const calicoReport = ({ snapshot }: Diagnosis, { live }: DoctorFlags): CalicoReport => ({
  snapshot,
  routers: reportRouters(snapshot.converged, snapshot.assigned),
  live: live ? compareWithLive(snapshot.converged, snapshot.objectsOf('CalicoNodeStatus')) : null,
});

export const countServices = (objects: readonly Raw[]): number =>
  objects.filter((raw) => isOfKind(raw, 'Service', '')).length;
