/**
 * Waiters: what each Service without an address waits for. A freed address wakes the one Service that can use it, and not
 * ten thousand others.
 *
 * Protocol. After each reconcile of a key, once its transaction is committed:
 *
 * 1. `set(key, targets)` if the key still waits, else `clear(key)`;
 * 2. `wake(freed)` with what the commit freed;
 * 3. `passOffersOn(key, isVacant)`, always, since the key may have had an offer.
 *
 * Steps 2 and 3 return the keys to reconcile next, in order.
 *
 * Offers. Waiters for one address, or under one sharing key, are woken together: several may share it. Of the waiters for
 * a pool, one freed address serves one. So each freed address becomes an offer to the waiter that has waited longest for
 * that pool and family, and that has no other offer in this queue. When the waiter was reconciled, `passOffersOn` ends
 * the offer if the address is taken, by whichever Service; else it offers it to the next waiter. An offer visits those
 * that were in the queue when it began, each once, so it always ends; later waiters have tried the address themselves.
 *
 * A waiter keeps its position for as long as it waits, whatever it waits for.
 */
import { compareText } from '../base/text.ts';
import { type Address, type Family, formatAddress } from '../net/address.ts';
import type { ServiceKey } from '../objects/service.ts';
import type { Freed } from './freed.ts';
import { ipv4Space as positionOrder } from './index/address-space.ts';
import { CountedBTree } from './index/counted-btree.ts';

export type WaitTarget =
  /** An address of this family from this pool. */
  | { readonly kind: 'pool'; readonly pool: string; readonly family: Family }
  /** This very address. */
  | { readonly kind: 'address'; readonly address: Address }
  /** An address that it can share under this key. */
  | { readonly kind: 'sharing'; readonly key: string }
  /** A new pool, or an edit of one. */
  | { readonly kind: 'any-pool' };

/** `position` is the lower, the longer it has waited. */
type Waiter = { readonly key: ServiceKey; readonly position: number; queues: readonly string[] };

/** All its waiters, and those of them without an offer in it, by position. */
type WaitQueue = { readonly all: CountedBTree<number, Waiter>; readonly idle: CountedBTree<number, Waiter> };

/** A freed address that is offered along a queue; waiters from position `end` on came later and are not visited. */
type AddressOffer = { readonly address: Address; readonly queue: string; readonly end: number };

/** An offer to one waiter, and the position that it goes on from. */
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
  /** The offers of each waiter: at most one in each queue. */
  readonly #offers = new Map<ServiceKey, ActiveOffer[]>();
  #nextPosition = 0;

  get size(): number {
    return this.#waiters.size;
  }

  /** All waiters; the first has waited longest. */
  all(): readonly ServiceKey[] {
    return [...this.#waiters.values()].sort((a, b) => a.position - b.position).map(({ key }) => key);
  }

  /** Replaces what the key waits for. */
  set(key: ServiceKey, targets: readonly WaitTarget[]): void {
    const waiter = this.#waiters.get(key) ?? { key, position: this.#nextPosition++, queues: [] };
    const queues = [...new Set(targets.map(queueNameOf))].sort(compareText);
    for (const queue of waiter.queues) if (!queues.includes(queue)) this.#leave(queue, waiter);
    for (const queue of queues) if (!waiter.queues.includes(queue)) this.#join(queue, waiter);
    waiter.queues = queues;
    this.#waiters.set(key, waiter);
  }

  /** The key does not wait any more. */
  clear(key: ServiceKey): void {
    const waiter = this.#waiters.get(key);
    if (waiter === undefined) return;
    for (const queue of waiter.queues) this.#leave(queue, waiter);
    this.#waiters.delete(key);
  }

  /** The keys to reconcile because of what a transaction freed. */
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

  /** The keys to reconcile because these pools are new, or were edited. */
  wakePools(pools: readonly string[]): readonly ServiceKey[] {
    const woken = new Set<Waiter>();
    this.#wakeQueue(ANY_POOL_QUEUE, woken);
    for (const pool of pools) {
      this.#wakeQueue(poolQueueName(pool, 4), woken);
      this.#wakeQueue(poolQueueName(pool, 6), woken);
    }
    return keysInOrder(woken);
  }

  /** The key was reconciled: its offers of addresses that are still vacant pass on to the returned keys. */
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

  /** Offers the address to the next waiter after `position` that has no offer in this queue. */
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
      all: new CountedBTree(positionOrder),
      idle: new CountedBTree(positionOrder),
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
