/** Connections and connection attempts of one session, by their connection IDs. */
import type { Socket } from 'node:net';
import type { Clock, Millis } from '../../base/clock.ts';
import { parseAddress } from '../../net/address.ts';
import type { SessionEvent } from '../session/events.ts';
import type { Remote } from '../session/remote.ts';
import type { ConnectionId } from '../session/session.ts';
import type { Message, Update } from '../wire/message.ts';
import type { ReadTerms, WriteTerms } from '../wire/negotiated.ts';
import { decodeBody } from '../wire/read/decode.ts';
import { encodeMessage } from '../wire/write/encode.ts';
import { BgpConnection, type ConnectionHandler } from './connection.ts';
import { dial } from './dial.ts';
import { TrafficCounter } from './session-counters.ts';
import { describeConnectionLoss } from './socket-errors.ts';

/** Any message but UPDATE, which `wire/pack.ts` builds. */
export type NonUpdateMessage = Exclude<Message, Update>;

export interface SessionConnectionsHandler {
  eventOccurred(event: SessionEvent): void;
  /** More can be written. */
  drained(id: ConnectionId): void;
  terms(id: ConnectionId): ReadTerms & WriteTerms;
}

type ConnectAttempt = { readonly startedAt: Millis; readonly cancel: () => void };

export class SessionConnections {
  readonly #remote: Remote;
  readonly #clock: Clock;
  readonly #handler: SessionConnectionsHandler;
  readonly #attempts = new Map<ConnectionId, ConnectAttempt>();
  readonly #connections = new Map<ConnectionId, BgpConnection>();
  /** Includes connections that linger for their final NOTIFICATION to be read. */
  readonly #openConnections = new Set<BgpConnection>();
  readonly #closeWaiters: (() => void)[] = [];
  readonly sent = new TrafficCounter();
  readonly received = new TrafficCounter();
  /** Connections established, in either direction. */
  connects = 0;

  constructor(remote: Remote, clock: Clock, handler: SessionConnectionsHandler) {
    this.#remote = remote;
    this.#clock = clock;
    this.#handler = handler;
  }

  dial(id: ConnectionId): void {
    const cancel = dial(this.#remote, {
      connected: (socket) => {
        this.#attempts.delete(id);
        this.adopt(id, socket);
        this.#handler.eventOccurred({ kind: 'connected', connectionId: id, ...localIPv4Of(socket) });
      },
      failed: (message) => {
        this.#attempts.delete(id);
        this.#handler.eventOccurred({ kind: 'connect-failed', connectionId: id, reason: message });
      },
    });
    this.#attempts.set(id, { startedAt: this.#clock.now(), cancel });
  }

  /** Age of a pending attempt; null if there is none. */
  dialDuration(id: ConnectionId): Millis | null {
    const attempt = this.#attempts.get(id);
    return attempt === undefined ? null : this.#clock.now() - attempt.startedAt;
  }

  adopt(id: ConnectionId, socket: Socket): void {
    this.connects += 1;
    const handler = this.#handler;
    let hasReceived = false;
    const connection = this.#open(socket, {
      messageReceived: (bytes) => {
        hasReceived = true;
        this.received.add(bytes);
        const read = decodeBody(bytes, handler.terms(id));
        if (read.ok) handler.eventOccurred({ kind: 'received', connectionId: id, message: read.value });
        else handler.eventOccurred({ kind: 'malformed', connectionId: id, failure: read.error });
        return handler.terms(id).receiveMax;
      },
      malformed: (failure) => handler.eventOccurred({ kind: 'malformed', connectionId: id, failure }),
      writeQueueChanged: (isQueued) =>
        handler.eventOccurred({ kind: 'write-progress', connectionId: id, hasPending: isQueued }),
      drained: () => handler.drained(id),
      lost: (error) =>
        handler.eventOccurred({
          kind: 'closed',
          connectionId: id,
          reason: describeConnectionLoss(error, this.#remote, hasReceived),
        }),
    });
    this.#connections.set(id, connection);
  }

  /** Answers an inbound connection that the session does not want, and closes it. */
  refuse(socket: Socket, message: NonUpdateMessage): void {
    const noHandler = {
      messageReceived: () => 0,
      malformed() {},
      writeQueueChanged() {},
      drained() {},
      lost() {},
    };
    const connection = this.#open(socket, noHandler);
    this.#write(connection, encodeMessage(message));
    connection.end();
  }

  send(id: ConnectionId, message: NonUpdateMessage): void {
    const connection = this.#connections.get(id);
    if (connection !== undefined) this.#write(connection, encodeMessage(message, this.#handler.terms(id)));
  }

  /** Writes whole messages. False: wait for `drained`. */
  write(id: ConnectionId, bytes: Uint8Array): boolean {
    const connection = this.#connections.get(id);
    return connection !== undefined && this.#write(connection, bytes);
  }

  close(id: ConnectionId, abort: boolean): void {
    this.#attempts.get(id)?.cancel();
    this.#attempts.delete(id);
    const connection = this.#connections.get(id);
    this.#connections.delete(id);
    if (abort) connection?.destroy();
    else connection?.end();
  }

  addressesOf(id: ConnectionId): Pick<BgpConnection, 'local' | 'remote'> | null {
    return this.#connections.get(id) ?? null;
  }

  /** Settles when all connections are closed, lingering ones included. */
  allClosed(): Promise<void> {
    if (this.#openConnections.size === 0) return Promise.resolve();
    return new Promise((resolve) => this.#closeWaiters.push(resolve));
  }

  #write(connection: BgpConnection, bytes: Uint8Array): boolean {
    this.sent.add(bytes);
    return connection.write(bytes);
  }

  #open(socket: Socket, handler: Omit<ConnectionHandler, 'closed'>): BgpConnection {
    const closed = (): void => {
      this.#openConnections.delete(connection);
      if (this.#openConnections.size === 0) for (const resolve of this.#closeWaiters.splice(0)) resolve();
    };
    const connection: BgpConnection = new BgpConnection(socket, { ...handler, closed }, this.#clock);
    this.#openConnections.add(connection);
    return connection;
  }
}

/** The local address of a socket as a number; empty where it runs over IPv6, or is closed. */
export function localIPv4Of({ localAddress }: Socket): { readonly localIPv4?: number } {
  const local = parseAddress(localAddress ?? '');
  return local.ok && local.value.family === 4 ? { localIPv4: Number(local.value.bits) } : {};
}
