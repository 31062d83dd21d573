/** The speakers that have published themselves, as a command reads them: one whose Pod is gone has stopped, whatever it said last. */
import type { Raw } from '../../base/json.ts';
import { statusOf } from '../../objects/metadata.ts';
import { needsPod, readRunsInPod } from '../../objects/speaker-pod.ts';
import type { Layer2Pod, PublishedSpeaker } from '../membership/speaker-presence.ts';
import { toPublishedSpeaker } from './watched-objects.ts';

/** `pods` are those of all speakers; null where they could not be read, or files do not show them. */
export function publishedSpeakers(
  statuses: readonly Raw[],
  pods: readonly Pick<Layer2Pod, 'node' | 'metallb'>[] | null,
): readonly PublishedSpeaker[] {
  const withPod =
    pods === null ? null : new Set(pods.flatMap((one) => (one.metallb === null ? [one.node] : [])));
  return statuses.flatMap((raw) => {
    const speaker = toPublishedSpeaker(raw);
    if (speaker === null) return [];
    const isGone =
      withPod !== null && !withPod.has(speaker.node) && needsPod(readRunsInPod(statusOf(raw)['pod']), false);
    return [isGone ? { ...speaker, hasStopped: true } : speaker];
  });
}
