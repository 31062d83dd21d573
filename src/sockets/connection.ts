/**
 * A TCP connection that messages of BGP go over. It cuts what comes into messages and counts what goes; it keeps no
 * more than the kernel leaves it: whoever writes is told to wait, and a peer that floods is read in portions, so that
 * others have their turn.
 */
import type { Socket } from 'node:net';
import type { Clock, Millis } from '../base/clock.ts';
import { invariant } from '../base/invariant.ts';
import { MESSAGE_BYTES_MAX } from '../bgp/wire/codes.ts';
import type { DecodeFailure } from '../bgp/wire/message.ts';
import { Splitter } from '../bgp/wire/splitter.ts';
import { type Address, parseAddress } from '../net/address.ts';

/** Octets that may wait beyond what the kernel has taken. */
export const QUEUE_BYTES_MAX = 1024 * 1024;

/** Octets read from one peer before others have their turn. */
export const PORTION_BYTES = 64 * 1024;

/** How long a connection that is closed waits for the peer to have read the last word. */
export const LINGER: Millis = 3000;

/** Called synchronously; none of them after `end` or `destroy`, but for `over`. */
export interface ConnectionOwner {
  /** A whole message, a view on memory that is used again. Gives the longest that may come next. */
  message(bytes: Uint8Array): number;
  malformed(failure: DecodeFailure): void;
  /** Something of what waited went out, or something waits from now on. */
  outflow(waiting: boolean): void;
  /** After a `write` that said so: the kernel takes more again. */
  drained(): void;
  /** By the peer, or it broke: `error` is null where the peer closed it in peace. */
  lost(error: Error | null): void;
  /** Nothing is left of it. */
  over(): void;
}

export type End = { readonly address: Address; readonly port: number };

export class Connection {
  /** Null where it broke before anybody could ask. */
  readonly local: End | null;
  readonly remote: End | null;

  readonly #socket: Socket;
  readonly #owner: ConnectionOwner;
  readonly #clock: Clock;
  readonly #splitter = new Splitter(MESSAGE_BYTES_MAX);
  #portion = 0;
  #waiting = false;
  #open = true;

  constructor(socket: Socket, owner: ConnectionOwner, clock: Clock) {
    this.#socket = socket;
    this.#owner = owner;
    this.#clock = clock;
    this.local = endOf(socket.localAddress, socket.localPort);
    this.remote = endOf(socket.remoteAddress, socket.remotePort);
    let error: Error | null = null;
    socket.setNoDelay(true);
    socket.on('error', (cause) => {
      error = cause;
    });
    socket.on('close', () => {
      if (this.#open) this.#lose(error);
      owner.over();
    });
    socket.on('end', () => {
      if (this.#open) this.#lose(null);
    });
    socket.on('drain', () => {
      if (this.#open) owner.drained();
    });
    socket.on('data', (chunk: Buffer) => this.#read(chunk));
    socket.resume();
  }

  /** Whole messages. False: wait for `drained`. */
  write(bytes: Uint8Array): boolean {
    const socket = this.#socket;
    if (!this.#open || !socket.writable) return false;
    invariant(socket.writableLength <= QUEUE_BYTES_MAX, 'somebody writes on and does not wait for the peer');
    const more = socket.write(bytes, this.#flushed);
    if (socket.writableLength > 0 && !this.#waiting) {
      this.#waiting = true;
      this.#owner.outflow(true);
    }
    return more;
  }

  /** Behind what has been written. The peer gets time to read it: an end with something unread would be a reset. */
  end(): void {
    if (!this.#open) return;
    this.#open = false;
    const socket = this.#socket;
    socket.end();
    socket.resume();
    const cancel = this.#clock.after(LINGER, () => socket.destroy());
    socket.once('close', cancel);
  }

  /** Now, and without what still waits. */
  destroy(): void {
    this.#open = false;
    this.#socket.destroy();
  }

  #lose(error: Error | null): void {
    this.#open = false;
    this.#owner.lost(error);
    this.#socket.destroy();
  }

  /** Of one write, all of which the kernel has taken. */
  readonly #flushed = (): void => {
    if (!this.#open || !this.#waiting) return;
    this.#waiting = this.#socket.writableLength > 0;
    this.#owner.outflow(this.#waiting);
  };

  #read(chunk: Buffer): void {
    if (!this.#open) return;
    this.#splitter.push(chunk);
    while (this.#open) {
      const message = this.#splitter.next();
      if (!message.ok) {
        this.#owner.malformed(message.error);
        return;
      }
      if (message.value === null) break;
      this.#splitter.takeUpTo(this.#owner.message(message.value));
    }
    this.#portion += chunk.length;
    if (this.#portion >= PORTION_BYTES) this.#letOthers();
  }

  #letOthers(): void {
    this.#portion = 0;
    this.#socket.pause();
    setImmediate(() => this.#socket.resume());
  }
}

function endOf(text: string | undefined, port: number | undefined): End | null {
  const address = parseAddress(text ?? '');
  return address.ok && port !== undefined ? { address: address.value, port } : null;
}
