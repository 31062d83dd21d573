/** Options of `berth bgp dial`, validated. */
import { networkInterfaces } from 'node:os';
import type { Flags } from '../../../base/flags.ts';
import { err, ok, type Result } from '../../../base/result.ts';
import { ASN_MAX, isAsn } from '../../../bgp/attributes/asn.ts';
import type { Remote } from '../../../bgp/session/remote.ts';
import type { BgpSessionSettings } from '../../../bgp/session/settings.ts';
import { sessionAddressError, sourceAddressError } from '../../../config/session-address.ts';
import { type Address, type Family, parseAddress, parseIPv4 } from '../../../net/address.ts';
import { BGP_PORT } from '../../../net/bgp-port.ts';
import { type Prefix, parsePrefix } from '../../../net/prefix.ts';
import type { DIAL_COMMAND } from './command.ts';

export type DialFlags = Flags<typeof DIAL_COMMAND.flags>;

export type DialOptions = {
  readonly settings: BgpSessionSettings;
  readonly remote: Remote;
  readonly announced: readonly Prefix[];
  /** Absent families: this node. */
  readonly nextHops: Partial<Readonly<Record<Family, Address>>>;
};

/** Short: somebody waits for the result. */
const CONNECT_TIMEOUT = 5000;
const IDLE_HOLD = { first: 1000, max: 4000 };

/** `password` is the content of the file, null without one. The errors are sentences. */
export function readDialOptions(
  target: string,
  flags: DialFlags,
  password: string | null,
): Result<DialOptions, readonly string[]> {
  const errors: string[] = [];
  const valueOrError = <T>(read: Result<T, string>): T | null => {
    if (read.ok) return read.value;
    errors.push(read.error);
    return null;
  };
  const endpoint = valueOrError(readDialTarget(target));
  const asn = valueOrError(readOwnAs(flags.as));
  const peerAsn = valueOrError(readPeerAs(flags['peer-as']));
  const source = flags.source === '' ? null : valueOrError(readSource(flags.source));
  const announced = flags.announce.flatMap((text) => valueOrError(readAnnouncedPrefix(text)) ?? []);
  const nextHopList = flags['next-hop'].flatMap(
    (text) => valueOrError(readFlagAddress(text, '--next-hop')) ?? [],
  );
  const routerId = valueOrError(readRouterId(flags['router-id'], source));
  if (flags.hold === 1 || flags.hold === 2) errors.push('--hold is 0, or 3 and more (RFC 4271 4.2)');
  const nextHops = Object.fromEntries(nextHopList.map((hop) => [hop.family, hop]));
  const withoutNextHop = announced.find(
    ({ family }) => endpoint !== null && family !== endpoint.address.family && !nextHops[family],
  );
  if (withoutNextHop !== undefined) {
    errors.push(
      `--announce of IPv${withoutNextHop.family} prefixes over an IPv${endpoint?.address.family} session needs an IPv${withoutNextHop.family} --next-hop`,
    );
  }
  if (endpoint === null || asn === null || peerAsn === null || routerId === null || errors.length > 0)
    return err(errors);
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
      // Without families: it only makes the router send End-of-RIB (RFC 4724 3).
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
  if (text === '') return err('the router is missing: ADDRESS or ADDRESS:PORT');
  const [, bracketed, plain, digits] = /^(?:\[(.*)\]|([^:]*)):(\d+)$/.exec(text) ?? [];
  const address = readFlagAddress(bracketed ?? plain ?? text, 'the router');
  if (!address.ok) return address;
  const impossible = sessionAddressError(address.value);
  if (impossible !== null) return err(`the router: ${JSON.stringify(text)} ${impossible}`);
  const port = digits === undefined ? BGP_PORT : Number(digits);
  if (port < 1 || port > 65_535) return err(`port ${digits} is not valid: 1 to 65535`);
  return ok({ address: address.value, port });
}

function readFlagAddress(text: string, where: string): Result<Address, string> {
  const read = parseAddress(text);
  return read.ok ? read : err(`${where}: ${JSON.stringify(text)} ${read.error}`);
}

function readSource(text: string): Result<Address, string> {
  const address = readFlagAddress(text, '--source');
  const impossible = address.ok ? sourceAddressError(address.value) : null;
  return impossible === null ? address : err(`--source: ${JSON.stringify(text)} ${impossible}`);
}

function readAnnouncedPrefix(text: string): Result<Prefix, string> {
  const read = parsePrefix(text);
  if (!read.ok) return err(`--announce: ${JSON.stringify(text)} ${read.error}`);
  const { hostBits, ...prefix } = read.value;
  return hostBits ? err(`--announce: ${JSON.stringify(text)} has host bits set`) : ok(prefix);
}

function readOwnAs(text: string): Result<number, string> {
  if (text === '') return err('--as is missing: the local AS number');
  const asn = readAsn(text);
  return asn === null ? err(`--as: ${JSON.stringify(text)} is not an AS number: 1 to ${ASN_MAX}`) : ok(asn);
}

function readPeerAs(text: string): Result<BgpSessionSettings['peerAsn'], string> {
  if (text === 'internal' || text === 'external') return ok(text);
  const asn = readAsn(text);
  return asn === null ? err('--peer-as is the AS number of the router, internal or external') : ok(asn);
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
    ? err('this node has no IPv4 address to use as BGP Identifier: set one with --router-id')
    : ok(own);
}

function ownIPv4(): number | null {
  const all = Object.values(networkInterfaces()).flatMap((some) => some ?? []);
  const quad = all.find(({ family, internal }) => family === 'IPv4' && !internal)?.address;
  return quad === undefined ? null : parseIPv4(quad);
}
