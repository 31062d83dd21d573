/**
 * The sockets on which sessions receive: one for each family and port, open while a session needs it. Sockets of single
 * interfaces beside one for all of them would need a port that several programs can share.
 */
import type { BfdSessionSpec } from '../settings.ts';
import { minimumTtlOf, placeName, placeOf } from './places.ts';
import type { BfdPlace, BfdReceiver, BfdSockets, ExpectedRemote } from './sockets.ts';

type OpenPlace = {
  readonly place: BfdPlace;
  remotes: readonly ExpectedRemote[];
  receiver: BfdReceiver | null;
  /** Null while it is open, or nobody has asked. */
  opening: Promise<string | null> | null;
};

export type ReceivePacket = (place: string, octets: Uint8Array, remote: string) => void;

export class BfdReceivers {
  readonly #sockets: BfdSockets;
  readonly #receive: ReceivePacket;
  readonly #places = new Map<string, OpenPlace>();
  readonly #closing = new Set<Promise<void>>();

  constructor(sockets: BfdSockets, receive: ReceivePacket) {
    this.#sockets = sockets;
    this.#receive = receive;
  }

  /** All sessions from now on. Sockets that none needs are closed. */
  expect(specs: readonly BfdSessionSpec[]): void {
    const remotes = new Map<string, ExpectedRemote[]>();
    for (const spec of specs) {
      const place = placeOf(spec);
      const name = placeName(place);
      const expected = { remote: spec.remote, minimumTtl: minimumTtlOf(spec) };
      remotes.set(name, [...(remotes.get(name) ?? []), expected]);
      if (!this.#places.has(name))
        this.#places.set(name, { place, remotes: [], receiver: null, opening: null });
    }
    for (const [name, open] of this.#places) {
      open.remotes = remotes.get(name) ?? [];
      if (open.remotes.length === 0) this.#close(name, open);
      else open.receiver?.expect(open.remotes);
    }
  }

  /** Opens the socket if it is not open. Null, or why it cannot be opened, as a sentence. */
  async opened(place: BfdPlace): Promise<string | null> {
    const name = placeName(place);
    const open = this.#places.get(name);
    if (open === undefined) return 'the session is not wanted any more';
    if (open.receiver !== null) return null;
    open.opening ??= this.#open(name, open).finally(() => {
      open.opening = null;
    });
    return open.opening;
  }

  async close(): Promise<void> {
    for (const [name, open] of this.#places) this.#close(name, open);
    await Promise.all(this.#closing);
  }

  async #open(name: string, open: OpenPlace): Promise<string | null> {
    await Promise.all(this.#closing); // one that is being closed may have the same port
    const receive = (octets: Uint8Array, remote: string): void => this.#receive(name, octets, remote);
    const receiver = await this.#sockets.listen(open.place, open.remotes, receive);
    if (!receiver.ok) return receiver.error;
    if (this.#places.get(name) !== open) {
      await receiver.value.close();
      return 'the session is not wanted any more';
    }
    open.receiver = receiver.value;
    return receiver.value.expect(open.remotes); // they may have changed meanwhile
  }

  #close(name: string, open: OpenPlace): void {
    this.#places.delete(name);
    const closing = (open.receiver?.close() ?? Promise.resolve()).finally(() =>
      this.#closing.delete(closing),
    );
    this.#closing.add(closing);
  }
}
