/**
 * Which session a received packet belongs to (RFC 5880 6.3). Both the discriminator and the address of the sender must be
 * those of the session, so that a packet from elsewhere reaches none.
 */
import type { ControlPacket, Discriminator } from './packet.ts';

/** Where a packet arrives, or is expected: `place` names the socket, `remote` is the canonical text of an address. */
export type Arrival = { readonly place: string; readonly remote: string };

export type Demultiplexed<T> =
  | { readonly kind: 'session'; readonly session: T }
  /** The remote is known, but the discriminator is that of no session: for example one of before our restart. */
  | { readonly kind: 'unknown-discriminator'; readonly session: T }
  | { readonly kind: 'unknown-remote' };

export class SessionIndex<T> {
  readonly #byArrival = new Map<string, { readonly session: T; readonly discriminator: Discriminator }>();
  readonly #discriminators = new Set<Discriminator>();

  /** False if another session has that arrival or that discriminator. */
  add(arrival: Arrival, discriminator: Discriminator, session: T): boolean {
    const key = keyOf(arrival);
    if (this.#byArrival.has(key) || this.#discriminators.has(discriminator)) return false;
    this.#byArrival.set(key, { session, discriminator });
    this.#discriminators.add(discriminator);
    return true;
  }

  remove(arrival: Arrival): void {
    const key = keyOf(arrival);
    const entry = this.#byArrival.get(key);
    if (entry === undefined) return;
    this.#byArrival.delete(key);
    this.#discriminators.delete(entry.discriminator);
  }

  /** The session of that arrival has another discriminator from now on, which must be free. */
  renumber(arrival: Arrival, discriminator: Discriminator): void {
    const key = keyOf(arrival);
    const entry = this.#byArrival.get(key);
    if (entry === undefined) return;
    this.#discriminators.delete(entry.discriminator);
    this.#discriminators.add(discriminator);
    this.#byArrival.set(key, { session: entry.session, discriminator });
  }

  hasDiscriminator(discriminator: Discriminator): boolean {
    return this.#discriminators.has(discriminator);
  }

  find(arrival: Arrival, { yourDiscriminator }: Pick<ControlPacket, 'yourDiscriminator'>): Demultiplexed<T> {
    const entry = this.#byArrival.get(keyOf(arrival));
    if (entry === undefined) return { kind: 'unknown-remote' };
    if (yourDiscriminator !== 0 && yourDiscriminator !== entry.discriminator)
      return { kind: 'unknown-discriminator', session: entry.session };
    return { kind: 'session', session: entry.session };
  }
}

const keyOf = ({ place, remote }: Arrival): string => `${place} ${remote}`;
