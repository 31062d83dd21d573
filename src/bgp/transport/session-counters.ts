/** What has gone over a session since it was made, for metrics and people. */
import type { Millis } from '../../base/clock.ts';
import { HEADER_BYTES, MESSAGE } from '../wire/codes.ts';
import { messageLengthAt } from '../wire/header.ts';

export type MessageKind = keyof typeof MESSAGE;

export type TrafficCounters = {
  readonly messages: Readonly<Record<MessageKind, number>>;
  readonly octets: number;
};

export type SessionCounters = {
  readonly sent: TrafficCounters;
  readonly received: TrafficCounters;
  /** Connections that came up, whoever dialled. */
  readonly connects: number;
  /** Times that the session had been established and is no more. */
  readonly drops: number;
  /** What went wrong last; `at` is of the calendar. */
  readonly lastError: { readonly message: string; readonly at: Millis } | null;
};

const MESSAGE_KINDS = new Map<number, MessageKind>([
  [MESSAGE.open, 'open'],
  [MESSAGE.update, 'update'],
  [MESSAGE.notification, 'notification'],
  [MESSAGE.keepalive, 'keepalive'],
  [MESSAGE.routeRefresh, 'routeRefresh'],
]);

export class TrafficCounter {
  readonly #messages = { open: 0, update: 0, notification: 0, keepalive: 0, routeRefresh: 0 };
  #octets = 0;

  /** One message or several, one behind the other. */
  add(bytes: Uint8Array): void {
    this.#octets += bytes.length;
    for (
      let at = 0;
      at + HEADER_BYTES <= bytes.length;
      at += Math.max(HEADER_BYTES, messageLengthAt(bytes, at))
    ) {
      const kind = MESSAGE_KINDS.get(bytes[at + HEADER_BYTES - 1] ?? 0);
      if (kind !== undefined) this.#messages[kind] += 1;
    }
  }

  get snapshot(): TrafficCounters {
    return { messages: { ...this.#messages }, octets: this.#octets };
  }
}
