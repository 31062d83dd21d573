/**
 * A router as a value: it is told octets, keeps what they say by the rules of RFC 4271 and of graceful restart (RFC 4724,
 * RFC 8538), and complains of what no router should hear.
 */
import assert from 'node:assert/strict';
import type { Agreement } from '../../src/bgp/wire/agreement.ts';
import { type Capability, findCapability, type GracefulRestart } from '../../src/bgp/wire/capability.ts';
import { CEASE, ERROR, familyOf } from '../../src/bgp/wire/codes.ts';
import { decodeMessage } from '../../src/bgp/wire/decode.ts';
import type { Message, Notification, Open, RouteRefresh, Update } from '../../src/bgp/wire/message.ts';
import { prefixesIn } from '../../src/bgp/wire/nlri.ts';
import { wrappedIn } from '../../src/bgp/wire/notification.ts';
import { type Address, type Family, formatAddress, parseAddress } from '../../src/net/address.ts';
import { formatPrefix } from '../../src/net/prefix.ts';
import { formatStandard, wellKnownName } from '../../src/routes/community.ts';
import type { Path } from '../../src/routes/path.ts';

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

const ABILITIES: readonly Capability[] = [{ kind: 'route-refresh' }, { kind: 'four-octet-as', asn: 64512 }];

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
    ...ABILITIES,
    ...(restart ? [{ kind: 'graceful-restart', ...HELPER, notification } as const] : []),
  ],
});

const HELPER = { restarting: false, restartTime: 120, families: [] } as const;

/** The other end of a connection. */
export interface Session {
  /** Null where it is at its end. */
  readonly agreement: Agreement | null;
  /** The router takes more again. */
  drained(): void;
  /** The router says it. */
  says(message: Update | RouteRefresh): void;
  lose(): void;
}

export class Router {
  open: Open = routerOpen();
  /** Takes sessions. */
  isUp = true;
  /** The end of the connection that is ours, where it is not the usual one. */
  sees: Address | null = null;
  /** False: what it is told waits for `read`. */
  reads = true;
  /** How long a connection lasts after its last word. */
  lingers = 0;
  /** Octets that are taken before they are read. */
  window = 0;
  readonly routes = new Map<string, Path>();
  /** Kept for a session that is expected back. */
  readonly stale = new Set<string>();
  readonly ended = new Set<Family>();
  /** Everything that it heard, in order: `+10.20.1.1/32`, `-10.20.1.1/32`, `end 4`, `6/2 "bye"`, `lost`. */
  heard: string[] = [];
  /** The connection that stands, or of which something is left. */
  line: Session | null = null;
  /** OPENs that it got. */
  readonly opens: Open[] = [];
  readonly #inbox: { readonly bytes: Uint8Array; readonly agreement: Agreement }[] = [];
  /** By a NOTIFICATION that was read. */
  #isEnded = false;

  /** What it heard since the last time. */
  news(): readonly string[] {
    const news = this.heard;
    this.heard = [];
    return news;
  }

  /** `10.20.1.1/32 via 10.213.0.11`, with what is said of it, in the order of texts. */
  get table(): readonly string[] {
    return [...this.routes].map(([prefix, path]) => `${prefix} ${inShort(path)}`).sort();
  }

  get waits(): number {
    return this.#inbox.reduce((sum, { bytes }) => sum + bytes.length, 0);
  }

  stopReading(): void {
    this.reads = false;
  }

  read(): void {
    this.reads = true;
    for (const { bytes, agreement } of this.#inbox.splice(0)) this.#hear(bytes, agreement);
    this.line?.drained();
  }

  // --- what the line tells

  opened(ours: Open, { families }: Agreement): void {
    this.opens.push(ours);
    this.ended.clear();
    this.#isEnded = false;
    const restart = findCapability(ours.capabilities, 'graceful-restart');
    for (const prefix of this.stale)
      if (!families.includes(familyIn(prefix)) || !keptBy(restart, prefix)) this.#drop(prefix);
  }

  /** False: no more for now. */
  take(bytes: Uint8Array, agreement: Agreement): boolean {
    if (this.reads) {
      this.#hear(bytes, agreement);
      return true;
    }
    this.#inbox.push({ bytes, agreement });
    return this.waits < this.window;
  }

  /** The connection is closed; what was not read is not read any more. */
  closed(agreement: Agreement): void {
    this.#inbox.length = 0;
    if (this.#isEnded) return;
    this.heard.push('lost');
    this.#end(agreement.gracefulRestart !== null);
  }

  #hear(bytes: Uint8Array, agreement: Agreement): void {
    for (let at = 0; at < bytes.length; ) {
      const length = ((bytes[at + 16] ?? 0) << 8) | (bytes[at + 17] ?? 0);
      const terms = { ...agreement, receiveMax: agreement.sendMax };
      const read = decodeMessage(bytes.subarray(at, at + length), terms);
      assert.ok(read.ok, read.ok ? '' : read.error.says);
      this.#hearOne(read.value, agreement);
      at += length;
    }
  }

  #hearOne(message: Message, agreement: Agreement): void {
    if (message.kind === 'update') this.#update(message, agreement);
    else if (message.kind === 'notification') this.#notified(message, agreement);
    else assert.fail(`a ${message.kind}`);
  }

  #update({ endOfRib, withdrawn, announced, attributes, faults }: Update, agreement: Agreement): void {
    assert.deepEqual(faults, []);
    if (endOfRib !== null) {
      assert.ok(agreement.families.includes(endOfRib) && !this.ended.has(endOfRib), `end ${endOfRib}`);
      this.ended.add(endOfRib);
      this.heard.push(`end ${endOfRib}`);
      for (const prefix of this.stale) if (familyIn(prefix) === endOfRib) this.#drop(prefix);
    }
    for (const prefix of withdrawn.flatMap(prefixesIn)) {
      assert.ok(this.routes.delete(formatPrefix(prefix)), 'withdrawn, and never told');
      this.stale.delete(formatPrefix(prefix));
      this.heard.push(`-${formatPrefix(prefix)}`);
    }
    for (const { nlri, nextHop } of announced) {
      assert.ok(agreement.families.includes(nlri.family), `IPv${nlri.family} was not agreed on`);
      assert.ok(attributes !== null);
      for (const prefix of prefixesIn(nlri)) {
        this.routes.set(formatPrefix(prefix), { nextHop, attributes });
        this.stale.delete(formatPrefix(prefix));
        this.heard.push(`+${formatPrefix(prefix)}`);
      }
    }
  }

  #notified(message: Notification, { gracefulNotification }: Agreement): void {
    this.#isEnded = true;
    const inner = wrappedIn(message);
    this.heard.push(inner === null ? spelled(message) : `hard reset ${spelled(inner)}`);
    const isHard = message.code === ERROR.cease && message.subcode === CEASE.hardReset;
    this.#end(gracefulNotification && !isHard);
  }

  #end(keeps: boolean): void {
    for (const prefix of this.routes.keys()) this.stale.add(prefix);
    if (!keeps) for (const prefix of this.stale) this.#drop(prefix);
  }

  #drop(prefix: string): void {
    this.stale.delete(prefix);
    this.routes.delete(prefix);
  }
}

const familyIn = (prefix: string): Family => (prefix.includes(':') ? 6 : 4);

const keptBy = (restart: GracefulRestart | null, prefix: string): boolean =>
  restart?.families.some(
    ({ afi, safi, forwarding }) => familyOf(afi, safi) === familyIn(prefix) && forwarding,
  ) === true;

/** `6/2 "this node is leaving"`: the words stand behind their length (RFC 9003). */
const spelled = ({ code, subcode, data }: Notification): string =>
  `${code}/${subcode} ${JSON.stringify(new TextDecoder().decode(data.subarray(1)))}`;

export const inShort = ({ nextHop, attributes }: Path): string =>
  [
    `via ${formatAddress(nextHop.address)}`,
    ...(attributes.localPref === null ? [] : [`pref ${attributes.localPref}`]),
    ...attributes.communities.map((one) => wellKnownName(one) ?? formatStandard(one)),
  ].join(' ');
