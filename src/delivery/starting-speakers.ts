/**
 * Speakers that are starting: a new Node, DaemonSet or Pod has come, and nothing has been published yet; or a session was opened a
 * moment ago. What these do not announce yet is no fault.
 */
import type { Millis } from '../base/clock.ts';
import { type Raw, textOf } from '../base/json.ts';
import { toSpeakerPod } from '../layer2/objects/watched-objects.ts';
import { identityOf, nameOf, namespaceOf, type ObjectIdentity, statusOf } from '../objects/metadata.ts';
import { commandLineOf, containersOf } from '../objects/metallb-program.ts';
import { objectsOfKind, resourceKind } from '../objects/resource-kind.ts';

/** From the creation of a Pod until its speaker has published itself, with time to pull an image. After it, something is wrong. */
export const SPEAKER_START_TIME: Millis = 60_000;
/** From the first attempt until a session is established. A router that refuses it gives an error at once. */
export const SESSION_START_TIME: Millis = 30_000;

/** Whether a session that is down has just been opened. `since`: when it went down, or was first tried (RFC 3339). */
export const isOpening = (
  { since, error }: { readonly since: string; readonly error: string | null },
  wall: Millis,
): boolean => error === null && isWithin(Date.parse(since), SESSION_START_TIME, wall);

/** Whether an object was created so recently that its speaker may still be starting. */
export const isNew = ({ createdAt }: Pick<ObjectIdentity, 'createdAt'>, wall: Millis): boolean =>
  isWithin(createdAt, SPEAKER_START_TIME, wall);

/** Clocks may differ by as much; a time far in the future says nothing. */
const isWithin = (time: Millis, limit: Millis, wall: Millis): boolean => Math.abs(wall - time) < limit;

/** Names of the Nodes whose speaker is about to publish itself; sorted. `namespace` is that of the speakers. */
export function startingNodes(
  objects: readonly Raw[],
  { namespace, wall }: { readonly namespace: string; readonly wall: Millis },
): readonly string[] {
  const pods = new Map<string, Raw[]>();
  const statuses = new Map<string, Raw>();
  let isDaemonSetNew = false;
  for (const raw of objects) {
    const kind = resourceKind(raw);
    if (kind === 'DaemonSet') isDaemonSetNew ||= isOfSpeakers(raw) && isNew(identityOf(raw), wall);
    if (namespaceOf(raw) !== namespace) continue;
    if (kind === 'SpeakerStatus') statuses.set(nameOf(raw), raw);
    if (kind !== 'Pod') continue;
    const pod = toSpeakerPod(raw);
    if (pod === null || pod.metallb !== null) continue;
    pods.set(pod.node, [...(pods.get(pod.node) ?? []), raw]);
  }
  const isStarting = (node: Raw): boolean => {
    const own = pods.get(nameOf(node)) ?? [];
    if (hasStarted(statuses.get(nameOf(node)), own)) return false;
    return own.length > 0
      ? own.some((pod) => isNew(identityOf(pod), wall))
      : isDaemonSetNew || isNew(identityOf(node), wall);
  };
  return objectsOfKind(objects, 'Node').filter(isStarting).map(nameOf).sort();
}

/** What a speaker before this Pod has published does not count. */
function hasStarted(status: Raw | undefined, pods: readonly Raw[]): boolean {
  if (status === undefined) return false;
  const { phase, pod } = statusOf(status);
  const isOfOther = textOf(pod) !== '' && pods.length > 0 && pods.every((one) => nameOf(one) !== pod);
  return phase !== 'stopped' && !isOfOther;
}

const isOfSpeakers = (daemonSet: Raw): boolean =>
  containersOf(daemonSet).some((one) => commandLineOf(one).includes('speaker'));
