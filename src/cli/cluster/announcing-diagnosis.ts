/**
 * The diagnosis of what keeps addresses from their clients: by Calico's model, by the model of the speakers, or by both. `doctor`
 * and the overview judge by it, so they say the same of one cluster.
 */
import type { Millis } from '../../base/clock.ts';
import type { Raw } from '../../base/json.ts';
import { type Diagnosis, diagnose } from '../../calico/findings/diagnose.ts';
import type { ClusterSnapshot, SnapshotOptions } from '../../calico/findings/snapshot.ts';
import type { SpeakerFinding } from '../../delivery/findings/check.ts';
import { diagnoseSpeakers, type SpeakerDiagnosis } from '../../delivery/findings/diagnose.ts';
import { modelSizeError } from '../../delivery/model-size.ts';
import { groupOf, METALLB_GROUP } from '../../delivery/speaker-cluster.ts';
import { hashedRouterId } from '../../kube/node-router-id.ts';
import { isWithoutCalico } from './calico-input.ts';
import { CALICO_KINDS_UNREAD } from './calico-objects.ts';
import { hasSpeakers, type SpeakerInput } from './speaker-input.ts';

export type AnnouncingInput = Pick<SnapshotOptions, 'complete' | 'read' | 'forbidden'> & {
  readonly objects: readonly Raw[];
  readonly isLive: boolean;
  /** The same for the speakers, whose kinds have namesakes among Calico's. */
  readonly speakers: SpeakerInput;
};

export type AnnouncingOptions = Pick<SnapshotOptions, 'version'> & {
  /** Of the speakers, and of pools. */
  readonly namespace: string;
  readonly lbClass: string | null;
  /** Edits are tried on the models, and dropped where they do not help. */
  readonly triesEdits: boolean;
  /** Of a live cluster: the time by which speakers may be starting. Null for files. */
  readonly wall: Millis | null;
  /** Of calico-node; '' where it is to be found. */
  readonly calicoNamespace: string;
};

export type AnnouncingDiagnosis = {
  /** Null where Calico is not installed. */
  readonly calico: Diagnosis | null;
  /** Null where no speakers announce, and where the cluster is too large for their model. */
  readonly speakers: SpeakerDiagnosis | null;
  /** Why the model of the speakers was not computed: the end of a sentence. Null where it was, or where none announce. */
  readonly notModelled: string | null;
  /** What is wrong with pools, where `speakers` is null. */
  readonly pools: readonly SpeakerFinding[];
};

export function diagnoseAnnouncing(input: AnnouncingInput, options: AnnouncingOptions): AnnouncingDiagnosis {
  const all = [...input.objects, ...input.speakers.objects];
  const isBySpeakers = hasSpeakers(all, options.namespace) || (!input.isLive && isForSpeakers(input.objects));
  const isByCalico = !isWithoutCalico(input.objects) || !(isBySpeakers || input.isLive);
  const mayBeSpeakers = isBySpeakers || !isByCalico;
  const notModelled = mayBeSpeakers ? modelSizeError(input.speakers.objects) : null;
  const judged = { ...input, speakers: withUnreadCalico(input, all, options.namespace) };
  const first = mayBeSpeakers && notModelled === null ? speakerDiagnosis(judged, options, new Set()) : null;
  const announced = first === null ? null : announcedBySpeakers(first);
  const calico = isByCalico ? calicoDiagnosis(input, options, announced) : null;
  const speakers =
    first === null || calico === null
      ? first
      : speakerDiagnosis(judged, options, learnedFromCalico(calico.snapshot));
  return { calico, speakers, notModelled, pools: speakers === null ? findInObjects(all, options) : [] };
}

/** Where nothing but objects of metallb.io shows speakers, Calico's configuration may say that Calico announces: it counts as unread. */
function withUnreadCalico(
  { speakers, forbidden }: AnnouncingInput,
  all: readonly Raw[],
  namespace: string,
): SpeakerInput {
  const isUnread = ['BGPConfiguration', CALICO_KINDS_UNREAD].some((kind) => forbidden?.has(kind) === true);
  const others = all.filter((raw) => groupOf(raw) !== METALLB_GROUP);
  if (!isUnread || hasSpeakers(others, namespace)) return speakers;
  return { ...speakers, forbidden: new Set([...(speakers.forbidden ?? []), 'BGPConfiguration']) };
}

/** Files with objects of metallb.io, and none that says who announces: nothing of them is Calico's. */
const isForSpeakers = (objects: readonly Raw[]): boolean =>
  isWithoutCalico(objects) && objects.some((raw) => groupOf(raw) === METALLB_GROUP);

/** What is wrong with an object of metallb.io itself is a finding without speakers, too: pools are the controller's, whoever announces. */
export function findInObjects(
  objects: readonly Raw[],
  { namespace, triesEdits }: Pick<AnnouncingOptions, 'namespace' | 'triesEdits'>,
): readonly SpeakerFinding[] {
  const own = objects.filter((raw) => groupOf(raw) === METALLB_GROUP);
  const options = { namespace, lbClass: null, complete: false, triesEdits };
  return diagnoseSpeakers([...new Set(own)], options).findings.filter(({ code }) => OBJECT_CODES.has(code));
}

/** Of the object itself: invalid, and in a namespace that nobody reads. */
const OBJECT_CODES: ReadonlySet<string> = new Set(['S2', 'S23']);

function speakerDiagnosis(
  { speakers: { objects, read, forbidden }, complete }: AnnouncingInput,
  { namespace, lbClass, triesEdits, wall }: AnnouncingOptions,
  deliveredOtherwise: ReadonlySet<string>,
): SpeakerDiagnosis {
  return diagnoseSpeakers(objects, {
    ...{ namespace, lbClass, triesEdits, deliveredOtherwise, complete: complete === true, wall },
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
  { objects, complete, read, forbidden }: AnnouncingInput,
  { triesEdits, version, calicoNamespace }: AnnouncingOptions,
  announcedOtherwise: ReturnType<typeof announcedBySpeakers> | null,
): Diagnosis {
  return diagnose(objects, {
    ...(complete === undefined ? {} : { complete }),
    ...(read === undefined ? {} : { read }),
    ...(forbidden === undefined ? {} : { forbidden }),
    ...{ hashRouterId: hashedRouterId, triesEdits },
    ...(version === undefined ? {} : { version }),
    ...(announcedOtherwise === null ? {} : { announcedOtherwise }),
    ...(calicoNamespace === '' ? {} : { namespace: calicoNamespace }),
  });
}
