/** What two documents in a row tell of those who announce: speakers, sessions with their errors, routers of Calico, and who leads. */
import type {
  AnnouncingOverview,
  CalicoRouterOverview,
  HostConflict,
  SessionOverview,
  SpeakerOverview,
  SpeakerRunState,
} from '../src/overview/announcing-document.ts';
import type { ControllerOverview, OverviewDocument } from '../src/overview/document.ts';
import { diffLists } from '../src/overview/list-patch.ts';
import { LEASE_NAME, leaderChange, sessionChange } from '../src/overview/program-changes.ts';
import type { TimelineChange } from './history.ts';

type Document = Pick<OverviewDocument, 'announcing' | 'controller' | 'kinds' | 'time'>;
type Untimed = Omit<TimelineChange, 'time'>;

/** What one of them could not read is no change. */
export function announcingChanges(before: Document, after: Document): readonly TimelineChange[] {
  const at = (change: Untimed): TimelineChange => ({ time: after.time, ...change });
  const leader = before.controller === after.controller ? [] : leaderChanges(before, after);
  if (before.announcing === after.announcing) return leader;
  return [
    ...leader,
    ...(areSpeakersRead(before) && areSpeakersRead(after)
      ? speakerChanges(before.announcing.speakers ?? [], after.announcing.speakers ?? [], after.time)
      : []),
    ...routerChanges(before.announcing, after.announcing).map(at),
    ...conflictChanges(before.announcing, after.announcing).map(at),
  ];
}

const areSpeakersRead = ({ kinds }: Pick<Document, 'kinds'>): boolean =>
  kinds.some(({ kind, state }) => kind === 'SpeakerStatus' && state === 'read');

const NO_LEADER: ReadonlySet<ControllerOverview['state']> = new Set(['expired', 'vacant', 'absent']);

function leaderChanges(before: Document, after: Document): readonly TimelineChange[] {
  const { controller, time } = after;
  const old = before.controller;
  if (NO_LEADER.has(controller.state)) {
    if (controller.state === old.state) return [];
    return [
      { time, kind: 'Lease', name: LEASE_NAME, says: 'has no holder that runs', because: controller.says },
    ];
  }
  if (controller.state !== 'leading') return [];
  if (old.leader !== controller.leader || old.since !== controller.since)
    return [
      leaderChange(controller) ?? { time, kind: 'Controller', name: controller.leader ?? '', says: 'leads' },
    ];
  return NO_LEADER.has(old.state)
    ? [{ time, kind: 'Lease', name: LEASE_NAME, says: `is renewed by ${controller.leader} again` }]
    : [];
}

const STATES: Readonly<Record<SpeakerRunState, string>> = {
  ...{ running: 'runs', starting: 'starts', draining: 'drains its routes', left: 'has withdrawn all routes' },
  ...{ stopped: 'has stopped', down: 'is down', unknown: 'is in an unknown state' },
};

/** Whose reason is the same in other words. */
const SAYS_ALL: ReadonlySet<SpeakerRunState> = new Set(['left', 'stopped']);

function speakerChanges(
  before: readonly SpeakerOverview[],
  after: readonly SpeakerOverview[],
  time: string,
): readonly TimelineChange[] {
  const known = new Map(before.map((one) => [one.node, one]));
  const { changed, removed } = diffLists(before, after, ({ node }) => node);
  return [
    ...changed.flatMap((speaker): readonly TimelineChange[] => {
      const { node: name, state, because, sessions } = speaker;
      const old = known.get(name);
      const why = SAYS_ALL.has(state) ? null : because;
      const run = { time, kind: 'Speaker', name, says: STATES[state], because: why };
      return [
        ...(old?.state === state ? [] : [run]),
        ...sessionChanges(name, old?.sessions ?? [], sessions, time),
      ];
    }),
    ...removed.map((name) => ({ time, kind: 'Speaker', name, says: 'is gone' })),
  ];
}

function sessionChanges(
  node: string,
  before: readonly SessionOverview[],
  after: readonly SessionOverview[],
  time: string,
): readonly TimelineChange[] {
  if (before === after) return [];
  const known = new Map(before.map((one) => [one.peer, one]));
  return after.flatMap((session) => {
    const old = known.get(session.peer);
    const change = sessionChange(node, session);
    if (change === null) return [];
    if (old?.since !== session.since) return [change];
    // A speaker that runs again has the sessions that it had.
    return old.state === session.state || old.state === 'stale' ? [] : [{ ...change, time }];
  });
}

/** As Calico's model predicts them. */
function routerChanges(before: AnnouncingOverview, after: AnnouncingOverview): readonly Untimed[] {
  if (before.calico === null || after.calico === null) return [];
  const known = new Map(before.calico.routers.map((one) => [one.router, one]));
  return after.calico.routers.flatMap((router) => {
    const old = known.get(router.router);
    return old === undefined || old === router ? [] : predictedSessions(old, router);
  });
}

function predictedSessions(before: CalicoRouterOverview, after: CalicoRouterOverview): readonly Untimed[] {
  const downBefore = new Map(before.down.map(({ node, because }) => [node, because]));
  const downNow = new Set(after.down.map(({ node }) => node));
  const says = (what: string, because: string | null): Untimed => ({
    ...{ kind: 'Router', name: after.router, says: what, because },
  });
  return [
    ...after.down
      .filter(({ node }) => !downBefore.has(node))
      .map(({ node, because }) => says(`has no session with ${node} (predicted)`, because)),
    ...[...downBefore.keys()]
      .filter((node) => !downNow.has(node) && after.nodes.includes(node))
      .map((node) => says(`has a session with ${node} again (predicted)`, null)),
  ];
}

function conflictChanges(before: AnnouncingOverview, after: AnnouncingOverview): readonly Untimed[] {
  const [old, now] = [before.layer2?.conflicts ?? [], after.layer2?.conflicts ?? []];
  const keyOf = ({ address, mac, node }: HostConflict): string => `${address} ${mac} ${node}`;
  const missingIn = (
    list: readonly HostConflict[],
    from: readonly HostConflict[],
  ): readonly HostConflict[] => {
    const keys = new Set(list.map(keyOf));
    return from.filter((one) => !keys.has(keyOf(one)));
  };
  const says = ({ node, address, mac, interface: at }: HostConflict, end: string): Untimed => ({
    ...{ kind: 'Speaker', name: node, says: `sees ${address} used by the host ${mac} on ${at}${end}` },
  });
  return [
    ...missingIn(old, now).map((one) => says(one, '')),
    ...missingIn(now, old).map((one) => says(one, ' no more')),
  ];
}
