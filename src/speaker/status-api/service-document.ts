/** Whether this node announces one Service, to whom, and if not, why not and what to change. */
import { formatAnnounceRefusal } from '../../announce/decision/refusal.ts';
import { announceRemedy } from '../../announce/decision/remedy.ts';
import type { Contribution } from '../../announce/decision/should-announce.ts';
import type { ServiceStatus } from '../../announce/model/service-status.ts';
import { carriesPrefix, isTargetPeer } from '../../announce/routes/routes.ts';
import { formatPrefix } from '../../net/prefix.ts';
import type { Neighbour } from '../neighbour.ts';
import type { StatusApiContext } from './context.ts';
import type { RouteDocument, RouteStatus } from './routes-document.ts';
import { formatWallTime } from './wall-time.ts';

export type ServiceDocument = {
  readonly node: string;
  readonly service: string;
  readonly at: string;
  /** This node is meant to announce it; else `says` is why not. */
  readonly announced: boolean;
  /** A code of `announce/decision/refusal.ts`, or one of: unknown, noPeer, notReady; '' where it is announced. */
  readonly code: string;
  /** A sentence without a full stop. */
  readonly says: string;
  /** What would help; null where nothing is wrong. */
  readonly change: string | null;
  readonly pool: string | null;
  readonly addresses: readonly string[];
  readonly peers: readonly ServicePeerDocument[];
};

/** One that is meant to hear of it. */
export type ServicePeerDocument = {
  readonly name: string;
  readonly address: string;
  readonly established: boolean;
  /** Why there is no session; null where it stands, or nobody knows. */
  readonly trouble: string | null;
  readonly prefixes: readonly {
    readonly prefix: string;
    readonly status: RouteStatus;
    readonly says: string | null;
  }[];
};

/** `service` is `namespace/name`; `describeRoutesTo` is what the peer of a name hears. */
export function describeService(
  context: StatusApiContext,
  service: string,
  routesTo: (peer: string) => readonly RouteDocument[],
): ServiceDocument {
  const { node, clock, model } = context;
  const status = model.statusOf(service);
  const base = { node, service, at: formatWallTime(clock.wall()) };
  const notAnnounced = { ...base, announced: false, pool: null, addresses: [], peers: [] };
  const unsynced = context.notReady();
  if (unsynced !== null)
    return {
      ...notAnnounced,
      code: 'notReady',
      says: unsynced,
      change: 'wait, or read the log of the speaker',
    };
  if (status === null) {
    const says = `there is no Service ${service} of type LoadBalancer`;
    return { ...notAnnounced, code: 'unknown', says, change: 'check its name, its namespace and spec.type' };
  }
  const { decision } = status;
  if (decision.kind === 'refused') {
    const { refusal } = decision;
    const says = formatAnnounceRefusal(refusal);
    return { ...notAnnounced, code: refusal.code, says, change: announceRemedy(refusal, { service, node }) };
  }
  const { record, contributions } = decision;
  const assignment = { pool: record.pool.name, addresses: record.addresses.split(',') };
  const peers = [...context.speaker.neighbours.values()]
    .filter(({ peer }) => status.targetPeers.includes(peer.name))
    .map((neighbour) => describeServicePeer(neighbour, routesTo(neighbour.peer.name), contributions));
  if (peers.length === 0) return { ...notAnnounced, ...assignment, ...explainNoPeer(status, node, context) };
  const says = decision.isPoolRemoved
    ? `pool ${record.pool.name} no longer has its addresses`
    : 'it is announced';
  const change = decision.isPoolRemoved ? `give pool ${record.pool.name} the addresses back` : null;
  return { ...base, ...assignment, announced: true, code: '', says, change, peers };
}

/** There is nobody to announce it to. */
function explainNoPeer({ isAssigned }: ServiceStatus, node: string, { speaker }: StatusApiContext) {
  if (speaker.phase === 'left') {
    const says = 'this node has left: it announces nothing';
    return { code: 'noPeer', says, change: `let Pods onto ${node} again, or restart its speaker` };
  }
  return isAssigned
    ? {
        code: 'noPeer',
        says: 'its BGPAdvertisements name no peer of this node',
        change: `name a BGPPeer of ${node} in spec.peers of the BGPAdvertisement, or take spec.peers away`,
      }
    : {
        code: 'noPeer',
        says: 'no BGPPeer in force selects this node',
        change: `make a BGPPeer whose spec.nodeSelectors take in ${node}`,
      };
}

function describeServicePeer(
  { peer, label, session }: Neighbour,
  routes: readonly RouteDocument[],
  offers: readonly Contribution[],
): ServicePeerDocument {
  const received = offers.filter(({ advertisement }) => isTargetPeer(peer, advertisement));
  const prefixes = new Map(received.map(({ prefix }) => [formatPrefix(prefix), prefix]));
  return {
    name: peer.name,
    address: label,
    established: session.state === 'Established',
    trouble: session.state === 'Established' ? null : (session.counters.lastError?.message ?? null),
    prefixes: [...prefixes].map(([text, prefix]) => ({
      prefix: text,
      ...(carriesPrefix(peer, prefix)
        ? routeStatusOf(routes.find((route) => route.prefix === text))
        : {
            status: 'not-carried',
            says: `its session carries IPv${peer.address.family} alone: set spec.dualStackAddressFamily`,
          }),
    })),
  };
}

/** What is not there yet is gathered with the next look. */
const routeStatusOf = (
  route: RouteDocument | undefined,
): { readonly status: RouteStatus; readonly says: string | null } =>
  route === undefined
    ? { status: 'pending', says: 'it is to be told' }
    : { status: route.status, says: route.says };
