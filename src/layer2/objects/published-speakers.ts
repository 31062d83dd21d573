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
    // Statuses of older builds do not say it: they count as running.
    const counted = { onItsNode: withPod?.has(speaker.node) === true, anywhere: false };
    const isGone =
      withPod !== null && !counted.onItsNode && needsPod(readRunsInPod(statusOf(raw)['pod']), counted);
    return [isGone ? { ...speaker, hasStopped: true } : speaker];
  });
}
