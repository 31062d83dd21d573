/** The routers of a case, and whether a peer's session to one of them comes about. */
import { fieldsOf, numberOf, type Raw, textOf } from '../cluster/fields.ts';
import { type Address, formatAddress, parseAddress, sameAddress } from '../net/address.ts';
import { asTwoOctets } from '../routes/asn.ts';
import type { Peer } from './peers.ts';

export type Router = {
  readonly name: string;
  readonly as: number;
  readonly address: Address;
  readonly port: number;
  /** TCP MD5 (RFC 2385); '' is none. */
  readonly password: string;
  /** Knows AS numbers of four octets (RFC 6793). */
  readonly fourOctet: boolean;
  readonly up: boolean;
};

const ROUTER_AS = 64_512;
const PORT_DEFAULT = 179;

/** One router where the case names none. Each answers at one address, of the family that it is told. */
export function readRouters(file: Raw): ReadonlyMap<string, Router> {
  const named = Object.entries(fieldsOf(file['routers']));
  const all = named.length === 0 ? [['r1', {}] as const] : named;
  return new Map(
    all.map(([name, settings], index) => [name, readRouter(name, fieldsOf(settings), index)] as const),
  );
}

function readRouter(name: string, settings: Raw, index: number): Router {
  const place = textOf(settings['at']) || name;
  const number = numberIn(place) ?? index + 1;
  return {
    name,
    as: numberOf(settings['as']) ?? ROUTER_AS,
    address: addressAt(settings['family'] === 'ipv6' ? 6 : 4, `${number}`),
    port: numberOf(settings['port']) ?? PORT_DEFAULT,
    password: textOf(settings['password']),
    fourOctet: settings['fourOctet'] !== false,
    up: true,
  };
}

/** A router that comes back may have other settings. */
export function changeRouter(router: Router, change: Raw): Router {
  return {
    ...router,
    as: numberOf(change['as']) ?? router.as,
    port: numberOf(change['port']) ?? router.port,
    password: 'password' in change ? textOf(change['password']) : router.password,
    fourOctet: 'fourOctet' in change ? change['fourOctet'] !== false : router.fourOctet,
  };
}

/** Router rN stands at 10.213.0.N and fd00:213::N, node nN at 10.213.0.1N and fd00:213::1N. */
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

/** The number of the router's AS fits what the peer says of it. */
function agreesOnAs({ peerASN, myASN }: Peer, { as }: Router): boolean {
  if (peerASN === 'internal') return as === myASN;
  return peerASN === 'external' ? as !== myASN : as === peerASN;
}

/** The router that this peer's session is with; null where there is none. */
export function routerOf(peer: Peer, node: string, routers: Iterable<Router>): Router | null {
  const { sourceAddress } = peer;
  const own = nodeAddresses(node);
  if (sourceAddress !== null) {
    if (sourceAddress.family !== peer.address.family) return null;
    if (own.length > 0 && !own.some((one) => sameAddress(one, sourceAddress))) return null;
  }
  for (const router of routers) {
    const there = router.up && sameAddress(router.address, peer.address) && router.port === peer.port;
    if (there && router.password === (peer.secret ?? '') && agreesOnAs(peer, router)) return router;
  }
  return null;
}

/** The AS that the node shows: `localASN` in place of its own, as far as the router can be told it. */
export function shownAs(peer: Peer, router: Router): number {
  const own = peer.localASN ?? peer.myASN;
  return router.fourOctet ? own : asTwoOctets(own);
}

/** LOCAL_PREF stays inside the AS (RFC 4271 5.1.5). */
export const isInternal = (peer: Peer, router: Router): boolean =>
  (peer.localASN ?? peer.myASN) === router.as;

/** What the peer says, else the node's IPv4 address; '' where nobody knows that. */
export function routerIdText(peer: Peer, node: string): string {
  const id = peer.routerId ?? nodeAddresses(node).find(({ family }) => family === 4);
  return id === undefined ? '' : formatAddress(id);
}
