/**
 * Who waits for what, so that a freed address wakes the one Service that can use it and leaves ten thousand
 * others asleep.
 *
 * How it is used. After each look at a key, and once what the look did is committed:
 *
 * 1. `set(key, wants)` if the key goes on waiting, `clear(key)` if it does not (served, gone, not ours);
 * 2. `wake(freed)` with what the commit freed;
 * 3. `passOn(key, isVacant)`, always, since the key may have been having its turn.
 *
 * Steps 2 and 3 answer with keys to look at, soon, in the order given.
 *
 * Turns. Who waits for one address, or under one sharing key, is woken with all the others who do: what one takes
 * may leave room for the next. But of the many who wait for a pool, one freed address can serve one. So each freed
 * address makes one turn, which goes to whoever has waited longest for that pool and family and is not about to
 * be looked at anyway, having another turn there. `passOn` ends the turn when the address is taken, by whomever;
 * while it is vacant the turn goes to the next in line, and ends after the last. A turn visits only those who stood
 * in line when it began (later ones looked at the address themselves), each once: it always ends.
 *
 * A place in line is kept for as long as the key waits, whatever it waits for.
 */
import { compareText } from '../base/text.ts';
import { type Address, type Family, formatAddress } from '../net/address.ts';
import type { ServiceKey } from '../objects/service.ts';
import type { Freed } from './freed.ts';
import { ipv4Space as byPlace } from './index/address-space.ts';
import { CountedBTree } from './index/counted-btree.ts';

export type WaitTarget =
  /** An address of this family from this pool. */
  | { readonly kind: 'pool'; readonly pool: string; readonly family: Family }
  /** This very address. */
  | { readonly kind: 'address'; readonly address: Address }
  /** Room beside others under this sharing key. */
  | { readonly kind: 'sharing'; readonly key: string }
  /** A new pool, or an edit of one. */
  | { readonly kind: 'any-pool' };

/** A key in line; `place` is lower the longer it has waited. */
type Waiter = { readonly key: ServiceKey; readonly position: number; queues: readonly string[] };

/** All who stand in it, and those of them who have no turn there, by place. */
type WaitQueue = { readonly all: CountedBTree<number, Waiter>; readonly idle: CountedBTree<number, Waiter> };

/** One freed address on its way along a line; `end` is the first place that came too late. */
type AddressOffer = { readonly address: Address; readonly queue: string; readonly end: number };

/** A turn in somebody's hands, and the place it goes on from. */
type ActiveOffer = AddressOffer & { readonly position: number };

const poolQueueName = (pool: string, family: Family): string => `pool ${family} ${pool}`;
const addressQueueName = (address: Address): string => `address ${formatAddress(address)}`;
const sharingQueueName = (key: string): string => `sharing ${key}`;
const ANY_POOL_QUEUE = 'any-pool';

function queueNameOf(target: WaitTarget): string {
  switch (target.kind) {
    case 'pool':
      return poolQueueName(target.pool, target.family);
    case 'address':
      return addressQueueName(target.address);
    case 'sharing':
      return sharingQueueName(target.key);
    case 'any-pool':
      return ANY_POOL_QUEUE;
  }
}

export class Waiters {
  readonly #waiters = new Map<ServiceKey, Waiter>();
  readonly #queues = new Map<string, WaitQueue>();
  /** Whose turn it is: at most one in each line. */
  readonly #offers = new Map<ServiceKey, ActiveOffer[]>();
  #nextPosition = 0;

  get size(): number {
    return this.#waiters.size;
  }

  /** All who wait, the longest first. */
  all(): readonly ServiceKey[] {
    return [...this.#waiters.values()].sort((a, b) => a.position - b.position).map(({ key }) => key);
  }

  /** What the key waits for from now on, instead of what it waited for before. */
  set(key: ServiceKey, targets: readonly WaitTarget[]): void {
    const waiter = this.#waiters.get(key) ?? { key, position: this.#nextPosition++, queues: [] };
    const queues = [...new Set(targets.map(queueNameOf))].sort(compareText);
    for (const queue of waiter.queues) if (!queues.includes(queue)) this.#leave(queue, waiter);
    for (const queue of queues) if (!waiter.queues.includes(queue)) this.#join(queue, waiter);
    waiter.queues = queues;
    this.#waiters.set(key, waiter);
  }

  /** The key waits for nothing. */
  clear(key: ServiceKey): void {
    const waiter = this.#waiters.get(key);
    if (waiter === undefined) return;
    for (const queue of waiter.queues) this.#leave(queue, waiter);
    this.#waiters.delete(key);
  }

  /** Who should be looked at because of what a transaction freed. */
  wake({ addresses, sharingKeys }: Freed): readonly ServiceKey[] {
    const woken = new Set<Waiter>();
    for (const { address, pools } of addresses) {
      this.#wakeQueue(addressQueueName(address), woken);
      for (const pool of pools) {
        const offer = { address, queue: poolQueueName(pool, address.family), end: this.#nextPosition };
        const next = this.#offerToNext(offer, -1);
        if (next !== null) woken.add(next);
      }
    }
    for (const key of sharingKeys) this.#wakeQueue(sharingQueueName(key), woken);
    return keysInOrder(woken);
  }

  /** Who should be looked at because these pools are new, or may grant what they could not grant before. */
  wakePools(pools: readonly string[]): readonly ServiceKey[] {
    const woken = new Set<Waiter>();
    this.#wakeQueue(ANY_POOL_QUEUE, woken);
    for (const pool of pools) {
      this.#wakeQueue(poolQueueName(pool, 4), woken);
      this.#wakeQueue(poolQueueName(pool, 6), woken);
    }
    return keysInOrder(woken);
  }

  /** The key was looked at: whose turn it is now, where the key had its turn and left the address vacant. */
  passOffersOn(key: ServiceKey, isVacant: (address: Address) => boolean): readonly ServiceKey[] {
    const offers = this.#offers.get(key);
    if (offers === undefined) return [];
    this.#offers.delete(key);
    const waiter = this.#waiters.get(key);
    for (const { queue } of offers) {
      if (waiter?.queues.includes(queue)) this.#queues.get(queue)?.idle.insert(waiter.position, waiter);
    }
    const woken = new Set<Waiter>();
    for (const offer of offers) {
      const next = isVacant(offer.address) ? this.#offerToNext(offer, offer.position) : null;
      if (next !== null) woken.add(next);
    }
    return keysInOrder(woken);
  }

  /** Gives the turn to the next behind `place` who has none in this line. */
  #offerToNext({ address, queue, end }: AddressOffer, position: number): Waiter | null {
    const idle = this.#queues.get(queue)?.idle;
    const next = idle?.after(position);
    if (idle === undefined || next === undefined || next >= end) return null;
    const waiter = idle.get(next);
    if (waiter === undefined) return null;
    idle.remove(next);
    const offers = this.#offers.get(waiter.key) ?? [];
    offers.push({ address, queue, end, position: next });
    this.#offers.set(waiter.key, offers);
    return waiter;
  }

  #hasOffer(key: ServiceKey, name: string): boolean {
    return this.#offers.get(key)?.some(({ queue }) => queue === name) ?? false;
  }

  #wakeQueue(name: string, woken: Set<Waiter>): void {
    for (const [, waiter] of this.#queues.get(name)?.all.entries() ?? []) woken.add(waiter);
  }

  #join(name: string, waiter: Waiter): void {
    const queue: WaitQueue = this.#queues.get(name) ?? {
      all: new CountedBTree(byPlace),
      idle: new CountedBTree(byPlace),
    };
    queue.all.insert(waiter.position, waiter);
    if (!this.#hasOffer(waiter.key, name)) queue.idle.insert(waiter.position, waiter);
    this.#queues.set(name, queue);
  }

  #leave(name: string, waiter: Waiter): void {
    const queue = this.#queues.get(name);
    if (queue === undefined) return;
    queue.all.remove(waiter.position);
    if (!this.#hasOffer(waiter.key, name)) queue.idle.remove(waiter.position);
    if (queue.all.size === 0) this.#queues.delete(name);
  }
}

const keysInOrder = (waiters: ReadonlySet<Waiter>): readonly ServiceKey[] =>
  [...waiters].sort((a, b) => a.position - b.position).map(({ key }) => key);
