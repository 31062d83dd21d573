/**
 * The addresses that the wire answers for: what this node owns, and what its successors have not announced yet. `Handover`
 * decides; this runs its timer.
 */
import type { Clock, Millis } from '../../base/clock.ts';
import { sameItems } from '../../base/list.ts';
import { Handover, type SuccessorOf } from '../../layer2/election/handover.ts';
import type { OwnedAddress } from '../../layer2/packets/layer2-wire.ts';
import type { Address } from '../../net/address.ts';

export class AnsweredTable {
  readonly #clock: Clock;
  /** Gives a table that differs to the wire. */
  readonly #put: (table: readonly OwnedAddress[]) => void;
  readonly #handover = new Handover();
  #owned: readonly OwnedAddress[] = [];
  #table: readonly OwnedAddress[] = [];
  #cancelExpiry: () => void = () => {};
  #allLeft: () => void = () => {};

  constructor(clock: Clock, put: (table: readonly OwnedAddress[]) => void) {
    this.#clock = clock;
    this.#put = put;
  }

  get owned(): readonly OwnedAddress[] {
    return this.#owned;
  }

  /** Entries count as the same when they are the same objects. For `max`, see `Handover`. */
  setOwned(owned: readonly OwnedAddress[], successorOf: SuccessorOf, max?: Millis): void {
    if (sameItems(owned, this.#owned) && !this.#handover.isLeaving) return;
    this.#owned = owned;
    this.#handover.update(owned, successorOf, this.#clock.now(), max);
    this.#answer();
  }

  /** Another speaker has announced the address. */
  announced(address: Address, node: string): void {
    this.#handover.announced(address, node, this.#clock.now());
    this.#answer();
  }

  /** Settles when other speakers have announced all addresses, or after `HANDOVER_MAX`. */
  async leaveAll(): Promise<void> {
    this.#handover.leaveAll(this.#clock.now());
    await new Promise<void>((resolve) => {
      this.#allLeft = resolve;
      this.#answer();
    });
  }

  stop(): void {
    this.#cancelExpiry();
  }

  #answer(): void {
    this.#cancelExpiry();
    const { table, nextDue } = this.#handover;
    if (table !== this.#table && !sameItems(table, this.#table)) {
      this.#table = table;
      this.#put(table);
    }
    if (nextDue === null) {
      this.#allLeft();
      return;
    }
    this.#cancelExpiry = this.#clock.after(nextDue - this.#clock.now(), () => {
      this.#handover.expire(this.#clock.now());
      this.#answer();
    });
  }
}
