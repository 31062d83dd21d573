/** One session between the node and a router: the configuration of both sides. */
import type { Family } from '../../../../../src/net/address.ts';
import type { NetworkNamespace } from '../../../../support/netns/network.ts';

export type Initiator = 'we' | 'they';

export type SessionSpec = {
  /** Of the BGPPeer, and of the router's neighbor where it has names. */
  readonly name: string;
  /** Of the session. */
  readonly family: Family;
  /** Families whose routes it carries. */
  readonly carries: readonly Family[];
  readonly ours: { readonly address: string; readonly as: number };
  readonly theirs: { readonly address: string; readonly as: number };
  readonly password: string | null;
  /** The side that opens the connection; the other one does not, or cannot. */
  readonly dials: Initiator;
  readonly holdSeconds: number;
  readonly ttlSecurity: boolean;
  readonly gracefulRestart: boolean;
  /** Both sides have BFD: the BGPPeer by the profile `BFD_PROFILE`. */
  readonly bfd: boolean;
  /** Both sides permit several hops, although there is one: BFD uses its port for that (RFC 5883). */
  readonly multihop: boolean;
  /** The router accepts IPv4 routes with IPv6 next hops (RFC 8950). */
  readonly extendedNextHop: boolean;
};

export const BFD_PROFILE = 'fast';
/** Of routers, in milliseconds: slow enough for a busy machine, and far below any hold time. */
export const BFD_INTERVAL = 300;

export const NODE_AS = 65_001;
export const ROUTER_AS = 65_100;

/** `index` is unique among the sessions of a network. */
export function sessionSpec(name: string, index: number, more: Partial<SessionSpec> = {}): SessionSpec {
  const family = more.family ?? 4;
  return {
    name,
    family,
    carries: [family],
    ours: { address: addressAt(family, index, 2), as: NODE_AS },
    theirs: { address: addressAt(family, index, 1), as: ROUTER_AS },
    password: null,
    dials: 'we',
    holdSeconds: 90,
    ttlSecurity: false,
    gracefulRestart: false,
    bfd: false,
    multihop: false,
    extendedNextHop: false,
    ...more,
  };
}

export const addressAt = (family: Family, index: number, side: 1 | 2): string =>
  family === 4 ? `10.9.${index}.${side}` : `fd09:${index}::${side}`;

export const isInternal = ({ ours, theirs }: SessionSpec): boolean => ours.as === theirs.as;

/** Assigns the addresses of the sessions to both ends of a cable. */
export function assignAddresses(
  sessions: readonly SessionSpec[],
  node: { readonly space: NetworkNamespace; readonly device: string },
  router: { readonly space: NetworkNamespace; readonly device: string },
): void {
  const addressCommands = (device: string, side: 'ours' | 'theirs') =>
    sessions.map(({ family, [side]: { address } }) =>
      family === 4 ? `addr add ${address}/24 dev ${device}` : `addr add ${address}/64 dev ${device} nodad`,
    );
  node.space.ip(...addressCommands(node.device, 'ours'));
  router.space.ip(...addressCommands(router.device, 'theirs'));
}
