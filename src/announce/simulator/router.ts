/** Simulated routers, and whether a peer's session with one of them is established. */

import { fieldsOf, numberOf, type Raw, textOf } from '../../base/json.ts';
import { toTwoOctetAsn } from '../../bgp/attributes/asn.ts';
import { type Address, formatAddress, parseAddress, sameAddress } from '../../net/address.ts';
import { BGP_PORT } from '../../net/bgp-port.ts';
import type { LocalNode } from '../../objects/node.ts';
import type { Peer } from '../config/peers.ts';

export type SimulatedRouter = {
  readonly name: string;
  readonly asn: number;
  readonly address: Address;
  readonly port: number;
  /** TCP MD5 (RFC 2385); '' for none. */
  readonly password: string;
  /** Supports four-octet AS numbers (RFC 6793). */
  readonly supportsFourOctetAsn: boolean;
  readonly isUp: boolean;
};

const ROUTER_ASN_DEFAULT = 64_512;

/** `routers` of a case without routers of its own. */
export const ROUTERS_AS_PEERS = 'as peers';

/**
 * The routers of a case, by default one. Each has one address, of the family that the case gives. Null where each peer finds
 * the router that it expects.
 */
export function readSimulatedRouters(caseFile: Raw): ReadonlyMap<string, SimulatedRouter> | null {
  if (caseFile['routers'] === ROUTERS_AS_PEERS) return null;
  const named = Object.entries(fieldsOf(caseFile['routers']));
  const all = named.length === 0 ? [['r1', {}] as const] : named;
  return new Map(
    all.map(([name, settings], index) => [name, readRouter(name, fieldsOf(settings), index)] as const),
  );
}

function readRouter(name: string, settings: Raw, index: number): SimulatedRouter {
  const location = textOf(settings['at']) || name;
  const number = numberIn(location) ?? index + 1;
  return {
    name,
    asn: numberOf(settings['as']) ?? ROUTER_ASN_DEFAULT,
    address: addressAt(settings['family'] === 'ipv6' ? 6 : 4, `${number}`),
    port: numberOf(settings['port']) ?? BGP_PORT,
    password: textOf(settings['password']),
    supportsFourOctetAsn: settings['fourOctet'] !== false,
    isUp: true,
  };
}

/** The router with changed settings, which apply when it comes back. */
export function reconfigureRouter(router: SimulatedRouter, change: Raw): SimulatedRouter {
  return {
    ...router,
    asn: numberOf(change['as']) ?? router.asn,
    port: numberOf(change['port']) ?? router.port,
    password: 'password' in change ? textOf(change['password']) : router.password,
    supportsFourOctetAsn: 'fourOctet' in change ? change['fourOctet'] !== false : router.supportsFourOctetAsn,
  };
}

/** Router rN has the addresses 10.213.0.N and fd00:213::N, node nN 10.213.0.1N and fd00:213::1N. */
function addressAt(family: 4 | 6, last: string): Address {
  const read = parseAddress(family === 4 ? `10.213.0.${last}` : `fd00:213::${last}`);
  return read.ok ? read.value : { family, bits: 0n };
}

const numberIn = (name: string): number | null => {
  const digits = /\d+/.exec(name);
  return digits === null ? null : Number(digits[0]);
};

/** Its own addresses. A Node of a case that has none has those of its number; none without a number. */
export function simulatedAddresses({ name, addresses }: LocalNode): readonly Address[] {
  const own = [addresses[4], addresses[6]].flatMap((one) => one ?? []);
  if (own.length > 0) return own;
  const number = numberIn(name);
  return number === null ? [] : [addressAt(4, `1${number}`), addressAt(6, `1${number}`)];
}

/** Whether the router's AS number is the one that the peer expects. */
function isPeerAsnAccepted({ peerASN, myASN }: Peer, { asn }: SimulatedRouter): boolean {
  if (peerASN === 'internal') return asn === myASN;
  return peerASN === 'external' ? asn !== myASN : asn === peerASN;
}

/** The router that a peer describes. */
const routerOfPeer = ({ name, myASN, peerASN, address, port, sessionPassword }: Peer): SimulatedRouter => ({
  ...{ name, address, port, password: sessionPassword ?? '', supportsFourOctetAsn: true, isUp: true },
  asn: typeof peerASN === 'number' ? peerASN : peerASN === 'internal' ? myASN : 0,
});

/** The router that the peer's session is established with; null where it is not. `nodeAddrs` are those of the node. */
export function findSessionRouter(
  peer: Peer,
  nodeAddrs: readonly Address[],
  routers: Iterable<SimulatedRouter> | null,
): SimulatedRouter | null {
  const { sourceAddress } = peer;
  if (sourceAddress !== null) {
    if (sourceAddress.family !== peer.address.family) return null;
    if (nodeAddrs.length > 0 && !nodeAddrs.some((one) => sameAddress(one, sourceAddress))) return null;
  }
  if (routers === null) return routerOfPeer(peer);
  for (const router of routers) {
    const isReachable = router.isUp && sameAddress(router.address, peer.address) && router.port === peer.port;
    if (isReachable && router.password === (peer.sessionPassword ?? '') && isPeerAsnAccepted(peer, router))
      return router;
  }
  return null;
}

/** The AS number that the router sees: `localASN` or `myASN`, or AS_TRANS where it supports two octets only. */
export function presentedAsn(peer: Peer, router: SimulatedRouter): number {
  const own = peer.localASN ?? peer.myASN;
  return router.supportsFourOctetAsn ? own : toTwoOctetAsn(own);
}

/** LOCAL_PREF stays inside the AS (RFC 4271 5.1.5). */
export const isInternalSession = (peer: Peer, router: SimulatedRouter): boolean =>
  (peer.localASN ?? peer.myASN) === router.asn;

/** The peer's `routerID`, else the node's IPv4 address; '' where neither is known. */
export function routerIdText(peer: Peer, nodeAddrs: readonly Address[]): string {
  const id = peer.routerId ?? nodeAddrs.find(({ family }) => family === 4);
  return id === undefined ? '' : formatAddress(id);
}
