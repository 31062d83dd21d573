/** Decides which sessions are established: both ends are configured, agree on AS numbers and password, and can connect. */
import { type Address, type Family, formatAddress, sameAddress } from '../../net/address.ts';
import { BGP_PORT } from '../../net/bgp-port.ts';
import type { LoadedConfig } from '../bird/bird-process.ts';
import type { ResolvedSession } from '../confd/bird-config.ts';
import type { CalicoNode } from '../objects/nodes.ts';
import type { ExternalRouter } from './external-router.ts';

/** A node whose BIRD for the family runs. */
export type LiveNode = {
  readonly node: CalicoNode;
  readonly loaded: LoadedConfig;
  /** Its sessions, by address of the peer. */
  readonly sessionByPeer: ReadonlyMap<bigint, ResolvedSession>;
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
  | 'unreachable';

export type SessionOutcome = { readonly link: EstablishedSession } | { readonly trouble: SessionTrouble };

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
  const router = routers.find((one) => isAt(one.addresses[family], session.peer));
  if (router !== undefined) {
    const trouble = troubleWithRouter(live, session, router);
    return trouble === null ? { link: { to: 'router', live, session, router } } : { trouble };
  }
  const other = topology.byAddress.get(session.peer.bits);
  if (other === undefined)
    return { trouble: topology.downAddresses.has(session.peer.bits) ? 'peer-down' : 'nobody-there' };
  const own = live.node.addresses[family];
  const back = own === null ? undefined : other.sessionByPeer.get(own.bits);
  if (back === undefined) return { trouble: 'not-wanted' };
  const trouble = troubleBetween(live, session, other, back);
  return trouble === null ? { link: { to: 'node', live, session, other, back } } : { trouble };
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
  if ((session.ttlSecurity !== null) !== router.ttlSecurity) return 'ttl-mismatch';
  const nodeDials = session.port === router.listenPort;
  const routerDials = !router.passive && live.loaded.main.listenPort === BGP_PORT;
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
  if ((session.ttlSecurity !== null) !== (back.ttlSecurity !== null)) return 'ttl-mismatch';
  const reaches = session.port === other.loaded.main.listenPort;
  const isReached = back.port === live.loaded.main.listenPort;
  return reaches || isReached ? null : 'unreachable';
}

/** Equal for two sessions of a node with the same address and port. */
export const remoteKey = (session: ResolvedSession): string =>
  `${formatAddress(session.peer)} ${session.port}`;
