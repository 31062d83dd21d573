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
import type { ServiceKey } from '../cluster/service.ts';
import { type Address, type Family, formatAddress } from '../net/address.ts';
import type { Freed } from './freed.ts';
import { space4 as byPlace } from './space.ts';
import { Tree } from './tree.ts';

export type Want =
  /** An address of this family from this pool. */
  | { readonly kind: 'pool'; readonly pool: string; readonly family: Family }
  /** This very address. */
  | { readonly kind: 'address'; readonly address: Address }
  /** Room beside others under this sharing key. */
  | { readonly kind: 'sharing'; readonly key: string }
  /** A new pool, or an edit of one. */
  | { readonly kind: 'any-pool' };

/** A key in line; `place` is lower the longer it has waited. */
type Waiter = { readonly key: ServiceKey; readonly place: number; lines: readonly string[] };

/** All who stand in it, and those of them who have no turn there, by place. */
type Line = { readonly all: Tree<number, Waiter>; readonly idle: Tree<number, Waiter> };

/** One freed address on its way along a line; `end` is the first place that came too late. */
type Turn = { readonly address: Address; readonly line: string; readonly end: number };

/** A turn in somebody's hands, and the place it goes on from. */
type GivenTurn = Turn & { readonly place: number };

const poolLine = (pool: string, family: Family): string => `pool ${family} ${pool}`;
const addressLine = (address: Address): string => `address ${formatAddress(address)}`;
const sharingLine = (key: string): string => `sharing ${key}`;
const ANY_POOL_LINE = 'any-pool';

function lineOf(want: Want): string {
  switch (want.kind) {
    case 'pool':
      return poolLine(want.pool, want.family);
    case 'address':
      return addressLine(want.address);
    case 'sharing':
      return sharingLine(want.key);
    case 'any-pool':
      return ANY_POOL_LINE;
  }
}

export class Waiters {
  readonly #waiters = new Map<ServiceKey, Waiter>();
  readonly #lines = new Map<string, Line>();
  /** Whose turn it is: at most one in each line. */
  readonly #turns = new Map<ServiceKey, GivenTurn[]>();
  #nextPlace = 0;

  get size(): number {
    return this.#waiters.size;
  }

  /** All who wait, the longest first. */
  all(): readonly ServiceKey[] {
    return [...this.#waiters.values()].sort((a, b) => a.place - b.place).map(({ key }) => key);
  }

  /** What the key waits for from now on, instead of what it waited for before. */
  set(key: ServiceKey, wants: readonly Want[]): void {
    const waiter = this.#waiters.get(key) ?? { key, place: this.#nextPlace++, lines: [] };
    const lines = [...new Set(wants.map(lineOf))].sort(compareText);
    for (const line of waiter.lines) if (!lines.includes(line)) this.#leave(line, waiter);
    for (const line of lines) if (!waiter.lines.includes(line)) this.#join(line, waiter);
    waiter.lines = lines;
    this.#waiters.set(key, waiter);
  }

  /** The key waits for nothing. */
  clear(key: ServiceKey): void {
    const waiter = this.#waiters.get(key);
    if (waiter === undefined) return;
    for (const line of waiter.lines) this.#leave(line, waiter);
    this.#waiters.delete(key);
  }

  /** Who should be looked at because of what a transaction freed. */
  wake({ addresses, shareKeys }: Freed): readonly ServiceKey[] {
    const woken = new Set<Waiter>();
    for (const { address, pools } of addresses) {
      this.#wakeLine(addressLine(address), woken);
      for (const pool of pools) {
        const turn = { address, line: poolLine(pool, address.family), end: this.#nextPlace };
        const next = this.#give(turn, -1);
        if (next !== null) woken.add(next);
      }
    }
    for (const key of shareKeys) this.#wakeLine(sharingLine(key), woken);
    return inLine(woken);
  }

  /** Who should be looked at because these pools are new, or may grant what they could not grant before. */
  wakePools(pools: readonly string[]): readonly ServiceKey[] {
    const woken = new Set<Waiter>();
    this.#wakeLine(ANY_POOL_LINE, woken);
    for (const pool of pools) {
      this.#wakeLine(poolLine(pool, 4), woken);
      this.#wakeLine(poolLine(pool, 6), woken);
    }
    return inLine(woken);
  }

  /** The key was looked at: whose turn it is now, where the key had its turn and left the address vacant. */
  passOn(key: ServiceKey, isVacant: (address: Address) => boolean): readonly ServiceKey[] {
    const turns = this.#turns.get(key);
    if (turns === undefined) return [];
    this.#turns.delete(key);
    const waiter = this.#waiters.get(key);
    for (const { line } of turns) {
      if (waiter?.lines.includes(line)) this.#lines.get(line)?.idle.insert(waiter.place, waiter);
    }
    const woken = new Set<Waiter>();
    for (const turn of turns) {
      const next = isVacant(turn.address) ? this.#give(turn, turn.place) : null;
      if (next !== null) woken.add(next);
    }
    return inLine(woken);
  }

  /** Gives the turn to the next behind `place` who has none in this line. */
  #give({ address, line, end }: Turn, place: number): Waiter | null {
    const idle = this.#lines.get(line)?.idle;
    const next = idle?.after(place);
    if (idle === undefined || next === undefined || next >= end) return null;
    const waiter = idle.get(next);
    if (waiter === undefined) return null;
    idle.remove(next);
    const turns = this.#turns.get(waiter.key) ?? [];
    turns.push({ address, line, end, place: next });
    this.#turns.set(waiter.key, turns);
    return waiter;
  }

  #hasTurn(key: ServiceKey, name: string): boolean {
    return this.#turns.get(key)?.some(({ line }) => line === name) ?? false;
  }

  #wakeLine(name: string, woken: Set<Waiter>): void {
    for (const [, waiter] of this.#lines.get(name)?.all.entries() ?? []) woken.add(waiter);
  }

  #join(name: string, waiter: Waiter): void {
    const line: Line = this.#lines.get(name) ?? { all: new Tree(byPlace), idle: new Tree(byPlace) };
    line.all.insert(waiter.place, waiter);
    if (!this.#hasTurn(waiter.key, name)) line.idle.insert(waiter.place, waiter);
    this.#lines.set(name, line);
  }

  #leave(name: string, waiter: Waiter): void {
    const line = this.#lines.get(name);
    if (line === undefined) return;
    line.all.remove(waiter.place);
    if (!this.#hasTurn(waiter.key, name)) line.idle.remove(waiter.place);
    if (line.all.size === 0) this.#lines.delete(name);
  }
}

const inLine = (waiters: ReadonlySet<Waiter>): readonly ServiceKey[] =>
  [...waiters].sort((a, b) => a.place - b.place).map(({ key }) => key);
