/** Which sessions come up: both ends must want each other, agree on AS numbers and password, and reach each other. */
import { type Address, type Family, formatAddress, sameAddress } from '../net/address.ts';
import type { ConfiguredSession } from './birdfiles.ts';
import type { Loaded } from './daemon.ts';
import type { CalicoNode } from './objects/nodes.ts';
import type { Router } from './routers.ts';
import { BGP_PORT } from './sessions.ts';

/** A node whose BIRD of that family runs. */
export type LiveNode = {
  readonly node: CalicoNode;
  readonly loaded: Loaded;
  /** Its sessions by the address of the peer. */
  readonly byPeer: ReadonlyMap<bigint, ConfiguredSession>;
};

export type Link =
  | {
      readonly to: 'router';
      readonly live: LiveNode;
      readonly session: ConfiguredSession;
      readonly router: Router;
    }
  | {
      readonly to: 'node';
      readonly live: LiveNode;
      readonly session: ConfiguredSession;
      readonly other: LiveNode;
      /** The other node's own session to this one. */
      readonly back: ConfiguredSession;
    };

/** Why a session is down. */
export type LinkTrouble =
  | 'nobody-there'
  | 'peer-down'
  | 'not-wanted'
  | 'as-mismatch'
  | 'password-mismatch'
  | 'ttl-mismatch'
  | 'unreachable';

export type LinkResult = { readonly link: Link } | { readonly trouble: LinkTrouble };

export type Neighbourhood = {
  readonly family: Family;
  readonly live: readonly LiveNode[];
  readonly byAddress: ReadonlyMap<bigint, LiveNode>;
  /** Addresses of nodes whose BIRD is down, or who are off. */
  readonly dead: ReadonlySet<bigint>;
  readonly routers: readonly Router[];
};

export function linkOf(live: LiveNode, session: ConfiguredSession, around: Neighbourhood): LinkResult {
  const { family, routers } = around;
  const router = routers.find((one) => isAt(one.addresses[family], session.peer));
  if (router !== undefined) {
    const trouble = troubleWith(live, session, router);
    return trouble === null ? { link: { to: 'router', live, session, router } } : { trouble };
  }
  const other = around.byAddress.get(session.peer.bits);
  if (other === undefined)
    return { trouble: around.dead.has(session.peer.bits) ? 'peer-down' : 'nobody-there' };
  const own = live.node.addresses[family];
  const back = own === null ? undefined : other.byPeer.get(own.bits);
  if (back === undefined) return { trouble: 'not-wanted' };
  const trouble = troubleBetween(live, session, other, back);
  return trouble === null ? { link: { to: 'node', live, session, other, back } } : { trouble };
}

const isAt = (address: Address | null, peer: Address): boolean =>
  address !== null && sameAddress(address, peer);

function troubleWith(live: LiveNode, session: ConfiguredSession, router: Router): LinkTrouble | null {
  if (router.down) return 'peer-down';
  if (router.assumed) return troubleWithAssumed(session, router);
  const accepts = router.nodeAS === null ? session.localAS !== router.as : session.localAS === router.nodeAS;
  if (session.remoteAS !== router.as || !accepts) return 'as-mismatch';
  if (session.secret !== router.password) return 'password-mismatch';
  if ((session.ttlSecurity !== null) !== router.ttlSecurity) return 'ttl-mismatch';
  const nodeDials = session.port === router.listenPort;
  const routerDials = !router.passive && live.loaded.main.listenPort === BGP_PORT;
  return nodeDials || routerDials ? null : 'unreachable';
}

/** Nobody knows its side; that it wants the password which the nodes are told to use is as good as certain. */
function troubleWithAssumed(session: ConfiguredSession, router: Router): LinkTrouble | null {
  if (session.remoteAS !== router.as) return 'as-mismatch';
  return session.password !== null && session.secret === null ? 'password-mismatch' : null;
}

function troubleBetween(
  live: LiveNode,
  session: ConfiguredSession,
  other: LiveNode,
  back: ConfiguredSession,
): LinkTrouble | null {
  if (session.remoteAS !== back.localAS || back.remoteAS !== session.localAS) return 'as-mismatch';
  if (session.secret !== back.secret) return 'password-mismatch';
  if ((session.ttlSecurity !== null) !== (back.ttlSecurity !== null)) return 'ttl-mismatch';
  const reaches = session.port === other.loaded.main.listenPort;
  const isReached = back.port === live.loaded.main.listenPort;
  return reaches || isReached ? null : 'unreachable';
}

/** The same for both directions of a session and different for any other. */
export const endOf = (session: ConfiguredSession): string => `${formatAddress(session.peer)} ${session.port}`;
