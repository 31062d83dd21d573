/** Counts the messages and octets that pass in one direction of a session. */
import { type MessageKind, NO_TRAFFIC, type TrafficCounters } from '../session/driver.ts';
import { HEADER_BYTES, MESSAGE } from '../wire/codes.ts';
import { messageLengthAt } from '../wire/header.ts';

const MESSAGE_KINDS = new Map<number, MessageKind>([
  [MESSAGE.open, 'open'],
  [MESSAGE.update, 'update'],
  [MESSAGE.notification, 'notification'],
  [MESSAGE.keepalive, 'keepalive'],
  [MESSAGE.routeRefresh, 'routeRefresh'],
]);

export class TrafficCounter {
  readonly #messages = { ...NO_TRAFFIC.messages };
  #octets = 0;

  /** `bytes` holds one or more whole messages. */
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
