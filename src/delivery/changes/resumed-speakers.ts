/** Speakers that have drained, and announce again after an edit: their nodes are not cordoned any more. */
import { findDrainReason } from '../../announce/decision/drain-trigger.ts';
import { fieldsOf, type Raw, textOf } from '../../base/json.ts';
import { nameOf, statusOf } from '../../objects/metadata.ts';
import { decodeNode } from '../../objects/node.ts';
import { isOfKind } from '../../objects/object-id.ts';
import { announceByBgp, type BgpAnnouncements } from '../bgp/bgp-announcements.ts';
import type { SpeakerCluster } from '../speaker-cluster.ts';

/** Names of their nodes, sorted. A speaker that has left drains on cordon, whatever is known of its arguments. */
export function resumedSpeakers(before: readonly Raw[], after: readonly Raw[]): readonly string[] {
  const left = before.filter(hasLeft).map(nameOf);
  if (left.length === 0) return [];
  const [was, is] = [drainsByNode(before), drainsByNode(after)];
  return left.filter((node) => was.get(node) === true && is.get(node) === false).sort();
}

const hasLeft = (raw: Raw): boolean =>
  isOfKind(raw, 'SpeakerStatus', 'berth.dev') && textOf(fieldsOf(raw['status'])['phase']) === 'left';

const drainsByNode = (objects: readonly Raw[]): ReadonlyMap<string, boolean> =>
  new Map(
    objects
      .filter((raw) => isOfKind(raw, 'Node', ''))
      .map((raw) => [nameOf(raw), findDrainReason(decodeNode(raw), { onCordon: true }) !== null]),
  );

/** With what they will publish: until the edit they say that they have left. */
export function withResumed(objects: readonly Raw[], nodes: readonly string[]): readonly Raw[] {
  if (nodes.length === 0) return objects;
  return objects.map((raw) =>
    hasLeft(raw) && nodes.includes(nameOf(raw))
      ? { ...raw, status: { ...statusOf(raw), phase: 'speaking' } }
      : raw,
  );
}

/** What all speakers know of BGP. A speaker that has drained has forgotten nothing, and announces nothing. */
export const knownToSpeakers = (
  cluster: SpeakerCluster,
  announced: BgpAnnouncements,
  resumed: readonly string[],
): BgpAnnouncements =>
  resumed.length === 0
    ? announced
    : announceByBgp({ ...cluster, running: [...new Set([...cluster.running, ...resumed])].sort() }, null);
