/**
 * Make before break: an address that another node takes is answered for until that node has announced it, for at most
 * `HANDOVER_MAX`, or as long as is told. So clients always find one of the two. A pure state machine: time is an argument.
 */
import type { Millis } from '../../base/clock.ts';
import type { Address } from '../../net/address.ts';
import { AddressTable } from '../packets/address-table.ts';
import type { OwnedAddress } from '../packets/layer2-wire.ts';
import { OwnedTable } from '../packets/owned-changes.ts';

/** The previous owner goes on answering at most for so long. */
export const HANDOVER_MAX: Millis = 1000;

/**
 * The same after a part of the network has come back. Both parts may have answered, so the successor mostly does already: then nobody
 * announces anything, and two nodes would answer for all of the time.
 */
export const HEALED_HANDOVER_MAX: Millis = 200;

/** The node that takes an address; null where nobody does, or where this node must be silent at once. */
export type SuccessorOf = (address: Address) => string | null;

/** For a node that stops and leaves everything: it cannot know who takes what. */
export const ANY_NODE = '*';

export const NO_SUCCESSOR: SuccessorOf = () => null;

type Leaving = { readonly owned: OwnedAddress; readonly successor: string; readonly until: Millis };

type Announcement = { readonly node: string; readonly at: Millis };

export class Handover {
  #list: readonly OwnedAddress[] = [];
  /** The same, by address. */
  readonly #owned = new OwnedTable();
  readonly #leaving = new AddressTable<Leaving>();
  /** The last announcement of each owned address by another speaker: it may be quicker than this node's own election. */
  readonly #announced = new AddressTable<Announcement>();

  /** What the node answers for: what it owns, and what its successors have not announced yet. */
  get table(): readonly OwnedAddress[] {
    return this.isLeaving ? [...this.#list, ...this.#allLeaving.map(({ owned }) => owned)] : this.#list;
  }

  get isLeaving(): boolean {
    return this.#leaving.size > 0;
  }

  /** When `expire` has something to do; null: not before something happens. */
  get nextDue(): Millis | null {
    return this.isLeaving ? Math.min(...this.#allLeaving.map(({ until }) => until)) : null;
  }

  /** Replaces what the node owns. What it leaves now, it answers for until `max` later. */
  update(
    owned: readonly OwnedAddress[],
    successorOf: SuccessorOf,
    now: Millis,
    max: Millis = HANDOVER_MAX,
  ): void {
    const { removed } = this.#owned.replace(owned);
    this.#list = owned;
    for (const leaving of this.#allLeaving) {
      const { address } = leaving.owned;
      const successor = this.#owned.get(leaving.owned) === undefined ? successorOf(address) : null;
      if (successor === null) this.#leaving.delete(address);
      else if (successor !== leaving.successor) this.#leaving.set(address, { ...leaving, successor });
    }
    for (const one of removed) {
      const successor = successorOf(one.address);
      if (successor !== null && !this.#hasAnnounced(one.address, successor, now))
        this.#leaving.set(one.address, { owned: one, successor, until: now + max });
      this.#announced.delete(one.address);
    }
  }

  /** The node stops: whoever announces an address first takes it. */
  leaveAll(now: Millis): void {
    const { removed } = this.#owned.replace([]);
    this.#list = [];
    for (const owned of removed) {
      this.#leaving.set(owned.address, { owned, successor: ANY_NODE, until: now + HANDOVER_MAX });
      this.#announced.delete(owned.address);
    }
  }

  /** Another speaker has announced the address. */
  announced(address: Address, node: string, now: Millis): void {
    const leaving = this.#leaving.get(address);
    if (leaving !== undefined && (leaving.successor === ANY_NODE || leaving.successor === node))
      this.#leaving.delete(address);
    else if (this.#owned.get({ address }) !== undefined) this.#announced.set(address, { node, at: now });
  }

  /** Ends what has lasted for `HANDOVER_MAX`. */
  expire(now: Millis): void {
    for (const { owned, until } of this.#allLeaving) if (until <= now) this.#leaving.delete(owned.address);
  }

  get #allLeaving(): readonly Leaving[] {
    return [...this.#leaving.values()];
  }

  #hasAnnounced(address: Address, successor: string, now: Millis): boolean {
    const last = this.#announced.get(address);
    return last !== undefined && last.node === successor && now - last.at <= HANDOVER_MAX;
  }
}
