/** What can be seen of the speakers: sessions and routes at the routers, and what they wrote into the cluster. */
import { CONFIGURATION_STATES, EVENTS, SERVICE_BGP_STATUSES } from '../../../../../src/kube/resource.ts';
import type { AnyObject } from '../../../../controller/support/rig.ts';
import { nodeWithAddress } from './bgp-network.ts';
import type { CaseObjects } from './case-objects.ts';
import type { RouteView, SessionView } from './collector/views.ts';

/** A state in the format of the observed cases. */
export type ObservedState = {
  readonly nodes: AnyObject;
  readonly config: AnyObject;
  readonly status: AnyObject;
  readonly assigned: AnyObject;
};

/** LOCAL_PREF that says nothing: MetalLB's native mode sends 0 where none is set, others 100. */
const LOCAL_PREFS_UNSET: readonly (number | null)[] = [null, 0, 100];

export async function observeBgp(
  sessions: readonly SessionView[],
  objects: CaseObjects,
): Promise<ObservedState> {
  const [states, statuses, events] = await Promise.all([
    objects.list(CONFIGURATION_STATES),
    objects.list(SERVICE_BGP_STATUSES),
    objects.list(EVENTS, '?fieldSelector=reason%3DnodeAssigned'),
  ]);
  return {
    nodes: sessionsByNode(sessions),
    config: configurationResults(states),
    status: peersByService(statuses),
    assigned: nodesInEvents(events, 'bgp'),
  };
}

/** By node and router; a second session of a node with one router has the key `name#2`. */
function sessionsByNode(sessions: readonly SessionView[]): AnyObject {
  const nodes: AnyObject = {};
  for (const session of sessions) {
    const node = nodeWithAddress(session.neighbor);
    nodes[node] ??= {};
    let key = session.router;
    for (let count = 2; key in nodes[node]; count++) key = `${session.router}#${count}`;
    const { as, holdTime, routerId } = session.open;
    const routes = Object.entries(session.routes).map(([prefix, route]) => [prefix, viewOf(route, session)]);
    nodes[node][key] = { as, hold: holdTime, id: routerId, routes: Object.fromEntries(routes) };
  }
  return nodes;
}

const viewOf = (route: RouteView, { neighbor, isInternal }: SessionView): AnyObject => ({
  ...(isInternal && !LOCAL_PREFS_UNSET.includes(route.localPref) ? { localPref: route.localPref } : {}),
  ...(route.med === null ? {} : { med: route.med }),
  ...(route.communities.length === 0 ? {} : { communities: route.communities.toSorted() }),
  ...(route.large.length === 0 ? {} : { large: route.large.toSorted() }),
  ...(route.extended.length === 0 ? {} : { extended: route.extended.toSorted() }),
  nextHop: route.nextHop === neighbor ? 'self' : route.nextHop,
});

/** The controller's ConfigurationState has no prefix. */
const SPEAKER_STATE = 'speaker-';

/** By node. */
export const configurationResults = (states: readonly AnyObject[]): AnyObject =>
  Object.fromEntries(
    states
      .filter(({ metadata }) => metadata.name.startsWith(SPEAKER_STATE))
      .map(({ metadata, status }) => [
        metadata.name.slice(SPEAKER_STATE.length),
        {
          result: status?.result ?? 'none',
          ...(status?.errorSummary ? { summary: status.errorSummary } : {}),
        },
      ]),
  );

function peersByService(statuses: readonly AnyObject[]): AnyObject {
  const services: AnyObject = {};
  for (const { status = {} } of statuses) {
    const service = `${status.serviceNamespace}/${status.serviceName}`;
    services[service] ??= {};
    services[service][status.node] = [...(status.peers ?? [])].sort();
  }
  return services;
}

/** Nodes that events about this protocol named since the start of the case, by Service. */
export function nodesInEvents(events: readonly AnyObject[], protocol: string): AnyObject {
  const services: Record<string, Set<string>> = {};
  for (const { involvedObject, message = '' } of events) {
    const [, node, named] = /node "([^"]+)" with protocol "([^"]+)"/.exec(message) ?? [];
    if (node === undefined || named !== protocol) continue;
    const service = `${involvedObject.namespace}/${involvedObject.name}`;
    services[service] ??= new Set();
    services[service].add(node);
  }
  return Object.fromEntries(Object.entries(services).map(([service, nodes]) => [service, [...nodes].sort()]));
}
