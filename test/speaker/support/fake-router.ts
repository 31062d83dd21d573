/**
 * Fake router: decodes the octets that it receives, stores routes by RFC 4271 and graceful restart (RFC 4724, RFC 8538), and
 * fails the test on invalid messages.
 */
import assert from 'node:assert/strict';
import { formatStandardCommunity, wellKnownCommunityName } from '../../../src/bgp/attributes/community.ts';
import type { BgpPath } from '../../../src/bgp/attributes/path.ts';
import { type Capability, findCapability, type GracefulRestart } from '../../../src/bgp/wire/capability.ts';
import { CEASE, ERROR, unicastFamilyOf } from '../../../src/bgp/wire/codes.ts';
import type { Message, Notification, Open, RouteRefresh, Update } from '../../../src/bgp/wire/message.ts';
import type { NegotiatedTerms } from '../../../src/bgp/wire/negotiated.ts';
import { decodePrefixes } from '../../../src/bgp/wire/nlri.ts';
import { unwrapHardReset } from '../../../src/bgp/wire/notification.ts';
import { decodeMessage } from '../../../src/bgp/wire/read/decode.ts';
import { type Address, type Family, formatAddress, parseAddress } from '../../../src/net/address.ts';
import { formatPrefix } from '../../../src/net/prefix.ts';

export function address(text: string): Address {
  const read = parseAddress(text);
  assert.ok(read.ok, text);
  return read.value;
}

export const FAMILIES: readonly Family[] = [4, 6];

const unicast = (family: Family): Capability => ({
  kind: 'multiprotocol',
  afi: family === 4 ? 1 : 2,
  safi: 1,
});

const CAPABILITIES: readonly Capability[] = [
  { kind: 'route-refresh' },
  { kind: 'four-octet-as', asn: 64512 },
];

/** The router's OPEN; `restart` is graceful restart, `notification` its N bit. */
export const routerOpen = ({
  families = FAMILIES,
  restart = false,
  notification = false,
}: {
  readonly families?: readonly Family[];
  readonly restart?: boolean;
  readonly notification?: boolean;
} = {}): Open => ({
  kind: 'open',
  asn: 64512,
  holdTime: 90,
  routerId: 0x0ad50001,
  capabilities: [
    ...families.map(unicast),
    ...CAPABILITIES,
    ...(restart ? [{ kind: 'graceful-restart', ...GRACEFUL_RESTART, notification } as const] : []),
  ],
});

const GRACEFUL_RESTART = { restarting: false, restartTime: 120, families: [] } as const;

/** The speaker's end of the session, as the router sees it. */
export interface RouterSession {
  /** Null once the session has ended. */
  readonly negotiated: NegotiatedTerms | null;
  /** The router reads again. */
  drained(): void;
  /** The router sends a message. */
  receive(message: Update | RouteRefresh): void;
  lose(): void;
}

export class FakeRouter {
  open: Open = routerOpen();
  /** Whether the router accepts sessions. */
  acceptsSessions = true;
  /** Local address of the speaker's end; null for the default. */
  seenAddress: Address | null = null;
  /** False: received octets are queued until `resumeReading`. */
  isReading = true;
  /** How long a connection stays open after the final NOTIFICATION. */
  lingerMs = 0;
  /** Octets accepted without being read. */
  windowBytes = 0;
  readonly routes = new Map<string, BgpPath>();
  /** Routes retained during a graceful restart. */
  readonly stale = new Set<string>();
  readonly endOfRibs = new Set<Family>();
  /** Received messages, in order: `+10.20.1.1/32`, `-10.20.1.1/32`, `end 4`, `6/2 "bye"`, `lost`. */
  events: string[] = [];
  /** The session whose connection is open, or lingering. */
  session: RouterSession | null = null;
  /** Received OPENs. */
  readonly opens: Open[] = [];
  readonly #inbox: { readonly bytes: Uint8Array; readonly negotiated: NegotiatedTerms }[] = [];
  /** A NOTIFICATION has ended the session. */
  #isEnded = false;

  /** Events since the last call. */
  takeEvents(): readonly string[] {
    const events = this.events;
    this.events = [];
    return events;
  }

  /** Routes as `10.20.1.1/32 via 10.213.0.11`, with attributes, sorted. */
  get table(): readonly string[] {
    return [...this.routes].map(([prefix, path]) => `${prefix} ${formatPath(path)}`).sort();
  }

  get unreadBytes(): number {
    return this.#inbox.reduce((sum, { bytes }) => sum + bytes.length, 0);
  }

  stopReading(): void {
    this.isReading = false;
  }

  resumeReading(): void {
    this.isReading = true;
    for (const { bytes, negotiated } of this.#inbox.splice(0)) this.#process(bytes, negotiated);
    this.session?.drained();
  }

  // --- called by the session

  sessionOpened(openReceived: Open, { families }: NegotiatedTerms): void {
    this.opens.push(openReceived);
    this.endOfRibs.clear();
    this.#isEnded = false;
    const restart = findCapability(openReceived.capabilities, 'graceful-restart');
    for (const prefix of this.stale)
      if (!families.includes(familyIn(prefix)) || !isPreservedBy(restart, prefix)) this.#removeRoute(prefix);
  }

  /** False: backpressure. */
  receive(bytes: Uint8Array, negotiated: NegotiatedTerms): boolean {
    if (this.isReading) {
      this.#process(bytes, negotiated);
      return true;
    }
    this.#inbox.push({ bytes, negotiated: negotiated });
    return this.unreadBytes < this.windowBytes;
  }

  /** The connection is closed; unread octets are lost. */
  sessionClosed(negotiated: NegotiatedTerms): void {
    this.#inbox.length = 0;
    if (this.#isEnded) return;
    this.events.push('lost');
    this.#endSession(negotiated.gracefulRestart !== null);
  }

  #process(bytes: Uint8Array, negotiated: NegotiatedTerms): void {
    for (let at = 0; at < bytes.length; ) {
      const length = ((bytes[at + 16] ?? 0) << 8) | (bytes[at + 17] ?? 0);
      const terms = { ...negotiated, receiveMax: negotiated.sendMax };
      const read = decodeMessage(bytes.subarray(at, at + length), terms);
      assert.ok(read.ok, read.ok ? '' : read.error.reason);
      this.#processMessage(read.value, negotiated);
      at += length;
    }
  }

  #processMessage(message: Message, negotiated: NegotiatedTerms): void {
    if (message.kind === 'update') this.#update(message, negotiated);
    else if (message.kind === 'notification') this.#processNotification(message, negotiated);
    else assert.fail(`a ${message.kind}`);
  }

  #update({ endOfRib, withdrawn, announced, attributes, faults }: Update, negotiated: NegotiatedTerms): void {
    assert.deepEqual(faults, []);
    if (endOfRib !== null) {
      assert.ok(negotiated.families.includes(endOfRib) && !this.endOfRibs.has(endOfRib), `end ${endOfRib}`);
      this.endOfRibs.add(endOfRib);
      this.events.push(`end ${endOfRib}`);
      for (const prefix of this.stale) if (familyIn(prefix) === endOfRib) this.#removeRoute(prefix);
    }
    for (const prefix of withdrawn.flatMap(decodePrefixes)) {
      assert.ok(this.routes.delete(formatPrefix(prefix)), 'withdrawn, but never advertised');
      this.stale.delete(formatPrefix(prefix));
      this.events.push(`-${formatPrefix(prefix)}`);
    }
    for (const { nlri, nextHop } of announced) {
      assert.ok(negotiated.families.includes(nlri.family), `IPv${nlri.family} was not negotiated`);
      assert.ok(attributes !== null);
      for (const prefix of decodePrefixes(nlri)) {
        this.routes.set(formatPrefix(prefix), { nextHop, attributes });
        this.stale.delete(formatPrefix(prefix));
        this.events.push(`+${formatPrefix(prefix)}`);
      }
    }
  }

  #processNotification(message: Notification, { gracefulNotification }: NegotiatedTerms): void {
    this.#isEnded = true;
    const inner = unwrapHardReset(message);
    this.events.push(
      inner === null ? formatNotification(message) : `hard reset ${formatNotification(inner)}`,
    );
    const isHard = message.code === ERROR.cease && message.subcode === CEASE.hardReset;
    this.#endSession(gracefulNotification && !isHard);
  }

  #endSession(keepsRoutes: boolean): void {
    for (const prefix of this.routes.keys()) this.stale.add(prefix);
    if (!keepsRoutes) for (const prefix of this.stale) this.#removeRoute(prefix);
  }

  #removeRoute(prefix: string): void {
    this.stale.delete(prefix);
    this.routes.delete(prefix);
  }
}

const familyIn = (prefix: string): Family => (prefix.includes(':') ? 6 : 4);

const isPreservedBy = (restart: GracefulRestart | null, prefix: string): boolean =>
  restart?.families.some(
    ({ afi, safi, forwarding }) => unicastFamilyOf(afi, safi) === familyIn(prefix) && forwarding,
  ) === true;

/** `6/2 "BGP speaker shutting down"`: the communication follows its length (RFC 9003 2). */
const formatNotification = ({ code, subcode, data }: Notification): string =>
  `${code}/${subcode} ${JSON.stringify(new TextDecoder().decode(data.subarray(1)))}`;

export const formatPath = ({ nextHop, attributes }: BgpPath): string =>
  [
    `via ${formatAddress(nextHop.address)}`,
    ...(attributes.localPref === null ? [] : [`pref ${attributes.localPref}`]),
    ...attributes.communities.map((one) => wellKnownCommunityName(one) ?? formatStandardCommunity(one)),
  ].join(' ');
