/** Whether this node announces one Service, to whom, and if not, why not and what to change. */
import { refusalSentence } from '../announce/refusal.ts';
import { remedyFor } from '../announce/remedy.ts';
import { carries, hears } from '../announce/table.ts';
import type { Told } from '../announce/told.ts';
import type { Offer } from '../announce/verdict.ts';
import { formatPrefix } from '../net/prefix.ts';
import type { Neighbour } from './neighbour.ts';
import type { RouteStatus, RouteView } from './viewroutes.ts';
import type { Sight } from './viewsight.ts';
import { wallTime } from './viewtime.ts';

export type ServiceAnnouncing = {
  readonly node: string;
  readonly service: string;
  readonly at: string;
  /** This node is meant to announce it; else `says` is why not. */
  readonly announced: boolean;
  /** A code of `announce/refusal.ts`, or one of: unknown, noPeer, notReady; '' where it is announced. */
  readonly code: string;
  /** A sentence without a full stop. */
  readonly says: string;
  /** What would help; null where nothing is wrong. */
  readonly change: string | null;
  readonly pool: string | null;
  readonly addresses: readonly string[];
  readonly peers: readonly ServicePeer[];
};

/** One that is meant to hear of it. */
export type ServicePeer = {
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

/** `service` is `namespace/name`; `routesTo` is what the peer of a name hears. */
export function serviceAnnouncing(
  sight: Sight,
  service: string,
  routesTo: (peer: string) => readonly RouteView[],
): ServiceAnnouncing {
  const { node, clock, picture } = sight;
  const told = picture.told(service);
  const base = { node, service, at: wallTime(clock.wall()) };
  const nothing = { ...base, announced: false, pool: null, addresses: [], peers: [] };
  const missing = sight.notReady();
  if (missing !== null)
    return { ...nothing, code: 'notReady', says: missing, change: 'wait, or read the log of the speaker' };
  if (told === null) {
    const says = `there is no Service ${service} of type LoadBalancer`;
    return { ...nothing, code: 'unknown', says, change: 'check its name, its namespace and spec.type' };
  }
  const { verdict } = told;
  if (verdict.kind === 'refused') {
    const { refusal } = verdict;
    const says = refusalSentence(refusal);
    return { ...nothing, code: refusal.code, says, change: remedyFor(refusal, { service, node }) };
  }
  const { standing, offers } = verdict;
  const place = { pool: standing.pool.name, addresses: standing.addresses.split(',') };
  const peers = [...sight.speaker.neighbours.values()]
    .filter(({ peer }) => told.meant.includes(peer.name))
    .map((one) => servicePeer(one, routesTo(one.peer.name), offers));
  if (peers.length === 0) return { ...nothing, ...place, ...nobody(told, node, sight) };
  const says = verdict.poolGone
    ? `pool ${standing.pool.name} no longer has its addresses`
    : 'it is announced';
  const change = verdict.poolGone ? `give pool ${standing.pool.name} the addresses back` : null;
  return { ...base, ...place, announced: true, code: '', says, change, peers };
}

/** There is nobody to announce it to. */
function nobody({ assigned }: Told, node: string, { speaker }: Sight) {
  if (speaker.phase === 'left') {
    const says = 'this node has left: it announces nothing';
    return { code: 'noPeer', says, change: `let Pods onto ${node} again, or restart its speaker` };
  }
  return assigned
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

function servicePeer(
  { peer, label, line }: Neighbour,
  routes: readonly RouteView[],
  offers: readonly Offer[],
): ServicePeer {
  const heard = offers.filter(({ advertisement }) => hears(peer, advertisement));
  const prefixes = new Map(heard.map(({ prefix }) => [formatPrefix(prefix), prefix]));
  return {
    name: peer.name,
    address: label,
    established: line.state === 'Established',
    trouble: line.state === 'Established' ? null : (line.counters.lastError?.says ?? null),
    prefixes: [...prefixes].map(([text, prefix]) => ({
      prefix: text,
      ...(carries(peer, prefix)
        ? standing(routes.find((route) => route.prefix === text))
        : {
            status: 'not-carried',
            says: `its session carries IPv${peer.address.family} alone: set spec.dualStackAddressFamily`,
          }),
    })),
  };
}

/** What is not there yet is gathered with the next look. */
const standing = (
  route: RouteView | undefined,
): { readonly status: RouteStatus; readonly says: string | null } =>
  route === undefined
    ? { status: 'pending', says: 'it is to be told' }
    : { status: route.status, says: route.says };
