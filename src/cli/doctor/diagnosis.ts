/** The diagnosis of `berth doctor`: of what Calico announces, of what the speakers announce, or of both. */
import type { Raw } from '../../base/json.ts';
import { diagnose } from '../../calico/findings/diagnose.ts';
import type { ClusterSnapshot } from '../../calico/findings/snapshot.ts';
import { parseVersion } from '../../calico/objects/version.ts';
import { compareWithLive } from '../../calico/report/live-comparison.ts';
import { reportRouters } from '../../calico/report/router-report.ts';
import { diagnoseSpeakers, type SpeakerDiagnosis } from '../../delivery/findings/diagnose.ts';
import { groupOf, METALLB_GROUP } from '../../delivery/speaker-cluster.ts';
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
  const isBySpeakers =
    hasSpeakers(all, flags['speaker-namespace']) || (!input.isLive && isForSpeakers(input.objects));
  const isByCalico = !isWithoutCalico(input.objects) || !(isBySpeakers || input.isLive);
  const first = isByCalico && !isBySpeakers ? null : speakerDiagnosis(input, flags, new Set());
  const announced = first === null ? null : announcedBySpeakers(first);
  const calico = isByCalico ? calicoDiagnosis(input, flags, announced) : null;
  const speakers =
    first === null || calico === null
      ? first
      : speakerDiagnosis(input, flags, learnedFromCalico(calico.report.snapshot));
  const findings = [
    ...(calico?.findings ?? []),
    ...(speakers === null ? poolFindings(all, flags) : speakers.findings),
  ];
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

/** Files with objects of metallb.io, and none that says who announces: nothing of them is Calico's. */
const isForSpeakers = (objects: readonly Raw[]): boolean =>
  isWithoutCalico(objects) && objects.some((raw) => groupOf(raw) === METALLB_GROUP);

/** Pools are the controller's, whoever announces: what is wrong with one is a finding without speakers, too. */
function poolFindings(objects: readonly Raw[], flags: DoctorFlags): SpeakerDiagnosis['findings'] {
  const pools = objects.filter((raw) => groupOf(raw) === METALLB_GROUP && raw['kind'] === 'IPAddressPool');
  const options = { namespace: flags['speaker-namespace'], lbClass: null, complete: false, triesEdits: true };
  return diagnoseSpeakers([...new Set(pools)], options).findings.filter(({ code }) => POOL_CODES.has(code));
}

/** Of the object itself: invalid, and in a namespace that nobody reads. */
const POOL_CODES: ReadonlySet<string> = new Set(['S2', 'S23']);

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
