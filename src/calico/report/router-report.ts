/** Report for each router: its sessions, the routes that it learns, and how it has to be configured. */
import { compareText } from '../../base/text.ts';
import { type Address, compareAddresses, formatAddress, sameAddress } from '../../net/address.ts';
import { formatPrefix, networkMask, type Prefix } from '../../net/prefix.ts';
import { type ConvergedCluster, routerFamily } from '../cluster/converged-cluster.ts';
import type { SessionTrouble } from '../cluster/established-sessions.ts';
import type { ExternalRouter } from '../cluster/external-router.ts';
import { hasTtlSecurity } from '../cluster/ttl-security.ts';
import type { AssignedAddress } from '../findings/assigned-addresses.ts';

export type RouterReport = {
  readonly address: string;
  readonly as: number;
  readonly sessions: readonly SessionReport[];
  readonly routes: readonly RouteReport[];
};

export type SessionReport = {
  readonly node: string;
  readonly address: string;
  readonly as: number;
  /** Why the session is down; '' for one that is established. */
  readonly trouble: SessionTrouble | '';
  readonly hasPassword: boolean;
  readonly ttlSecurity: boolean;
};

export type RouteReport = {
  readonly prefix: string;
  /** Next hops of all paths that are as good as the best (ECMP). */
  readonly nextHops: readonly { readonly node: string; readonly address: string }[];
  readonly asPath: readonly number[];
  readonly communities: readonly string[];
  /** Services with an address in the prefix, `namespace/name`. */
  readonly services: readonly string[];
};

export const reportRouters = (
  converged: ConvergedCluster,
  assigned: readonly AssignedAddress[],
): readonly RouterReport[] =>
  [...converged.routers]
    .sort((a, b) => compareAddresses(addressOf(a), addressOf(b)))
    .map((router) => ({
      address: router.name,
      as: router.as,
      sessions: sessionsWith(converged, router),
      routes: routesOf(converged, router, assigned),
    }));

const addressOf = (router: ExternalRouter): Address => router.addresses[routerFamily(router)] as Address;

function sessionsWith({ sessions }: ConvergedCluster, router: ExternalRouter): readonly SessionReport[] {
  const own = addressOf(router);
  return sessions
    .filter(({ session }) => sameAddress(session.peer, own))
    .map(({ live, session, outcome }) => {
      const address = live.node.addresses[session.family];
      return {
        node: live.node.name,
        address: address === null ? '' : formatAddress(address),
        as: session.localAS,
        trouble: 'trouble' in outcome ? outcome.trouble : ('' as const),
        hasPassword: session.password !== null,
        ttlSecurity: hasTtlSecurity(session),
      };
    });
}

function routesOf(
  converged: ConvergedCluster,
  router: ExternalRouter,
  assigned: readonly AssignedAddress[],
): readonly RouteReport[] {
  const family = routerFamily(router);
  const assignedIn = indexByPrefix(assigned.filter(({ address }) => address.family === family));
  const routes = converged.ribs[family].allRoutes(router).map(({ prefix, best, nextHops }): RouteReport => {
    const services = new Set(assignedIn(prefix).flatMap((one) => one.services.map(({ key }) => key)));
    return {
      prefix: formatPrefix(prefix),
      nextHops: [...nextHops].sort((a, b) => compareText(a.node, b.node)),
      asPath: best.asPath,
      communities: best.communities,
      services: [...services].sort(compareText),
    };
  });
  return routes.sort((a, b) => compareText(a.prefix, b.prefix));
}

/** Looks up the addresses in a prefix. There are thousands of both, but few prefix lengths. */
function indexByPrefix(assigned: readonly AssignedAddress[]): (prefix: Prefix) => readonly AssignedAddress[] {
  const byLength = new Map<number, ReadonlyMap<bigint, readonly AssignedAddress[]>>();
  return ({ family, bits, length }) => {
    const known = byLength.get(length) ?? groupByNetwork(assigned, networkMask(family, length));
    byLength.set(length, known);
    return known.get(bits) ?? [];
  };
}

function groupByNetwork(
  assigned: readonly AssignedAddress[],
  mask: bigint,
): ReadonlyMap<bigint, readonly AssignedAddress[]> {
  const networks = new Map<bigint, AssignedAddress[]>();
  for (const one of assigned) {
    const network = one.address.bits & mask;
    const existing = networks.get(network);
    if (existing === undefined) networks.set(network, [one]);
    else existing.push(one);
  }
  return networks;
}

/** What the router's configuration needs, one line each (P27): none of it can be seen from the cluster. */
export function routerChecklist({ sessions, routes, as }: RouterReport): readonly string[] {
  const neighbours = sessions.map(({ node, address }) => `${address} (${node})`);
  const numbers = [...new Set(sessions.map((one) => one.as))];
  const nextHopMax = Math.max(0, ...routes.map(({ nextHops }) => nextHops.length));
  const isHost = ({ prefix }: RouteReport): boolean => /\/(32|128)$/.test(prefix);
  if (sessions.length === 0) return ['no node has a session with it: it needs no neighbour yet'];
  return [
    `neighbours: ${neighbours.join(', ')}; AS ${numbers.join(', ')}${numbers.includes(as) ? ' (iBGP)' : ''}`,
    `TCP MD5 password: ${sessions.some(({ hasPassword }) => hasPassword) ? 'yes, the same as in the Secret, and no line break at its end' : 'none'}`,
    ...(nextHopMax > 1 ? [`ECMP over at least ${nextHopMax} next hops, for prefixes of every length`] : []),
    ...(routes.some(isHost) ? ['accept single addresses (/32, /128) inside the ranges of Services'] : []),
    'hold time of 90 s or less: a session uses the smaller of both sides, and Calico offers 240 s',
    ...(routes.some(({ communities }) => communities.some((one) => one.split(':').length === 3))
      ? ['accept large communities (RFC 8092)']
      : []),
    describeTtlSecurity(sessions),
  ];
}

/** A session stays down where one side alone has TTL security (GTSM, RFC 5082). */
function describeTtlSecurity(sessions: readonly SessionReport[]): string {
  const secure = sessions.filter(({ ttlSecurity }) => ttlSecurity);
  if (secure.length === 0) return 'no TTL security: the nodes send packets with an ordinary TTL (multihop)';
  return secure.length === sessions.length
    ? 'TTL security (GTSM), as the BGPPeer sets it'
    : `TTL security (GTSM) for ${secure.map(({ address }) => address).join(', ')}, and none for the others`;
}
