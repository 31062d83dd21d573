/** What Calico and the speakers announce in a live cluster, by their models, as far as the objects can be read. */

import type { Millis } from '../../../base/clock.ts';
import { joinCauses } from '../../../base/shared-causes.ts';
import { OVERVIEW_KINDS } from '../../../overview/kinds.ts';
import type { CalicoInput } from '../calico-input.ts';
import type { ClusterReading } from '../cluster-reading.ts';
import { LiveCluster } from '../live-cluster.ts';
import { ANNOUNCING_KINDS, hasSpeakers } from '../speaker-input.ts';
import { readSpeakerObjects, type SpeakerObjects } from '../speaker-objects.ts';
import { type AnnouncingFacts, judgeAnnouncing } from './judge-announcing.ts';
import type { OverviewFlags } from './options.ts';

/** `wall`: the time. */
export async function readLiveAnnouncing(
  reading: ClusterReading,
  flags: Pick<OverviewFlags, 'pool-namespace' | 'lb-class'>,
  wall: Millis,
): Promise<AnnouncingFacts> {
  const defaultNamespaces = { services: 'default', pools: flags['pool-namespace'] };
  const cluster = new LiveCluster({ reading, defaultNamespaces });
  const [calico, ofSpeakers] = await Promise.all([
    cluster.readCalicoInput(),
    readSpeakerObjects({ reading, onlyWhereAnnounced: true }),
  ]);
  const ofCalico = calico.ok ? calico.value : null;
  const facts = judgeAnnouncing(
    {
      ...(ofCalico ?? { objects: [] }),
      ...{ isLive: true, speakers: speakerInput(ofSpeakers, calico.ok && calico.value === null) },
    },
    flags,
    { notRead: unreadSentences(ofSpeakers), wall },
  );
  const unknown = unknownAnnouncing(ofSpeakers, flags['pool-namespace']);
  return {
    calico: calico.ok ? facts.calico : { known: false, says: calico.error },
    speakers: unknown === null ? facts.speakers : { known: false, says: unknown },
  };
}

function speakerInput({ objects, read, unread }: SpeakerObjects, isWithoutCalico: boolean): CalicoInput {
  // Where Calico announces nothing, none of its configuration does.
  const known = isWithoutCalico ? new Set([...read, 'BGPConfiguration']) : read;
  return { objects, read: known, forbidden: new Set(unread.keys()) };
}

/** Kinds that the overview reads itself are named by it. */
const NAMED_KINDS: ReadonlySet<string> = new Set([...OVERVIEW_KINDS, 'Service']);

const unreadSentences = ({ unread }: SpeakerObjects): readonly string[] =>
  [...unread].flatMap(([kind, says]) => (NAMED_KINDS.has(kind) ? [] : [says]));

/** Why it is not known whether speakers announce; null where it is. */
function unknownAnnouncing({ objects, unread }: SpeakerObjects, namespace: string): string | null {
  if (hasSpeakers(objects, namespace)) return null;
  const missing = [...ANNOUNCING_KINDS].flatMap((kind) => unread.get(kind) ?? []);
  return missing.length === 0 ? null : joinCauses(missing).join('; ');
}
