/**
 * Which speakers speak, and with whom. A document stays as it was when its process was killed or its machine died; so the
 * Pods are asked as well, which the kubelet marks, or the cluster in its stead. Nobody writes anything to be taken for alive.
 */

import type { Millis } from '../../../base/clock.ts';
import { fieldsOf, listOf, textOf } from '../../../base/json.ts';
import type { Pod } from '../../../objects/pod.ts';

/** What a speaker wrote of its node. */
export type SpeakerStatus = {
  readonly node: string;
  /** It has withdrawn everything, for good as far as it knows. */
  readonly hasLeft: boolean;
  /** The process ended, and may be back. */
  readonly hasStopped: boolean;
  readonly ignoreExcludeLabel: boolean;
  /** Peers with whom a session stands, by name. */
  readonly established: readonly string[];
  /** Peers that keep the routes while nobody speaks, and until when by our own wall clock. */
  readonly bridged: readonly { readonly peer: string; readonly until: Millis }[];
};

export type SpeakerPod = Pick<Pod, 'node' | 'isReady'>;

/** What is to be believed of a node. */
export type SpeakerState = Pick<SpeakerStatus, 'node' | 'hasLeft' | 'ignoreExcludeLabel'> & {
  readonly isRunning: boolean;
  /** Peers that have its routes, by name. */
  readonly up: ReadonlySet<string>;
};

export type SpeakerStates = {
  /** By the name of the node. */
  readonly byNode: ReadonlyMap<string, SpeakerState>;
  /** When time alone makes one of them another; null where it makes none. */
  readonly validUntil: Millis | null;
};

/** As seen at `wall`. Null for what no speaker wrote. */
export function parseSpeakerStatus(text: string, wall: Millis): SpeakerStatus | null {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    return null; // a ConfigMap may say anything
  }
  const { node, phase, ignoreExcludeLabel, time, sessions } = fieldsOf(document);
  if (textOf(node) === '') return null;
  const sessionsIn = (state: string) =>
    listOf(sessions)
      .map(fieldsOf)
      .filter((one) => one['state'] === state);
  return {
    node: textOf(node),
    hasLeft: phase === 'left',
    hasStopped: phase === 'stopped',
    ignoreExcludeLabel: ignoreExcludeLabel === true,
    established: sessionsIn('Established').map(({ peer }) => textOf(peer)),
    bridged: sessionsIn('Bridged').map(({ peer, until }) => ({
      peer: textOf(peer),
      until: bridgeDeadline({ written: Date.parse(textOf(time)), until: Date.parse(textOf(until)), wall }),
    })),
  };
}

/** A node whose clock is ahead of ours is granted what it meant, and no more. */
function bridgeDeadline({
  written,
  until,
  wall,
}: Readonly<Record<'written' | 'until' | 'wall', Millis>>): Millis {
  const remaining = until - Math.max(written, wall);
  return remaining > 0 ? wall + remaining : wall;
}

/** Where no Pod is seen at all, speakers run outside of Pods, and their documents alone count. */
export function resolveSpeakerStates(
  statuses: Iterable<SpeakerStatus>,
  pods: readonly SpeakerPod[],
  wall: Millis,
): SpeakerStates {
  const ready = new Set(pods.filter(({ isReady }) => isReady).map(({ node }) => node));
  const byNode = new Map<string, SpeakerState>();
  let nextExpiry = Number.POSITIVE_INFINITY;
  for (const { node, hasLeft, hasStopped, ignoreExcludeLabel, established, bridged } of statuses) {
    const isRunning = !hasStopped && (pods.length === 0 || ready.has(node));
    const bridgedPeers = bridged.filter(({ until }) => until > wall);
    const up = new Set([...(isRunning ? established : []), ...bridgedPeers.map(({ peer }) => peer)]);
    nextExpiry = Math.min(nextExpiry, ...bridgedPeers.map(({ until }) => until));
    byNode.set(node, { node, hasLeft, ignoreExcludeLabel, isRunning, up });
  }
  return { byNode, validUntil: nextExpiry < Number.POSITIVE_INFINITY ? nextExpiry : null };
}
