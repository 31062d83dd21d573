/**
 * Adj-RIB-Out (RFC 4271 3.2): what one peer was told, what it should hear, and the messages that lead from the one to
 * the other. Whoever sends takes as much as the connection does; until then changes cost no message, and of many to
 * one prefix the last is told.
 *
 * Withdrawals go first. A prefix that changes is announced over itself, never withdrawn before. What the peer cannot be
 * told is withdrawn where it had something else (RFC 4271 9.2), and everything else goes.
 */
import type { Family } from '../../net/address.ts';
import { comparePrefixes, type Prefix } from '../../net/prefix.ts';
import type { Path } from '../../routes/path.ts';
import type { PackFailure } from '../wire/pack.ts';
import { Backlog, type Batch } from './backlog.ts';
import { Column } from './column.ts';
import { Listener, type SessionTerms } from './listener.ts';
import type { RibTables } from './tables.ts';
import { fillUpdate } from './update.ts';

export type Counts = {
  readonly wanted: number;
  readonly told: number;
  /** Prefixes of which there is something to tell or to tell again. */
  readonly pending: number;
  readonly refused: number;
  /** Wanted, but the session does not carry the family. */
  readonly notCarried: number;
};

export type Told = { readonly prefix: Prefix; readonly path: Path };
/** A null path: it is to be withdrawn. */
export type Waiting = { readonly prefix: Prefix; readonly path: Path | null };
export type Refused = { readonly prefix: Prefix; readonly path: Path; readonly why: PackFailure };

export class AdjRibOut {
  readonly #tables: RibTables;
  readonly #wanted: Column;
  readonly #told: Column;
  readonly #backlog = new Backlog();
  /** Told, and to be told once more. */
  readonly #again = new Set<number>();
  /** Wanted, and nothing that this session's peer can be told. */
  readonly #refused = new Map<number, PackFailure>();
  #complete = false;
  #listener: Listener | null = null;

  constructor(tables: RibTables) {
    this.#tables = tables;
    this.#wanted = new Column(tables);
    this.#told = new Column(tables);
  }

  /** Null: nothing more. The same again changes nothing. */
  want(prefix: Prefix, path: Path | null): void {
    const { prefixes, paths } = this.#tables;
    const number = prefixes.hold(prefix);
    const pathNumber = path === null ? 0 : paths.hold(path);
    if (pathNumber !== this.#wanted.at(number)) {
      this.#wanted.set(number, pathNumber);
      this.#review(number);
    }
    if (pathNumber !== 0) paths.drop(pathNumber);
    prefixes.drop(number);
  }

  /** Everything is to be withdrawn. */
  wantNothing(): void {
    for (const number of this.#wanted.prefixes()) this.want(this.#tables.prefixes.at(number), null);
  }

  /** What is wanted is all there is to want, from here on: End-of-RIB may go. */
  pictureComplete(): void {
    this.#complete = true;
  }

  /** A new session. Its peer knows nothing, or takes what it knew for stale (RFC 4724 4.2). */
  opened(terms: SessionTerms): void {
    this.closed();
    this.#listener = new Listener(terms);
    for (const number of this.#wanted.prefixes()) this.#review(number);
  }

  closed(): void {
    this.#listener = null;
    this.#backlog.clear();
    this.#told.clear();
    this.#again.clear();
    this.#refused.clear();
  }

  /** The peer is gone for good: nothing is held in the tables any more. */
  retire(): void {
    this.closed();
    this.#wanted.clear();
  }

  /** The peer asks for all of a family (RFC 2918). */
  refresh(family: Family): void {
    this.#listener?.markers.get(family)?.refresh();
  }

  /** The next messages: none where nothing is due, else whole ones until there are `octetsMax` or a little more. */
  take(octetsMax: number): readonly Uint8Array[] {
    const messages: Uint8Array[] = [];
    if (this.#listener === null) return messages;
    for (let octets = 0; octets < octetsMax; ) {
      const message = this.#next(this.#listener);
      if (message === null) break;
      messages.push(message);
      octets += message.length;
    }
    return messages;
  }

  counts(family: Family): Counts {
    let refused = 0;
    for (const number of this.#refused.keys()) {
      if (this.#tables.prefixes.at(number).family === family) refused++;
    }
    const wanted = this.#wanted.size(family);
    return {
      wanted,
      told: this.#told.size(family),
      pending: this.#backlog.size(family),
      refused,
      notCarried: this.#listener === null || this.#listener.hears(family) ? 0 : wanted,
    };
  }

  /** In the order of prefixes. */
  told(): readonly Told[] {
    const { prefixes, paths } = this.#tables;
    return this.#inOrder(this.#told.prefixes()).map((number) => ({
      prefix: prefixes.at(number),
      path: paths.at(this.#told.at(number)),
    }));
  }

  /** What is to be told, or to be told again, in the order of prefixes. */
  waiting(): readonly Waiting[] {
    const { prefixes, paths } = this.#tables;
    const all = new Set([...this.#wanted.prefixes(), ...this.#told.prefixes()]);
    const waiting = [...all].filter((number) => this.#backlog.has(number));
    return this.#inOrder(waiting).map((number) => {
      const wanted = this.#refused.has(number) ? 0 : this.#wanted.at(number);
      return { prefix: prefixes.at(number), path: wanted === 0 ? null : paths.at(wanted) };
    });
  }

  /** What this session's peer cannot be told, in the order of prefixes. */
  refused(): readonly Refused[] {
    const { prefixes, paths } = this.#tables;
    return this.#inOrder(this.#refused.keys()).flatMap((number) => {
      const why = this.#refused.get(number);
      if (why === undefined) return [];
      return [{ prefix: prefixes.at(number), path: paths.at(this.#wanted.at(number)), why }];
    });
  }

  #inOrder(numbers: Iterable<number>): readonly number[] {
    const { prefixes } = this.#tables;
    return [...numbers].sort((a, b) => comparePrefixes(prefixes.at(a), prefixes.at(b)));
  }

  /** Lets the prefix wait in the batch that it belongs to now, or in none. */
  #review(number: number): void {
    const { prefixes, paths } = this.#tables;
    const { family } = prefixes.at(number);
    if (this.#listener?.hears(family) !== true) return;
    const wanted = this.#wanted.at(number);
    const obstacle = wanted === 0 ? null : this.#listener.obstacle(family, paths.at(wanted));
    if (obstacle === null) this.#refused.delete(number);
    else this.#refused.set(number, obstacle);
    const path = obstacle === null ? wanted : 0;
    if (path !== this.#told.at(number) || this.#again.has(number)) this.#backlog.put(number, family, path);
    else this.#backlog.remove(number);
  }

  #next(listener: Listener): Uint8Array | null {
    const marker = this.#marker(listener);
    if (marker !== null) return marker;
    const batch = this.#backlog.first;
    if (batch === null) return null;
    const { family } = batch;
    const path = batch.path === 0 ? null : this.#tables.paths.at(batch.path);
    const { message, count } = fillUpdate(
      { family, path, prefixes: this.#prefixesIn(batch) },
      listener.terms,
    );
    for (let told = 0; told < count; told++) this.#settle(batch.first, batch.path);
    return message;
  }

  *#prefixesIn({ first }: Batch): Generator<Prefix> {
    const { prefixes } = this.#tables;
    for (let number = first; number !== 0; number = this.#backlog.after(number)) yield prefixes.at(number);
  }

  #settle(number: number, path: number): void {
    this.#backlog.remove(number);
    this.#again.delete(number);
    this.#told.set(number, path);
  }

  #marker({ markers }: Listener): Uint8Array | null {
    for (const [family, marks] of markers) {
      for (;;) {
        const marker = marks.next({ complete: this.#complete, told: this.#backlog.size(family) === 0 });
        if (marker === null) break;
        if (marker.again) this.#tellAgain(family);
        if (marker.message !== null) return marker.message;
      }
    }
    return null;
  }

  #tellAgain(family: Family): void {
    for (const number of this.#told.prefixes()) {
      if (this.#tables.prefixes.at(number).family !== family) continue;
      this.#again.add(number);
      this.#review(number);
    }
  }
}
