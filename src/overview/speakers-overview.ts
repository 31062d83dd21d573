/**
 * Which speakers run, and which of their sessions are up. A report stays as it is when its process is killed or its machine
 * fails, so Pods and Nodes count as well: what a dead node last said is not taken for true.
 */

import type { Millis } from '../base/clock.ts';
import { groupBy } from '../base/list.ts';
import { rememberByObject } from '../base/remember.ts';
import { compareText } from '../base/text.ts';
import { isNew } from '../delivery/starting-speakers.ts';
import { needsPod } from '../objects/speaker-pod.ts';
import type {
  SessionCounts,
  SessionOverview,
  SpeakerOverview,
  SpeakerRunState,
} from './announcing-document.ts';
import type { Known } from './knowledge.ts';
import type { ProgramPod } from './program-pods.ts';
import type { ReportedSession, SpeakerReport } from './speaker-report.ts';

export type NodeFacts = { readonly name: string; readonly isReady: boolean | null };

export type SpeakerFacts = {
  readonly reports: readonly SpeakerReport[];
  /** Of the namespace, MetalLB's included. */
  readonly pods: Known<readonly ProgramPod[]>;
  readonly nodes: Known<ReadonlyMap<string, NodeFacts>>;
};

/** Sorted by node: those that have reported, and Pods that have not. */
export function describeSpeakers(
  { reports, pods, nodes }: SpeakerFacts,
  wall: Millis,
): readonly SpeakerOverview[] {
  const own = pods.known
    ? pods.value.filter(({ program, isMetallb }) => program === 'speaker' && !isMetallb)
    : null;
  const podsByNode = groupBy(own ?? [], ({ node }) => node);
  const nodeOf = (name: string): RunEvidence['node'] =>
    nodes.known ? (nodes.value.get(name) ?? 'deleted') : 'unknown';
  const described = reports.map((report): SpeakerOverview => {
    const podsOfNode = podsByNode.get(report.node) ?? [];
    const counted = { onItsNode: podsOfNode.length > 0, anywhere: (own ?? []).length > 0 };
    const { state, because } = runState(report, {
      pods: own !== null && needsPod(report.runsInPod, counted) ? podsOfNode : null,
      arePodsKnown: own !== null,
      ...{ node: nodeOf(report.node), wall },
    });
    return {
      ...{ node: report.node, state, because, version: versionOf(podsOfNode) },
      ...{ reported: report.reported, services: report.services, interfaces: report.interfaces },
      sessions: sessionsOf(report, state, wall),
    };
  });
  const reported = new Set(reports.map(({ node }) => node));
  const silent = [...podsByNode].flatMap(([node, pods]): readonly SpeakerOverview[] => {
    if (node === '' || reported.has(node)) return [];
    const evidence = { pods, arePodsKnown: true, node: nodeOf(node), wall };
    const verdict = runState({ node, phase: 'speaking' }, evidence);
    return [
      {
        ...{ node, ...verdict, version: versionOf(pods), reported: '' },
        ...{ services: null, interfaces: null, sessions: [] },
      },
    ];
  });
  return [...described, ...silent].sort((a, b) => compareText(a.node, b.node));
}

const versionOf = (pods: readonly ProgramPod[]): string | null =>
  pods.find(({ version }) => version !== null)?.version ?? null;

type RunEvidence = {
  /** Of the node; null where Pods say nothing: they could not be read, or the speaker runs outside of one. */
  readonly pods: readonly ProgramPod[] | null;
  readonly arePodsKnown: boolean;
  readonly node: NodeFacts | 'deleted' | 'unknown';
  readonly wall: Millis;
};

/** Why a speaker is down that no Pod runs. */
export const WITHOUT_POD = 'it has no Pod';

type RunVerdict = { readonly state: SpeakerRunState; readonly because: string | null };

function runState(
  { node: name, phase }: Pick<SpeakerReport, 'node' | 'phase'>,
  { pods, arePodsKnown, node, wall }: RunEvidence,
): RunVerdict {
  const down = (because: string): RunVerdict => ({ state: 'down', because });
  if (node === 'deleted') return down(`there is no Node ${name} any more`);
  if (node !== 'unknown' && node.isReady === false) return down(`Node ${name} is not ready`);
  const isPodReady = pods?.some(({ ready }) => ready) === true;
  const newPod = isPodReady ? undefined : pods?.find((one) => isNew(one, wall));
  if (newPod !== undefined)
    return { state: 'starting', because: `Pod ${newPod.name} was created a moment ago` };
  if (phase === 'left') return { state: 'left', because: 'it has withdrawn all routes' };
  if (phase === 'stopped') return { state: 'stopped', because: 'its process has ended' };
  if (pods !== null) {
    const [first] = pods;
    if (first === undefined) return down(WITHOUT_POD);
    if (!isPodReady)
      return down(`Pod ${first.name} is not ready${first.because === null ? '' : ` (${first.because})`}`);
  } else if (!arePodsKnown && node === 'unknown')
    return { state: 'unknown', because: 'neither its Pod nor its Node could be read' };
  return { state: phase === 'draining' ? 'draining' : 'running', because: null };
}

export const doesRun = ({ state }: Pick<SpeakerOverview, 'state'>): boolean =>
  state === 'running' || state === 'draining' || state === 'unknown';

/** The same list as before, unless one of its sessions has changed: then nothing compares what is in it. */
function sessionsOf(report: SpeakerReport, state: SpeakerRunState, wall: Millis): readonly SessionOverview[] {
  const isBelieved = doesRun({ state }) || state === 'left';
  if (hasBridged(report)) return report.sessions.map((one) => toSessionOverview(one, isBelieved, wall));
  return isBelieved ? believedSessions(report) : staleSessions(report);
}

/** What it says of them depends on the time. */
const hasBridged = rememberByObject(({ sessions }: SpeakerReport): boolean =>
  sessions.some(({ state }) => state === 'bridged'),
);

const rememberSessions = (isBelieved: boolean) =>
  rememberByObject(({ sessions }: SpeakerReport): readonly SessionOverview[] =>
    sessions.map((one) => toSessionOverview(one, isBelieved, 0)),
  );
const believedSessions = rememberSessions(true);
const staleSessions = rememberSessions(false);

function toSessionOverview(
  { until, state: reported, ...session }: ReportedSession,
  isBelieved: boolean,
  wall: Millis,
): SessionOverview {
  if (reported === 'bridged') {
    const isRetained = Date.parse(until) > wall;
    return { ...session, state: isRetained ? 'bridged' : 'down' };
  }
  return { ...session, state: isBelieved ? reported : 'stale' };
}

/** Of the speakers that run, and of those that should. */
export function countSessions(speakers: readonly SpeakerOverview[]): SessionCounts {
  const counts = speakers.filter(({ state }) => state !== 'left').map((one) => countsOf(one.sessions));
  return {
    up: counts.reduce((sum, { up }) => sum + up, 0),
    all: counts.reduce((sum, { all }) => sum + all, 0),
  };
}

const countsOf = rememberByObject(
  (sessions: readonly SessionOverview[]): SessionCounts => ({
    up: sessions.filter(({ state }) => state === 'up').length,
    all: sessions.length,
  }),
);
