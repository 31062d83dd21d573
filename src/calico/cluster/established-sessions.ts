/** Decides which sessions are established: both ends are configured, agree on AS numbers and password, and can connect. */
import { type Address, type Family, sameAddress } from '../../net/address.ts';
import { BGP_PORT } from '../../net/bgp-port.ts';
import { unusableInSession } from '../../net/special-ranges.ts';
import type { LoadedConfig } from '../bird/bird-process.ts';
import type { ResolvedSession } from '../confd/bird-config.ts';
import type { CalicoNode } from '../objects/nodes.ts';
import type { ExternalRouter } from './external-router.ts';
import { areRoutesKept, LISTENING_NODE, type Silence } from './silent-node.ts';
import { acceptEachOther, acceptsRouter } from './ttl-security.ts';

/** A node whose BIRD for the family runs, or whose routes peers may still have. */
export type LiveNode = {
  readonly node: CalicoNode;
  readonly loaded: LoadedConfig;
  /**
   * By address of the peer, the sessions that can be established, in the order of BIRD's file. Of several with one address and
   * port, BIRD starts the first alone.
   */
  readonly startedSessions: ReadonlyMap<bigint, readonly ResolvedSession[]>;
  /** Null for a node whose BIRD runs. Of another one, peers keep the routes for a while. */
  readonly silence: Silence | null;
};

export type EstablishedSession =
  | {
      readonly to: 'router';
      readonly live: LiveNode;
      readonly session: ResolvedSession;
      readonly router: ExternalRouter;
    }
  | {
      readonly to: 'node';
      readonly live: LiveNode;
      readonly session: ResolvedSession;
      readonly other: LiveNode;
      /** The other node's own session to this one. */
      readonly back: ResolvedSession;
    };

/** Why a session is down. */
export type SessionTrouble =
  | 'nobody-there'
  | 'peer-down'
  | 'not-wanted'
  | 'as-mismatch'
  | 'password-mismatch'
  | 'ttl-mismatch'
  | 'superseded'
  | 'unreachable';

export type SessionOutcome =
  | {
      readonly link: EstablishedSession;
      /** The session is down, and its routes are kept until the neighbour has restarted. */
      readonly isStale: boolean;
    }
  | { readonly trouble: SessionTrouble };

export type Topology = {
  readonly family: Family;
  readonly live: readonly LiveNode[];
  readonly byAddress: ReadonlyMap<bigint, LiveNode>;
  /** Addresses of nodes that are off, or whose BIRD is down. */
  readonly downAddresses: ReadonlySet<bigint>;
  readonly routers: readonly ExternalRouter[];
};

export function evaluateSession(
  live: LiveNode,
  session: ResolvedSession,
  topology: Topology,
): SessionOutcome {
  const { family, routers } = topology;
  if (hasUnusableAddress(live, family)) return { trouble: 'unreachable' };
  const started = live.startedSessions.get(session.peer.bits) ?? [];
  const router = routers.find((one) => isAt(one.addresses[family], session.peer));
  if (router !== undefined) {
    const trouble = troubleWithRouter(live, session, router);
    if (trouble !== null) return { trouble };
    const up = started.length > 1 ? sessionWithRouter(live, started, router) : started[0];
    if (up !== session) return { trouble: 'superseded' };
    return areRoutesKept(live.silence, session, router)
      ? { link: { to: 'router', live, session, router }, isStale: live.silence?.kind === 'killed' }
      : { trouble: 'peer-down' };
  }
  const other = topology.byAddress.get(session.peer.bits);
  if (other === undefined)
    return { trouble: topology.downAddresses.has(session.peer.bits) ? 'peer-down' : 'nobody-there' };
  const own = live.node.addresses[family];
  const backs = own === null ? [] : (other.startedSessions.get(own.bits) ?? []);
  const [first] = backs;
  if (first === undefined) return { trouble: 'not-wanted' };
  const back = backs.length + started.length > 2 ? pairedSession(live, session, other, backs) : first;
  const trouble = troubleBetween(live, session, other, back ?? first);
  if (trouble !== null) return { trouble };
  if (back === null || !started.includes(session)) return { trouble: 'superseded' };
  const isKept =
    areRoutesKept(live.silence, session, LISTENING_NODE) &&
    areRoutesKept(other.silence, back, LISTENING_NODE);
  const isStale = [live.silence, other.silence].some((one) => one?.kind === 'killed');
  return isKept ? { link: { to: 'node', live, session, other, back }, isStale } : { trouble: 'peer-down' };
}

const hasUnusableAddress = ({ node }: LiveNode, family: Family): boolean => {
  const own = node.addresses[family];
  return own !== null && unusableInSession(own) !== null;
};

/**
 * A router has one session with a node. Of several that the node starts, it is the first that reaches the router's port. Where
 * none does and the router connects, BIRD gives the connection to the first of all.
 */
function sessionWithRouter(
  live: LiveNode,
  started: readonly ResolvedSession[],
  router: ExternalRouter,
): ResolvedSession | undefined {
  const possible = started.filter((one) => troubleWithRouter(live, one, router) === null);
  return possible.find((one) => router.isInferred || one.port === router.listenPort) ?? possible[0];
}

/** The end at `other` of a session, null where another pair of sessions connects the two nodes: one session does. */
function pairedSession(
  live: LiveNode,
  session: ResolvedSession,
  other: LiveNode,
  backs: readonly ResolvedSession[],
): ResolvedSession | null {
  const started = live.startedSessions.get(session.peer.bits) ?? [];
  // Both nodes look for the pair in one order.
  const isFirst = live.node.name < other.node.name;
  const pairs = isFirst
    ? started.flatMap((mine) => backs.map((theirs) => ({ mine, theirs })))
    : backs.flatMap((theirs) => started.map((mine) => ({ mine, theirs })));
  const pair = pairs.find(({ mine, theirs }) => troubleBetween(live, mine, other, theirs) === null);
  return pair?.mine === session ? pair.theirs : null;
}

const isAt = (address: Address | null, peer: Address): boolean =>
  address !== null && sameAddress(address, peer);

function troubleWithRouter(
  live: LiveNode,
  session: ResolvedSession,
  router: ExternalRouter,
): SessionTrouble | null {
  if (router.isDown) return 'peer-down';
  if (router.isInferred) return troubleWithInferredRouter(session, router);
  const accepts = router.nodeAS === null ? session.localAS !== router.as : session.localAS === router.nodeAS;
  if (session.remoteAS !== router.as || !accepts) return 'as-mismatch';
  if (session.resolvedPassword !== router.password) return 'password-mismatch';
  if (!acceptsRouter(session, router)) return 'ttl-mismatch';
  const [first] = live.startedSessions.get(session.peer.bits) ?? [];
  const nodeDials = session.port === router.listenPort;
  const routerDials = !router.passive && live.loaded.main.listenPort === BGP_PORT && first === session;
  return nodeDials || routerDials ? null : 'unreachable';
}

/** The router's own configuration is unknown. It is taken to require the password that the BGPPeer names. */
function troubleWithInferredRouter(session: ResolvedSession, router: ExternalRouter): SessionTrouble | null {
  if (session.remoteAS !== router.as) return 'as-mismatch';
  return session.password !== null && session.resolvedPassword === null ? 'password-mismatch' : null;
}

function troubleBetween(
  live: LiveNode,
  session: ResolvedSession,
  other: LiveNode,
  back: ResolvedSession,
): SessionTrouble | null {
  if (session.remoteAS !== back.localAS || back.remoteAS !== session.localAS) return 'as-mismatch';
  if (session.resolvedPassword !== back.resolvedPassword) return 'password-mismatch';
  if (!acceptEachOther(session, back)) return 'ttl-mismatch';
  const reaches = session.port === other.loaded.main.listenPort;
  const isReached = back.port === live.loaded.main.listenPort;
  return reaches || isReached ? null : 'unreachable';
}
