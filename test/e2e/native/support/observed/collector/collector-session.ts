/**
 * One session that a speaker opened with the collector. It answers the OPEN, keeps the session alive, and keeps what it
 * receives. It is stricter than a router: whatever RFC 7606 would tolerate ends the session, so that a case sees it.
 */
import type { Socket } from 'node:net';
import type { Result } from '../../../../../../src/base/result.ts';
import { formatStandardCommunity } from '../../../../../../src/bgp/attributes/community.ts';
import { formatExtendedCommunity } from '../../../../../../src/bgp/attributes/extended-community.ts';
import type { NextHop, PathAttributes } from '../../../../../../src/bgp/attributes/path.ts';
import { unicast } from '../../../../../../src/bgp/wire/capability.ts';
import { CEASE, ERROR, MESSAGE_BYTES_MAX } from '../../../../../../src/bgp/wire/codes.ts';
import { newNotification } from '../../../../../../src/bgp/wire/failure.ts';
import {
  type DecodeFailure,
  KEEPALIVE,
  type Message,
  type Notification,
  type Open,
  type Update,
} from '../../../../../../src/bgp/wire/message.ts';
import { BEFORE_OPEN, type NegotiatedTerms, negotiate } from '../../../../../../src/bgp/wire/negotiated.ts';
import { decodePrefixes } from '../../../../../../src/bgp/wire/nlri.ts';
import { decodeBody } from '../../../../../../src/bgp/wire/read/decode.ts';
import { Framer } from '../../../../../../src/bgp/wire/read/framer.ts';
import { encodeMessage } from '../../../../../../src/bgp/wire/write/encode.ts';
import { formatAddress, formatIPv4, parseIPv4 } from '../../../../../../src/net/address.ts';
import { formatPrefix } from '../../../../../../src/net/prefix.ts';
import type { RouterOptions, RouteView, SessionView } from './views.ts';

export class CollectorSession {
  readonly #options: RouterOptions;
  readonly #socket: Socket;
  readonly #neighbor: string;
  readonly #framer = new Framer(MESSAGE_BYTES_MAX);
  readonly #routes = new Map<string, RouteView>();
  #received: { readonly open: Open; readonly terms: NegotiatedTerms } | null = null;
  #isEstablished = false;
  #isOver = false;
  #keepalives: NodeJS.Timeout | undefined;
  #holdTimer: NodeJS.Timeout | undefined;

  constructor(options: RouterOptions, socket: Socket) {
    this.#options = options;
    this.#socket = socket;
    this.#neighbor = socket.remoteAddress ?? '';
    socket.on('data', (chunk) => this.#receive(chunk));
    socket.on('error', () => {}); // 'close' follows
    socket.on('close', () => {
      clearInterval(this.#keepalives);
      clearTimeout(this.#holdTimer);
    });
  }

  /** Null unless it is established. */
  view(): SessionView | null {
    if (!this.#isEstablished || this.#received === null) return null;
    const { asn, holdTime, routerId } = this.#received.open;
    return {
      router: this.#options.name,
      neighbor: this.#neighbor,
      isInternal: this.#received.terms.internal,
      open: { as: asn, holdTime, routerId: formatIPv4(routerId) },
      routes: Object.fromEntries(this.#routes),
    };
  }

  end(abrupt: boolean): void {
    if (abrupt) this.#socket.resetAndDestroy();
    else this.#fail(newNotification(ERROR.cease, CEASE.administrativeReset));
  }

  #receive(chunk: Uint8Array): void {
    this.#framer.push(chunk);
    while (!this.#socket.destroyed) {
      const message = this.#nextMessage();
      if (message === null) return;
      if (message.ok) this.#process(message.value);
      else this.#fail(message.error.notification);
    }
  }

  /** Null until more octets arrive, and once the session is over. */
  #nextMessage(): Result<Message, DecodeFailure> | null {
    if (this.#isOver) return null;
    const framed = this.#framer.next();
    if (!framed.ok) return framed;
    return framed.value === null ? null : decodeBody(framed.value, this.#received?.terms ?? BEFORE_OPEN);
  }

  #process(message: Message): void {
    this.#holdTimer?.refresh();
    if (message.kind === 'open') this.#accept(message);
    else if (message.kind === 'keepalive') this.#isEstablished = this.#received !== null;
    else if (message.kind === 'update') this.#update(message);
    else if (message.kind === 'notification') this.#close();
  }

  #accept(open: Open): void {
    const ours = ownOpen(this.#options);
    const terms = negotiate(ours, open);
    this.#received = { open, terms };
    this.#send(ours);
    this.#send(KEEPALIVE);
    if (terms.holdTime === 0) return;
    this.#keepalives = setInterval(() => this.#send(KEEPALIVE), (terms.holdTime * 1000) / 3);
    const expire = () => this.#fail(newNotification(ERROR.holdTimer, 0));
    this.#holdTimer = setTimeout(expire, terms.holdTime * 1000);
  }

  #update({ withdrawn, announced, attributes, faults }: Update): void {
    if (faults.length > 0) this.#fail(newNotification(ERROR.update, 0));
    for (const prefix of withdrawn.flatMap(decodePrefixes)) this.#routes.delete(formatPrefix(prefix));
    if (attributes === null) return;
    for (const { nlri, nextHop } of announced) {
      const route = viewRoute(attributes, nextHop);
      for (const prefix of decodePrefixes(nlri)) this.#routes.set(formatPrefix(prefix), route);
    }
  }

  #send(message: Exclude<Message, Update>): void {
    if (this.#socket.writable) this.#socket.write(encodeMessage(message));
  }

  #fail(notification: Notification): void {
    this.#send(notification);
    this.#close();
  }

  /** The session is over before the connection is closed. */
  #close(): void {
    this.#isEstablished = false;
    this.#isOver = true;
    this.#socket.destroySoon();
  }
}

function ownOpen({ as, holdTime, routerId, fourOctetAs }: RouterOptions): Open {
  const id = parseIPv4(routerId);
  if (id < 0) throw new Error(`${routerId} is no IPv4 address`);
  return {
    kind: 'open',
    asn: as,
    holdTime,
    routerId: id,
    capabilities: [
      unicast(4),
      unicast(6),
      { kind: 'route-refresh' },
      ...(fourOctetAs ? [{ kind: 'four-octet-as', asn: as } as const] : []),
    ],
  };
}

const viewRoute = (attributes: PathAttributes, { address }: NextHop): RouteView => ({
  nextHop: formatAddress(address),
  localPref: attributes.localPref,
  med: attributes.med,
  communities: attributes.communities.map(formatStandardCommunity),
  large: attributes.largeCommunities.map(({ global, first, second }) => `${global}:${first}:${second}`),
  extended: attributes.extendedCommunities.map(formatExtendedCommunity),
});
