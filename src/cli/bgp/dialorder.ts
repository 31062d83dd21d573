/** What `berth bgp dial` is told on its command line, made trustworthy. */
import { networkInterfaces } from 'node:os';
import type { Flags } from '../../base/flags.ts';
import { err, ok, type Result } from '../../base/result.ts';
import type { Settings } from '../../bgp/session/settings.ts';
import { type Address, type Family, parseAddress, parseIPv4 } from '../../net/address.ts';
import { type Prefix, parsePrefix } from '../../net/prefix.ts';
import { ASN_MAX, isAsn } from '../../routes/asn.ts';
import { BGP_PORT, type Remote } from '../../sockets/remote.ts';
import type { DIAL_FLAGS } from './dialflags.ts';

export type DialFlags = Flags<typeof DIAL_FLAGS>;

export type DialOrder = {
  readonly settings: Settings;
  readonly remote: Remote;
  readonly announced: readonly Prefix[];
  /** Where to; we ourselves where there is none of a family. */
  readonly nextHops: Partial<Readonly<Record<Family, Address>>>;
};

/** Somebody waits in front of it. */
const CONNECT_TIME = 5000;
const IDLE_HOLD = { first: 1000, max: 4000 };

/** `password` is what the file holds. The errors are sentences. */
export function readOrder(
  target: string,
  flags: DialFlags,
  password: string | null,
): Result<DialOrder, readonly string[]> {
  const complaints: string[] = [];
  const take = <T>(read: Result<T, string>): T | null => {
    if (read.ok) return read.value;
    complaints.push(read.error);
    return null;
  };
  const at = take(readTarget(target));
  const asn = take(readOwnAs(flags.as));
  const peerAsn = take(readPeerAs(flags['peer-as']));
  const source = flags.source === '' ? null : take(readAddress(flags.source, '--source'));
  const announced = flags.announce.flatMap((text) => take(readPrefix(text)) ?? []);
  const hops = flags['next-hop'].flatMap((text) => take(readAddress(text, '--next-hop')) ?? []);
  const routerId = take(readRouterId(flags['router-id'], source));
  if (flags.hold === 1 || flags.hold === 2) complaints.push('--hold takes 0, or 3 and more (RFC 4271 4.2)');
  const nextHops = Object.fromEntries(hops.map((hop) => [hop.family, hop]));
  const homeless = announced.find(
    ({ family }) => at !== null && family !== at.address.family && !nextHops[family],
  );
  if (homeless !== undefined) {
    complaints.push(
      `--announce of IPv${homeless.family} prefixes over IPv${at?.address.family} takes a --next-hop of IPv${homeless.family}`,
    );
  }
  if (at === null || asn === null || peerAsn === null || routerId === null || complaints.length > 0)
    return err(complaints);
  const hopsAway = flags['ttl-security'];
  return ok({
    settings: {
      asn,
      routerId,
      peerAsn,
      holdTime: flags.hold,
      keepaliveTime: null,
      families: [4, 6],
      extendedNextHop: false,
      // Nothing is kept of ours; it makes the router say where its routes end (RFC 4724 3).
      gracefulRestart: {
        kind: 'graceful-restart',
        restarting: false,
        notification: false,
        restartTime: 0,
        families: [],
      },
      role: flags.listen ? 'listen' : 'dial',
      connectTime: CONNECT_TIME,
      delayOpen: 0,
      idleHold: IDLE_HOLD,
    },
    remote: { ...at, source, password, ttlSecurity: hopsAway === 0 ? null : hopsAway },
    announced,
    nextHops,
  });
}

/** `192.0.2.1`, `192.0.2.1:1179`, `2001:db8::1`, `[2001:db8::1]:1179`. */
function readTarget(text: string): Result<Pick<Remote, 'address' | 'port'>, string> {
  if (text === '') return err('say whom to dial: ADDRESS or ADDRESS:PORT');
  const [, boxed, plain, digits] = /^(?:\[(.*)\]|([^:]*)):(\d+)$/.exec(text) ?? [];
  const address = readAddress(boxed ?? plain ?? text, 'the router');
  if (!address.ok) return address;
  const port = digits === undefined ? BGP_PORT : Number(digits);
  if (port < 1 || port > 65_535) return err(`port ${digits} is none: 1 to 65535`);
  return ok({ address: address.value, port });
}

function readAddress(text: string, where: string): Result<Address, string> {
  const read = parseAddress(text);
  return read.ok ? read : err(`${where}: ${JSON.stringify(text)} ${read.error}`);
}

function readPrefix(text: string): Result<Prefix, string> {
  const read = parsePrefix(text);
  if (!read.ok) return err(`--announce: ${JSON.stringify(text)} ${read.error}`);
  const { hostBits, ...prefix } = read.value;
  return hostBits ? err(`--announce: ${JSON.stringify(text)} has bits set behind its length`) : ok(prefix);
}

function readOwnAs(text: string): Result<number, string> {
  if (text === '') return err('--as is missing: say which AS this node is in');
  const asn = readAsn(text);
  return asn === null ? err(`--as: ${JSON.stringify(text)} is no AS number: 1 to ${ASN_MAX}`) : ok(asn);
}

function readPeerAs(text: string): Result<Settings['peerAsn'], string> {
  if (text === 'internal' || text === 'external') return ok(text);
  const asn = readAsn(text);
  return asn === null ? err('--peer-as takes the AS of the router, or internal, or external') : ok(asn);
}

const readAsn = (text: string): number | null =>
  /^\d+$/.test(text) && isAsn(Number(text)) ? Number(text) : null;

function readRouterId(text: string, source: Address | null): Result<number, string> {
  if (text !== '') {
    const value = parseIPv4(text);
    return value > 0 ? ok(value) : err(`--router-id: ${JSON.stringify(text)} is not an IPv4 address`);
  }
  if (source?.family === 4) return ok(Number(source.bits));
  const own = ownIPv4();
  return own === null
    ? err('this node has no IPv4 address for a BGP Identifier: say one with --router-id')
    : ok(own);
}

function ownIPv4(): number | null {
  const all = Object.values(networkInterfaces()).flatMap((some) => some ?? []);
  const quad = all.find(({ family, internal }) => family === 'IPv4' && !internal)?.address;
  return quad === undefined ? null : parseIPv4(quad);
}
