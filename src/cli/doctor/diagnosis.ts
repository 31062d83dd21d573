/** The diagnosis of `berth doctor`: of what Calico announces, of what the speakers announce, or of both. */
import type { Raw } from '../../base/json.ts';
import { diagnose } from '../../calico/findings/diagnose.ts';
import type { ClusterSnapshot } from '../../calico/findings/snapshot.ts';
import { parseVersion } from '../../calico/objects/version.ts';
import { compareWithLive } from '../../calico/report/live-comparison.ts';
import { reportRouters } from '../../calico/report/router-report.ts';
import { diagnoseSpeakers, type SpeakerDiagnosis } from '../../delivery/findings/diagnose.ts';
import { SEVERITY_ORDER } from '../../findings/finding.ts';
import { hashedRouterId } from '../../kube/node-router-id.ts';
import { isWithoutCalico } from '../cluster/calico-input.ts';
import { hasSpeakers } from '../cluster/speaker-input.ts';
import type { DoctorInput } from './input.ts';
import type { CalicoReport, DoctorReport } from './report.ts';

export type DoctorFlags = {
  readonly live: boolean;
  readonly 'calico-version': string;
  readonly 'calico-namespace': string;
  readonly 'speaker-namespace': string;
  readonly 'lb-class': string;
};

export function diagnoseInput(input: DoctorInput, flags: DoctorFlags): DoctorReport {
  const all = [...input.objects, ...input.speakers.objects];
  const isBySpeakers = hasSpeakers(all, flags['speaker-namespace']);
  const isByCalico = !isWithoutCalico(input.objects) || !(isBySpeakers || input.isLive);
  const first = isByCalico && !isBySpeakers ? null : speakerDiagnosis(input, flags, new Set());
  const announced = first === null ? null : announcedBySpeakers(first);
  const calico = isByCalico ? calicoDiagnosis(input, flags, announced) : null;
  const speakers =
    first === null || calico === null
      ? first
      : speakerDiagnosis(input, flags, learnedFromCalico(calico.report.snapshot));
  const findings = [...(calico?.findings ?? []), ...(speakers?.findings ?? [])];
  const { description, unread, isPartial } = input;
  return {
    ...{ description, unread, isPartial },
    // Each of the two is sorted, and a sort is stable.
    findings: findings.sort((a, b) => SEVERITY_ORDER[a.severity] - SEVERITY_ORDER[b.severity]),
    unknown: [...(calico?.unknown ?? []), ...(speakers?.unknown ?? [])],
    calico: calico?.report ?? null,
    speakers: speakers?.snapshot ?? null,
  };
}

function speakerDiagnosis(
  input: DoctorInput,
  flags: DoctorFlags,
  deliveredOtherwise: ReadonlySet<string>,
): SpeakerDiagnosis {
  const { objects, read, forbidden } = input.speakers;
  return diagnoseSpeakers(objects, {
    namespace: flags['speaker-namespace'],
    lbClass: flags['lb-class'] || null,
    ...{ complete: input.complete === true, triesEdits: true, deliveredOtherwise },
    ...(read === undefined ? {} : { read }),
    ...(forbidden === undefined ? {} : { forbidden }),
  });
}

/** Addresses that the speakers deliver, and their pools: Calico is not expected to announce them. */
function announcedBySpeakers({ snapshot }: SpeakerDiagnosis) {
  const { announced, undelivered } = snapshot;
  const missing = new Set((undelivered ?? []).map(({ address }) => address));
  const addresses = announced.deliveries.map(({ address }) => address).filter((one) => !missing.has(one));
  return { addresses: new Set(addresses), pools: snapshot.coveredPools };
}

const learnedFromCalico = ({ assigned, undelivered }: ClusterSnapshot): ReadonlySet<string> =>
  new Set(
    undelivered === null ? [] : assigned.map(({ text }) => text).filter((text) => !undelivered.has(text)),
  );

function calicoDiagnosis(
  input: DoctorInput,
  flags: DoctorFlags,
  announcedOtherwise: ReturnType<typeof announcedBySpeakers> | null,
) {
  const version = parseVersion(flags['calico-version']);
  const { complete, read, forbidden } = input;
  const {
    findings,
    unknown,
    world: snapshot,
  } = diagnose(input.objects, {
    ...(complete === undefined ? {} : { complete }),
    ...(read === undefined ? {} : { read }),
    ...(forbidden === undefined ? {} : { forbidden }),
    ...{ hashRouterId: hashedRouterId, triesEdits: true },
    ...(version === null ? {} : { version }),
    ...(announcedOtherwise === null ? {} : { announcedOtherwise }),
    ...(flags['calico-namespace'] === '' ? {} : { namespace: flags['calico-namespace'] }),
  });
  const report: CalicoReport = {
    snapshot,
    routers: reportRouters(snapshot.converged, snapshot.assigned),
    live: flags.live ? compareWithLive(snapshot.converged, snapshot.objectsOf('CalicoNodeStatus')) : null,
  };
  return { findings, unknown, report };
}

export const countServices = (objects: readonly Raw[]): number =>
  objects.filter((raw) => raw['kind'] === 'Service').length;
