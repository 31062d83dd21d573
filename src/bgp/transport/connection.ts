/**
 * A TCP connection that carries BGP messages: frames what is received, and reports the progress of writes. Its memory is
 * bounded: writers get backpressure, and a peer that floods is read in portions, so that other peers are served.
 */
import type { Socket } from 'node:net';
import type { Clock, Millis } from '../../base/clock.ts';
import { invariant } from '../../base/invariant.ts';
import { parseAddress } from '../../net/address.ts';
import type { TransportAddress } from '../session/remote.ts';
import { MESSAGE_BYTES_MAX } from '../wire/codes.ts';
import type { DecodeFailure } from '../wire/message.ts';
import { Framer } from '../wire/read/framer.ts';

/** Octets that may be queued beyond the kernel's send buffer. */
export const WRITE_QUEUE_BYTES_MAX = 1024 * 1024;

/** Octets read from one peer before the event loop serves others. */
export const READ_TURN_BYTES = 64 * 1024;

/** How long a closed connection lingers for the peer to read the final NOTIFICATION. */
export const LINGER_TIMEOUT: Millis = 3000;

/** Called synchronously; after `end` or `destroy` only `closed` is called. */
export interface ConnectionHandler {
  /** A whole message, as a view of a reused buffer. Returns the maximum length of the next one. */
  messageReceived(bytes: Uint8Array): number;
  malformed(failure: DecodeFailure): void;
  /** The write queue made progress, or began to fill. */
  writeQueueChanged(isQueued: boolean): void;
  /** After a `write` that returned false: more can be written. */
  drained(): void;
  /** The connection was lost; `error` is null if the peer closed it. */
  lost(error: NodeJS.ErrnoException | null): void;
  /** The socket is closed. */
  closed(): void;
}

export class BgpConnection {
  /** Null if the connection was lost before its addresses were read. */
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
    let error: NodeJS.ErrnoException | null = null;
    socket.setNoDelay(true);
    socket.on('error', (failure: NodeJS.ErrnoException) => {
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

  /** Writes whole messages. False: wait for `drained`. */
  write(bytes: Uint8Array): boolean {
    const socket = this.#socket;
    if (!this.#isOpen || !socket.writable) return false;
    invariant(socket.writableLength <= WRITE_QUEUE_BYTES_MAX, 'writers wait for `drained`');
    const canWriteMore = socket.write(bytes, this.#onWritten);
    if (socket.writableLength > 0 && !this.#isWriteQueued) {
      this.#isWriteQueued = true;
      this.#handler.writeQueueChanged(true);
    }
    return canWriteMore;
  }

  /** Closes after what has been written. Received data is discarded while lingering, or the close would be a TCP reset. */
  end(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    const socket = this.#socket;
    socket.end();
    socket.resume();
    const cancel = this.#clock.after(LINGER_TIMEOUT, () => socket.destroy());
    socket.once('close', cancel);
  }

  /** Closes immediately and discards the write queue. */
  destroy(): void {
    this.#isOpen = false;
    this.#socket.destroy();
  }

  #handleLoss(error: NodeJS.ErrnoException | null): void {
    this.#isOpen = false;
    this.#handler.lost(error);
    this.#socket.destroy();
  }

  /** The kernel has taken one write completely. */
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
