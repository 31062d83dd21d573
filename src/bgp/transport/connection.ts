/**
 * A TCP connection that messages of BGP go over. It cuts what comes into messages and counts what goes; it keeps no
 * more than the kernel leaves it: whoever writes is told to wait, and a peer that floods is read in portions, so that
 * others have their turn.
 */
import type { Socket } from 'node:net';
import type { Clock, Millis } from '../../base/clock.ts';
import { invariant } from '../../base/invariant.ts';
import { parseAddress } from '../../net/address.ts';
import type { TransportAddress } from '../session/remote.ts';
import { MESSAGE_BYTES_MAX } from '../wire/codes.ts';
import { Framer } from '../wire/framer.ts';
import type { DecodeFailure } from '../wire/message.ts';

/** Octets that may wait beyond what the kernel has taken. */
export const WRITE_QUEUE_BYTES_MAX = 1024 * 1024;

/** Octets read from one peer before others have their turn. */
export const READ_TURN_BYTES = 64 * 1024;

/** How long a connection that is closed waits for the peer to have read the last word. */
export const LINGER_TIMEOUT: Millis = 3000;

/** Called synchronously; none of them after `end` or `destroy`, but for `over`. */
export interface ConnectionHandler {
  /** A whole message, a view on memory that is used again. Gives the longest that may come next. */
  messageReceived(bytes: Uint8Array): number;
  malformed(failure: DecodeFailure): void;
  /** Something of what waited went out, or something waits from now on. */
  writeQueueChanged(isQueued: boolean): void;
  /** After a `write` that said so: the kernel takes more again. */
  drained(): void;
  /** By the peer, or it broke: `error` is null where the peer closed it in peace. */
  lost(error: Error | null): void;
  /** Nothing is left of it. */
  closed(): void;
}

export class BgpConnection {
  /** Null where it broke before anybody could ask. */
  readonly local: TransportAddress | null;
  readonly remote: TransportAddress | null;

  readonly #socket: Socket;
  readonly #handler: ConnectionHandler;
  readonly #clock: Clock;
  readonly #framer = new Framer(MESSAGE_BYTES_MAX);
  #bytesThisTurn = 0;
  #isWriteQueued = false;
  #isOpen = true;

  constructor(socket: Socket, handler: ConnectionHandler, clock: Clock) {
    this.#socket = socket;
    this.#handler = handler;
    this.#clock = clock;
    this.local = transportAddressOf(socket.localAddress, socket.localPort);
    this.remote = transportAddressOf(socket.remoteAddress, socket.remotePort);
    let error: Error | null = null;
    socket.setNoDelay(true);
    socket.on('error', (failure) => {
      error = failure;
    });
    socket.on('close', () => {
      if (this.#isOpen) this.#handleLoss(error);
      handler.closed();
    });
    socket.on('end', () => {
      if (this.#isOpen) this.#handleLoss(null);
    });
    socket.on('drain', () => {
      if (this.#isOpen) handler.drained();
    });
    socket.on('data', (chunk: Buffer) => this.#read(chunk));
    socket.resume();
  }

  /** Whole messages. False: wait for `drained`. */
  write(bytes: Uint8Array): boolean {
    const socket = this.#socket;
    if (!this.#isOpen || !socket.writable) return false;
    invariant(
      socket.writableLength <= WRITE_QUEUE_BYTES_MAX,
      'somebody writes on and does not wait for the peer',
    );
    const canWriteMore = socket.write(bytes, this.#onWritten);
    if (socket.writableLength > 0 && !this.#isWriteQueued) {
      this.#isWriteQueued = true;
      this.#handler.writeQueueChanged(true);
    }
    return canWriteMore;
  }

  /** Behind what has been written. The peer gets time to read it: an end with something unread would be a reset. */
  end(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    const socket = this.#socket;
    socket.end();
    socket.resume();
    const cancel = this.#clock.after(LINGER_TIMEOUT, () => socket.destroy());
    socket.once('close', cancel);
  }

  /** Now, and without what still waits. */
  destroy(): void {
    this.#isOpen = false;
    this.#socket.destroy();
  }

  #handleLoss(error: Error | null): void {
    this.#isOpen = false;
    this.#handler.lost(error);
    this.#socket.destroy();
  }

  /** Of one write, all of which the kernel has taken. */
  readonly #onWritten = (): void => {
    if (!this.#isOpen || !this.#isWriteQueued) return;
    this.#isWriteQueued = this.#socket.writableLength > 0;
    this.#handler.writeQueueChanged(this.#isWriteQueued);
  };

  #read(chunk: Buffer): void {
    if (!this.#isOpen) return;
    this.#framer.push(chunk);
    while (this.#isOpen) {
      const message = this.#framer.next();
      if (!message.ok) {
        this.#handler.malformed(message.error);
        return;
      }
      if (message.value === null) break;
      this.#framer.setMaxBytes(this.#handler.messageReceived(message.value));
    }
    this.#bytesThisTurn += chunk.length;
    if (this.#bytesThisTurn >= READ_TURN_BYTES) this.#yieldTurn();
  }

  #yieldTurn(): void {
    this.#bytesThisTurn = 0;
    this.#socket.pause();
    setImmediate(() => this.#socket.resume());
  }
}

function transportAddressOf(text: string | undefined, port: number | undefined): TransportAddress | null {
  const address = parseAddress(text ?? '');
  return address.ok && port !== undefined ? { address: address.value, port } : null;
}
