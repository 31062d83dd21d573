/** Input of the model of speakers from any cluster source: objects, and which kinds of them are complete. */
import { type Raw, textOf } from '../../base/json.ts';
import { groupOf, METALLB_GROUP } from '../../delivery/speaker-cluster.ts';
import { toSpeakerPod } from '../../layer2/objects/watched-objects.ts';
import { namespaceOf } from '../../objects/metadata.ts';
import { containersOf, isBerthImage } from '../../objects/metallb-program.ts';
import { resourceKind } from '../../objects/resource-kind.ts';
import { type CalicoInput, hasCalicoBgp } from './calico-input.ts';

/** The same for speakers: kinds that were read completely, and kinds that could not be read. */
export type SpeakerInput = CalicoInput;

/** Kinds of metallb.io that make speakers announce. */
export const ANNOUNCING_KINDS: ReadonlySet<string> = new Set([
  'BGPPeer',
  'BGPAdvertisement',
  'L2Advertisement',
]);

/** Kinds of metallb.io without a namesake that no address depends on, and routes do. */
export const SPEAKER_ROUTE_KINDS: ReadonlySet<string> = new Set(['Community', 'BFDProfile']);

/**
 * Whether speakers announce here. One that has published itself, its Pod or its DaemonSet shows it; so do advertisements and
 * peers of metallb.io, where Calico's BGP is not configured, too.
 */
export function hasSpeakers(objects: readonly Raw[], namespace: string): boolean {
  if (objects.some((raw) => isSpeaker(raw, namespace))) return true;
  // Those of another namespace are a finding.
  return !hasCalicoBgp(objects) && objects.some((raw) => isAnnouncing(raw, namespaceOf(raw)));
}

export const isAnnouncing = (raw: Raw, namespace: string): boolean =>
  groupOf(raw) === METALLB_GROUP &&
  ANNOUNCING_KINDS.has(textOf(raw['kind'])) &&
  namespaceOf(raw) === namespace;

function isSpeaker(raw: Raw, namespace: string): boolean {
  switch (resourceKind(raw)) {
    case 'SpeakerStatus':
      return namespaceOf(raw) === namespace;
    case 'Pod':
      return namespaceOf(raw) === namespace && toSpeakerPod(raw)?.metallb === null;
    case 'DaemonSet':
      return containersOf(raw).some((one) => isBerthImage(textOf(one['image'])));
    default:
      return false;
  }
}
