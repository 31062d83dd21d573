/**
 * A router as a value: it is told octets, keeps what they say by the rules of RFC 4271 and of graceful restart (RFC 4724,
 * RFC 8538), and complains of what no router should hear.
 */
import assert from 'node:assert/strict';
import { formatStandardCommunity, wellKnownCommunityName } from '../../../src/bgp/attributes/community.ts';
import type { BgpPath } from '../../../src/bgp/attributes/path.ts';
import {
  type Capability,
  findCapability,
  type GracefulRestart,
} from '../../../src/bgp/wire/capability/capability.ts';
import { CEASE, ERROR, unicastFamilyOf } from '../../../src/bgp/wire/codes.ts';
import { decodeMessage } from '../../../src/bgp/wire/decode.ts';
import type { Message, Notification, Open, RouteRefresh, Update } from '../../../src/bgp/wire/message.ts';
import type { NegotiatedTerms } from '../../../src/bgp/wire/negotiated.ts';
import { decodePrefixes } from '../../../src/bgp/wire/nlri.ts';
import { unwrapHardReset } from '../../../src/bgp/wire/notification.ts';
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

/** What a router says of itself: `restart` is graceful restart, `notification` its N bit. */
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

/** The other end of a connection. */
export interface RouterSession {
  /** Null where it is at its end. */
  readonly negotiated: NegotiatedTerms | null;
  /** The router takes more again. */
  drained(): void;
  /** The router says it. */
  receive(message: Update | RouteRefresh): void;
  lose(): void;
}

export class FakeRouter {
  open: Open = routerOpen();
  /** Takes sessions. */
  acceptsSessions = true;
  /** The end of the connection that is ours, where it is not the usual one. */
  seenAddress: Address | null = null;
  /** False: what it is told waits for `read`. */
  isReading = true;
  /** How long a connection lasts after its last word. */
  lingerMs = 0;
  /** Octets that are taken before they are read. */
  windowBytes = 0;
  readonly routes = new Map<string, BgpPath>();
  /** Kept for a session that is expected back. */
  readonly stale = new Set<string>();
  readonly endOfRibs = new Set<Family>();
  /** Everything that it heard, in order: `+10.20.1.1/32`, `-10.20.1.1/32`, `end 4`, `6/2 "bye"`, `lost`. */
  events: string[] = [];
  /** The connection that stands, or of which something is left. */
  session: RouterSession | null = null;
  /** OPENs that it got. */
  readonly opens: Open[] = [];
  readonly #inbox: { readonly bytes: Uint8Array; readonly agreement: NegotiatedTerms }[] = [];
  /** By a NOTIFICATION that was read. */
  #isEnded = false;

  /** What it heard since the last time. */
  takeEvents(): readonly string[] {
    const events = this.events;
    this.events = [];
    return events;
  }

  /** `10.20.1.1/32 via 10.213.0.11`, with what is said of it, in the order of texts. */
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
    for (const { bytes, agreement: negotiated } of this.#inbox.splice(0)) this.#process(bytes, negotiated);
    this.session?.drained();
  }

  // --- what the line tells

  sessionOpened(openReceived: Open, { families }: NegotiatedTerms): void {
    this.opens.push(openReceived);
    this.endOfRibs.clear();
    this.#isEnded = false;
    const restart = findCapability(openReceived.capabilities, 'graceful-restart');
    for (const prefix of this.stale)
      if (!families.includes(familyIn(prefix)) || !isPreservedBy(restart, prefix)) this.#removeRoute(prefix);
  }

  /** False: no more for now. */
  receive(bytes: Uint8Array, negotiated: NegotiatedTerms): boolean {
    if (this.isReading) {
      this.#process(bytes, negotiated);
      return true;
    }
    this.#inbox.push({ bytes, agreement: negotiated });
    return this.unreadBytes < this.windowBytes;
  }

  /** The connection is closed; what was not read is not read any more. */
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
      assert.ok(this.routes.delete(formatPrefix(prefix)), 'withdrawn, and never told');
      this.stale.delete(formatPrefix(prefix));
      this.events.push(`-${formatPrefix(prefix)}`);
    }
    for (const { nlri, nextHop } of announced) {
      assert.ok(negotiated.families.includes(nlri.family), `IPv${nlri.family} was not agreed on`);
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

/** `6/2 "BGP speaker shutting down"`: the words stand behind their length (RFC 9003). */
const formatNotification = ({ code, subcode, data }: Notification): string =>
  `${code}/${subcode} ${JSON.stringify(new TextDecoder().decode(data.subarray(1)))}`;

export const formatPath = ({ nextHop, attributes }: BgpPath): string =>
  [
    `via ${formatAddress(nextHop.address)}`,
    ...(attributes.localPref === null ? [] : [`pref ${attributes.localPref}`]),
    ...attributes.communities.map((one) => wellKnownCommunityName(one) ?? formatStandardCommunity(one)),
  ].join(' ');
