/** The connections of one session, those that are being dialled too, by the links that the session knows them by. */
import type { Socket } from 'node:net';
import type { Clock, Millis } from '../base/clock.ts';
import type { SessionEvent } from '../bgp/session/event.ts';
import type { Link } from '../bgp/session/session.ts';
import type { ReadTerms, WriteTerms } from '../bgp/wire/agreement.ts';
import { decodeBody } from '../bgp/wire/decode.ts';
import { encodeMessage } from '../bgp/wire/encode.ts';
import type { Message, Update } from '../bgp/wire/message.ts';
import { Connection, type ConnectionOwner } from './connection.ts';
import { TrafficCount } from './counters.ts';
import { dial } from './dial.ts';
import type { Remote } from './remote.ts';
import { lostTrouble } from './trouble.ts';

/** All but UPDATEs, which are packed from routes. */
export type Small = Exclude<Message, Update>;

export interface LinksOwner {
  happened(event: SessionEvent): void;
  /** The kernel takes more again. */
  drained(link: Link): void;
  terms(link: Link): ReadTerms & WriteTerms;
}

type Attempt = { readonly since: Millis; readonly cancel: () => void };

export class Links {
  readonly #remote: Remote;
  readonly #clock: Clock;
  readonly #owner: LinksOwner;
  readonly #attempts = new Map<Link, Attempt>();
  readonly #connections = new Map<Link, Connection>();
  /** Those too that only wait for their last word to be read. */
  readonly #open = new Set<Connection>();
  readonly #waiters: (() => void)[] = [];
  readonly sent = new TrafficCount();
  readonly received = new TrafficCount();
  /** How many came up, whoever dialled. */
  connects = 0;

  constructor(remote: Remote, clock: Clock, owner: LinksOwner) {
    this.#remote = remote;
    this.#clock = clock;
    this.#owner = owner;
  }

  dial(link: Link): void {
    const cancel = dial(this.#remote, {
      up: (socket) => {
        this.#attempts.delete(link);
        this.takeUp(link, socket);
        this.#owner.happened({ kind: 'connected', link });
      },
      failed: (says) => {
        this.#attempts.delete(link);
        this.#owner.happened({ kind: 'connect-failed', link, says });
      },
    });
    this.#attempts.set(link, { since: this.#clock.now(), cancel });
  }

  /** How long it has been dialled; null for one that is not, or no more. */
  dialledFor(link: Link): Millis | null {
    const attempt = this.#attempts.get(link);
    return attempt === undefined ? null : this.#clock.now() - attempt.since;
  }

  takeUp(link: Link, socket: Socket): void {
    this.connects += 1;
    const owner = this.#owner;
    let heard = false;
    const connection = this.#connection(socket, {
      message: (bytes) => {
        heard = true;
        this.received.add(bytes);
        const read = decodeBody(bytes, owner.terms(link));
        if (read.ok) owner.happened({ kind: 'received', link, message: read.value });
        else owner.happened({ kind: 'malformed', link, failure: read.error });
        return owner.terms(link).receiveMax;
      },
      malformed: (failure) => owner.happened({ kind: 'malformed', link, failure }),
      outflow: (waiting) => owner.happened({ kind: 'outflow', link, waiting }),
      drained: () => owner.drained(link),
      lost: (error) =>
        owner.happened({ kind: 'closed', link, says: lostTrouble(error, this.#remote, heard) }),
    });
    this.#connections.set(link, connection);
  }

  /** One more than the session wants: it gets its answer and is closed. */
  refuse(socket: Socket, message: Small): void {
    const nobody = { message: () => 0, malformed() {}, outflow() {}, drained() {}, lost() {} };
    const connection = this.#connection(socket, nobody);
    this.#write(connection, encodeMessage(message));
    connection.end();
  }

  send(link: Link, message: Small): void {
    const connection = this.#connections.get(link);
    if (connection !== undefined) this.#write(connection, encodeMessage(message, this.#owner.terms(link)));
  }

  /** Whole messages. False: wait for `drained`. */
  write(link: Link, bytes: Uint8Array): boolean {
    const connection = this.#connections.get(link);
    return connection !== undefined && this.#write(connection, bytes);
  }

  close(link: Link, abort: boolean): void {
    this.#attempts.get(link)?.cancel();
    this.#attempts.delete(link);
    const connection = this.#connections.get(link);
    this.#connections.delete(link);
    if (abort) connection?.destroy();
    else connection?.end();
  }

  endsOf(link: Link): Pick<Connection, 'local' | 'remote'> | null {
    return this.#connections.get(link) ?? null;
  }

  /** When nothing is left of any, last words included. */
  settled(): Promise<void> {
    if (this.#open.size === 0) return Promise.resolve();
    return new Promise((resolve) => this.#waiters.push(resolve));
  }

  #write(connection: Connection, bytes: Uint8Array): boolean {
    this.sent.add(bytes);
    return connection.write(bytes);
  }

  #connection(socket: Socket, owner: Omit<ConnectionOwner, 'over'>): Connection {
    const over = (): void => {
      this.#open.delete(connection);
      if (this.#open.size === 0) for (const resolve of this.#waiters.splice(0)) resolve();
    };
    const connection: Connection = new Connection(socket, { ...owner, over }, this.#clock);
    this.#open.add(connection);
    return connection;
  }
}
