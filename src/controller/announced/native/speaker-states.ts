/**
 * Resolves which speakers run, and with which peers they have sessions. A status document stays as it is when its process is
 * killed or its machine fails, so the Pods count as well: the kubelet, or the node controller, marks them as not ready. No
 * heartbeat is written.
 */

import type { Millis } from '../../../base/clock.ts';
import { fieldsOf, listOf, textOf } from '../../../base/json.ts';
import type { Pod } from '../../../objects/pod.ts';
import { needsPod, readRunsInPod } from '../../../objects/speaker-pod.ts';

/** What a speaker has reported of its node. */
export type SpeakerStatus = {
  readonly node: string;
  /** It has withdrawn all routes, and does not expect to come back. */
  readonly hasLeft: boolean;
  /** The process has ended, and may come back. */
  readonly hasStopped: boolean;
  /** When the document was written, by our wall clock at the latest. */
  readonly written: Millis;
  readonly ignoreExcludeLabel: boolean;
  /** Null where it does not say so. */
  readonly runsInPod: boolean | null;
  /** Names of the peers with an established session. */
  readonly established: readonly string[];
  /** Peers that keep the routes while the speaker restarts, and until when by our wall clock. */
  readonly bridged: readonly { readonly peer: string; readonly until: Millis }[];
};

export type SpeakerPod = Pick<Pod, 'node' | 'isReady'>;

/** The state of the speaker of a node, by its document and its Pod. */
export type SpeakerState = Pick<SpeakerStatus, 'node' | 'hasLeft' | 'ignoreExcludeLabel'> & {
  readonly isRunning: boolean;
  /** Names of the peers that have its routes. */
  readonly up: ReadonlySet<string>;
  /** It announces nothing, and will not for a while: this is no restart. */
  readonly isGone: boolean;
};

/** A speaker that has stopped is replaced at once, unless it is removed, or cannot start. */
const RESTARTS_WITHIN_MS = 60_000;

type ClusterOfSpeakers = {
  readonly pods: readonly SpeakerPod[];
  /** Names of the nodes whose kubelet does not report that they are ready: after 40 to 50 seconds, the machine has failed. */
  readonly unreadyNodes: ReadonlySet<string>;
  readonly wall: Millis;
};

export type SpeakerStates = {
  /** By the name of the node. */
  readonly byNode: ReadonlyMap<string, SpeakerState>;
  /** When the next state changes without any update; null where none does. */
  readonly validUntil: Millis | null;
};

/** Reads a status document at the wall time `wall`; null for one that no speaker wrote, or has not filled yet. */
export function parseSpeakerStatus(document: unknown, wall: Millis): SpeakerStatus | null {
  const { node, pod, phase, ignoreExcludeLabel, time, sessions } = fieldsOf(document);
  if (textOf(node) === '' || textOf(phase) === '') return null;
  const sessionsIn = (state: string) =>
    listOf(sessions)
      .map(fieldsOf)
      .filter((one) => one['state'] === state);
  return {
    node: textOf(node),
    hasLeft: phase === 'left',
    hasStopped: phase === 'stopped',
    written: Math.min(Date.parse(textOf(time)) || wall, wall),
    ignoreExcludeLabel: ignoreExcludeLabel === true,
    runsInPod: readRunsInPod(pod),
    established: sessionsIn('Established').map(({ peer }) => textOf(peer)),
    bridged: sessionsIn('Bridged').map(({ peer, until }) => ({
      peer: textOf(peer),
      until: bridgeDeadline({ written: Date.parse(textOf(time)), until: Date.parse(textOf(until)), wall }),
    })),
  };
}

/** For a node whose clock is ahead of ours: the remaining time is what it wrote, and no more. */
function bridgeDeadline({
  written,
  until,
  wall,
}: Readonly<Record<'written' | 'until' | 'wall', Millis>>): Millis {
  const remaining = until - Math.max(written, wall);
  return remaining > 0 ? wall + remaining : wall;
}

/** Of speakers that run outside of Pods, their documents alone count. */
export function resolveSpeakerStates(
  statuses: Iterable<SpeakerStatus>,
  { pods, unreadyNodes, wall }: ClusterOfSpeakers,
): SpeakerStates {
  const ready = new Set(pods.filter(({ isReady }) => isReady).map(({ node }) => node));
  const withPod = new Set(pods.map(({ node }) => node));
  const byNode = new Map<string, SpeakerState>();
  let nextExpiry = Number.POSITIVE_INFINITY;
  for (const status of statuses) {
    const { node, hasLeft, hasStopped, written, ignoreExcludeLabel, established, bridged } = status;
    const counted = { onItsNode: withPod.has(node), anywhere: pods.length > 0 };
    const isRunning = !hasStopped && (ready.has(node) || !needsPod(status.runsInPod, counted));
    const bridgedPeers = bridged.filter(({ until }) => until > wall);
    const up = new Set([...(isRunning ? established : []), ...bridgedPeers.map(({ peer }) => peer)]);
    const missedAt = hasStopped
      ? Math.max(written + RESTARTS_WITHIN_MS, ...bridged.map(({ until }) => until))
      : Number.POSITIVE_INFINITY;
    const isGone = !isRunning && up.size === 0 && (unreadyNodes.has(node) || missedAt <= wall);
    const changes = [...bridgedPeers.map(({ until }) => until), missedAt].filter((time) => time > wall);
    nextExpiry = Math.min(nextExpiry, ...changes);
    byNode.set(node, { node, hasLeft, ignoreExcludeLabel, isRunning, up, isGone });
  }
  return { byNode, validUntil: nextExpiry < Number.POSITIVE_INFINITY ? nextExpiry : null };
}
