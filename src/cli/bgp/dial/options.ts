/** What `berth bgp dial` is told on its command line, made trustworthy. */
import { networkInterfaces } from 'node:os';
import type { Flags } from '../../../base/flags.ts';
import { err, ok, type Result } from '../../../base/result.ts';
import { ASN_MAX, isAsn } from '../../../bgp/attributes/asn.ts';
import type { Remote } from '../../../bgp/session/remote.ts';
import type { BgpSessionSettings } from '../../../bgp/session/settings.ts';
import { type Address, type Family, parseAddress, parseIPv4 } from '../../../net/address.ts';
import { BGP_PORT } from '../../../net/bgp-port.ts';
import { type Prefix, parsePrefix } from '../../../net/prefix.ts';
import type { DIAL_FLAGS } from './command.ts';

export type DialFlags = Flags<typeof DIAL_FLAGS>;

export type DialOptions = {
  readonly settings: BgpSessionSettings;
  readonly remote: Remote;
  readonly announced: readonly Prefix[];
  /** Where to; we ourselves where there is none of a family. */
  readonly nextHops: Partial<Readonly<Record<Family, Address>>>;
};

/** Somebody waits in front of it. */
const CONNECT_TIMEOUT = 5000;
const IDLE_HOLD = { first: 1000, max: 4000 };

/** `password` is what the file holds. The errors are sentences. */
export function readDialOptions(
  target: string,
  flags: DialFlags,
  password: string | null,
): Result<DialOptions, readonly string[]> {
  const complaints: string[] = [];
  const valueOrComplain = <T>(read: Result<T, string>): T | null => {
    if (read.ok) return read.value;
    complaints.push(read.error);
    return null;
  };
  const endpoint = valueOrComplain(readDialTarget(target));
  const asn = valueOrComplain(readOwnAs(flags.as));
  const peerAsn = valueOrComplain(readPeerAs(flags['peer-as']));
  const source = flags.source === '' ? null : valueOrComplain(readFlagAddress(flags.source, '--source'));
  const announced = flags.announce.flatMap((text) => valueOrComplain(readAnnouncedPrefix(text)) ?? []);
  const nextHopList = flags['next-hop'].flatMap(
    (text) => valueOrComplain(readFlagAddress(text, '--next-hop')) ?? [],
  );
  const routerId = valueOrComplain(readRouterId(flags['router-id'], source));
  if (flags.hold === 1 || flags.hold === 2) complaints.push('--hold takes 0, or 3 and more (RFC 4271 4.2)');
  const nextHops = Object.fromEntries(nextHopList.map((hop) => [hop.family, hop]));
  const withoutNextHop = announced.find(
    ({ family }) => endpoint !== null && family !== endpoint.address.family && !nextHops[family],
  );
  if (withoutNextHop !== undefined) {
    complaints.push(
      `--announce of IPv${withoutNextHop.family} prefixes over IPv${endpoint?.address.family} takes a --next-hop of IPv${withoutNextHop.family}`,
    );
  }
  if (endpoint === null || asn === null || peerAsn === null || routerId === null || complaints.length > 0)
    return err(complaints);
  const maxHops = flags['ttl-security'];
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
      connectTime: CONNECT_TIMEOUT,
      delayOpen: 0,
      idleHold: IDLE_HOLD,
    },
    remote: { ...endpoint, source, password, ttlSecurity: maxHops === 0 ? null : maxHops },
    announced,
    nextHops,
  });
}

/** `192.0.2.1`, `192.0.2.1:1179`, `2001:db8::1`, `[2001:db8::1]:1179`. */
function readDialTarget(text: string): Result<Pick<Remote, 'address' | 'port'>, string> {
  if (text === '') return err('say whom to dial: ADDRESS or ADDRESS:PORT');
  const [, bracketed, plain, digits] = /^(?:\[(.*)\]|([^:]*)):(\d+)$/.exec(text) ?? [];
  const address = readFlagAddress(bracketed ?? plain ?? text, 'the router');
  if (!address.ok) return address;
  const port = digits === undefined ? BGP_PORT : Number(digits);
  if (port < 1 || port > 65_535) return err(`port ${digits} is none: 1 to 65535`);
  return ok({ address: address.value, port });
}

function readFlagAddress(text: string, where: string): Result<Address, string> {
  const read = parseAddress(text);
  return read.ok ? read : err(`${where}: ${JSON.stringify(text)} ${read.error}`);
}

function readAnnouncedPrefix(text: string): Result<Prefix, string> {
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

function readPeerAs(text: string): Result<BgpSessionSettings['peerAsn'], string> {
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
