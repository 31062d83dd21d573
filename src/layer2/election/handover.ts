/**
 * Make before break: an address that another node takes is answered for until that node has announced it, for at most
 * `HANDOVER_MAX`, or as long as is told. So clients always find one of the two. A pure state machine: time is an argument.
 */
import type { Millis } from '../../base/clock.ts';
import { formatAddress } from '../../net/address.ts';
import type { OwnedAddress } from '../packets/layer2-wire.ts';

/** The previous owner goes on answering at most for so long. */
export const HANDOVER_MAX: Millis = 1000;

/**
 * The same after a part of the network has come back. Both parts may have answered, so the successor mostly does already: then nobody
 * announces anything, and two nodes would answer for all of the time.
 */
export const HEALED_HANDOVER_MAX: Millis = 200;

/** The node that takes an address, as text; null where nobody does, or where this node must be silent at once. */
export type SuccessorOf = (address: string) => string | null;

/** For a node that stops and leaves everything: it cannot know who takes what. */
export const ANY_NODE = '*';

export const NO_SUCCESSOR: SuccessorOf = () => null;

type Leaving = { readonly owned: OwnedAddress; readonly successor: string; readonly until: Millis };

type Announcement = { readonly node: string; readonly at: Millis };

export class Handover {
  #owned: ReadonlyMap<string, OwnedAddress> = new Map();
  readonly #leaving = new Map<string, Leaving>();
  /** The last announcement of each owned address by another speaker: it may be quicker than this node's own election. */
  readonly #announced = new Map<string, Announcement>();

  /** What the node answers for: what it owns, and what its successors have not announced yet. */
  get table(): readonly OwnedAddress[] {
    return [...this.#owned.values(), ...[...this.#leaving.values()].map(({ owned }) => owned)];
  }

  get isLeaving(): boolean {
    return this.#leaving.size > 0;
  }

  /** When `expire` has something to do; null: not before something happens. */
  get nextDue(): Millis | null {
    return this.#leaving.size === 0 ? null : Math.min(...[...this.#leaving.values()].map((one) => one.until));
  }

  /** Replaces what the node owns. What it leaves now, it answers for until `max` later. */
  update(
    owned: readonly OwnedAddress[],
    successorOf: SuccessorOf,
    now: Millis,
    max: Millis = HANDOVER_MAX,
  ): void {
    const before = this.#owned;
    this.#owned = new Map(owned.map((one) => [formatAddress(one.address), one]));
    for (const [address, leaving] of this.#leaving) {
      const successor = this.#owned.has(address) ? null : successorOf(address);
      if (successor === null) this.#leaving.delete(address);
      else if (successor !== leaving.successor) this.#leaving.set(address, { ...leaving, successor });
    }
    for (const [address, one] of before) {
      if (this.#owned.has(address)) continue;
      const successor = successorOf(address);
      if (successor !== null && !this.#hasAnnounced(address, successor, now))
        this.#leaving.set(address, { owned: one, successor, until: now + max });
      this.#announced.delete(address);
    }
  }

  /** The node stops: whoever announces an address first takes it. */
  leaveAll(now: Millis): void {
    for (const [address, owned] of this.#owned)
      this.#leaving.set(address, { owned, successor: ANY_NODE, until: now + HANDOVER_MAX });
    this.#owned = new Map();
    this.#announced.clear();
  }

  /** Another speaker has announced the address. */
  announced(address: string, node: string, now: Millis): void {
    const leaving = this.#leaving.get(address);
    if (leaving !== undefined && (leaving.successor === ANY_NODE || leaving.successor === node))
      this.#leaving.delete(address);
    else if (this.#owned.has(address)) this.#announced.set(address, { node, at: now });
  }

  /** Ends what has lasted for `HANDOVER_MAX`. */
  expire(now: Millis): void {
    for (const [address, { until }] of this.#leaving) if (until <= now) this.#leaving.delete(address);
  }

  #hasAnnounced(address: string, successor: string, now: Millis): boolean {
    const last = this.#announced.get(address);
    return last !== undefined && last.node === successor && now - last.at <= HANDOVER_MAX;
  }
}
