/** Simulated routers, and whether a peer's session with one of them is established. */

import { fieldsOf, numberOf, type Raw, textOf } from '../../base/json.ts';
import { toTwoOctetAsn } from '../../bgp/attributes/asn.ts';
import { type Address, formatAddress, parseAddress, sameAddress } from '../../net/address.ts';
import { BGP_PORT } from '../../net/bgp-port.ts';
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

/** The routers of a case, by default one. Each has one address, of the family that the case gives. */
export function readSimulatedRouters(caseFile: Raw): ReadonlyMap<string, SimulatedRouter> {
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

/** Addresses of a node; none where its name has no number. */
function nodeAddresses(node: string): readonly Address[] {
  const number = numberIn(node);
  return number === null ? [] : [addressAt(4, `1${number}`), addressAt(6, `1${number}`)];
}

/** Whether the router's AS number is the one that the peer expects. */
function isPeerAsnAccepted({ peerASN, myASN }: Peer, { asn }: SimulatedRouter): boolean {
  if (peerASN === 'internal') return asn === myASN;
  return peerASN === 'external' ? asn !== myASN : asn === peerASN;
}

/** The router that the peer's session is established with; null where it is not. */
export function findSessionRouter(
  peer: Peer,
  node: string,
  routers: Iterable<SimulatedRouter>,
): SimulatedRouter | null {
  const { sourceAddress } = peer;
  const nodeAddrs = nodeAddresses(node);
  if (sourceAddress !== null) {
    if (sourceAddress.family !== peer.address.family) return null;
    if (nodeAddrs.length > 0 && !nodeAddrs.some((one) => sameAddress(one, sourceAddress))) return null;
  }
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
export function routerIdText(peer: Peer, node: string): string {
  const id = peer.routerId ?? nodeAddresses(node).find(({ family }) => family === 4);
  return id === undefined ? '' : formatAddress(id);
}
