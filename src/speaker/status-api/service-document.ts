/** Status document of one Service: whether this node announces it, to which peers; else the reason and the fix. */
import { formatAnnounceRefusal } from '../../announce/decision/refusal.ts';
import { announceRemedy } from '../../announce/decision/remedy.ts';
import type { Contribution } from '../../announce/decision/should-announce.ts';
import { carriesPrefix, type DesiredRoutes, isTargetPeer } from '../../announce/routes/routes.ts';
import { formatPrefix } from '../../net/prefix.ts';
import { suggestService } from '../../objects/service-suggestion.ts';
import type { Neighbour } from '../neighbour.ts';
import { describeBfd } from './bfd-document.ts';
import type { StatusApiContext } from './context.ts';
import { describeRoute, type RouteDocument, type RouteStatus } from './routes-document.ts';
import { formatWallTime } from './wall-time.ts';

export type ServiceDocument = {
  readonly node: string;
  readonly service: string;
  readonly at: string;
  /** This node announces it; else `says` is why not. */
  readonly announced: boolean;
  /** A code of `announce/decision/refusal.ts`, or one of: unknown, noPeer, notReady; '' if it is announced. */
  readonly code: string;
  /** A sentence without a full stop. */
  readonly says: string;
  /** The fix; null if nothing is wrong. */
  readonly change: string | null;
  readonly pool: string | null;
  readonly addresses: readonly string[];
  readonly peers: readonly ServicePeerDocument[];
};

/** A peer to which the Service is announced. */
export type ServicePeerDocument = {
  readonly name: string;
  readonly address: string;
  readonly established: boolean;
  /** Why there is no session; null if it is established, or the reason is unknown. */
  readonly trouble: string | null;
  /** Why the BFD session of an established session is not up; null if it is, or without BFD. */
  readonly bfdTrouble: string | null;
  readonly prefixes: readonly {
    readonly prefix: string;
    readonly status: RouteStatus;
    readonly says: string | null;
  }[];
};

/** `service` is `namespace/name`. It looks at the routes of this Service alone. */
export function describeService(context: StatusApiContext, service: string): ServiceDocument {
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
      change: "wait, or check the speaker's log",
    };
  if (status === null) {
    const says = `there is no Service ${service} of type LoadBalancer`;
    const hint = suggestService(service, { services: model.serviceKeys, namespaces: [] });
    return {
      ...notAnnounced,
      code: 'unknown',
      says,
      change: hint ?? 'check its name, its namespace and spec.type',
    };
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
    .map((neighbour) =>
      describeServicePeer(neighbour, model.routesOf(neighbour.peer.name), {
        offers: contributions,
        bfdTrouble: describeBfd(context.speaker.bfd.of(neighbour.peer.name))?.says ?? null,
      }),
    );
  if (peers.length === 0) return { ...notAnnounced, ...assignment, ...explainNoPeer(context) };
  const says = decision.isPoolRemoved
    ? `pool ${record.pool.name} no longer has its addresses`
    : 'it is announced';
  const change = decision.isPoolRemoved ? `add the addresses to pool ${record.pool.name} again` : null;
  return { ...base, ...assignment, announced: true, code: '', says, change, peers };
}

/** Why there is no peer to announce it to. */
function explainNoPeer({ node, speaker, model }: StatusApiContext) {
  if (speaker.phase === 'left') {
    const says = 'this node is drained: it announces nothing';
    return {
      code: 'noPeer',
      says,
      change: `undo what drains ${node} (cordon, taint), or restart its speaker`,
    };
  }
  return (model.nodeConfig?.peers.active.size ?? 0) > 0
    ? {
        code: 'noPeer',
        says: 'its BGPAdvertisements select no peer of this node',
        change: `name a BGPPeer of ${node} in spec.peers of the BGPAdvertisement, or remove spec.peers`,
      }
    : {
        code: 'noPeer',
        says: 'no valid BGPPeer selects this node',
        change: `create a BGPPeer whose spec.nodeSelectors match ${node}`,
      };
}

function describeServicePeer(
  neighbour: Neighbour,
  desired: DesiredRoutes | null,
  { offers, bfdTrouble }: { readonly offers: readonly Contribution[]; readonly bfdTrouble: string | null },
): ServicePeerDocument {
  const { peer, label, session } = neighbour;
  const received = offers.filter(({ advertisement }) => isTargetPeer(peer, advertisement));
  const prefixes = new Map(received.map(({ prefix }) => [formatPrefix(prefix), prefix]));
  return {
    name: peer.name,
    address: label,
    established: session.state === 'Established',
    trouble: session.state === 'Established' ? null : (session.counters.lastError?.message ?? null),
    bfdTrouble: session.state === 'Established' ? bfdTrouble : null,
    prefixes: [...prefixes].map(([text, prefix]) => ({
      prefix: text,
      ...(carriesPrefix(peer, prefix)
        ? routeStatusOf(describeRoute(neighbour, prefix, desired))
        : {
            status: 'not-carried',
            says: `its session carries IPv${peer.address.family} only: set spec.dualStackAddressFamily`,
          }),
    })),
  };
}

/** A route that is not in the document yet is part of the next reconcile. */
const routeStatusOf = (
  route: RouteDocument | null,
): { readonly status: RouteStatus; readonly says: string | null } =>
  route === null
    ? { status: 'pending', says: 'to be advertised' }
    : { status: route.status, says: route.says };
