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
import type { BgpPath } from '../attributes/path.ts';
import type { PackFailure } from '../wire/pack.ts';
import { fillUpdate } from './fill-update.ts';
import { PathTable } from './path-table.ts';
import { PeerTerms, type SessionTerms } from './peer-terms.ts';
import { type PendingBatch, PendingPrefixes } from './pending.ts';
import type { RibTables } from './shared-tables.ts';

export type RibCounts = {
  readonly wanted: number;
  readonly told: number;
  /** Prefixes of which there is something to tell or to tell again. */
  readonly pending: number;
  readonly refused: number;
  /** Wanted, but the session does not carry the family. */
  readonly notCarried: number;
};

export type AdvertisedRoute = { readonly prefix: Prefix; readonly path: BgpPath };
/** A null path: it is to be withdrawn. */
export type PendingRoute = { readonly prefix: Prefix; readonly path: BgpPath | null };
export type UnsendableRoute = {
  readonly prefix: Prefix;
  readonly path: BgpPath;
  readonly failure: PackFailure;
};

export class AdjRibOut {
  readonly #tables: RibTables;
  readonly #desired: PathTable;
  readonly #advertised: PathTable;
  readonly #pending = new PendingPrefixes();
  /** Told, and to be told once more. */
  readonly #readvertise = new Set<number>();
  /** Wanted, and nothing that this session's peer can be told. */
  readonly #unsendable = new Map<number, PackFailure>();
  #isComplete = false;
  #peer: PeerTerms | null = null;

  constructor(tables: RibTables) {
    this.#tables = tables;
    this.#desired = new PathTable(tables);
    this.#advertised = new PathTable(tables);
  }

  /** Null: nothing more. The same again changes nothing. */
  setDesired(prefix: Prefix, path: BgpPath | null): void {
    const { prefixes, paths } = this.#tables;
    const prefixId = prefixes.acquire(prefix);
    const pathId = path === null ? 0 : paths.acquire(path);
    if (pathId !== this.#desired.at(prefixId)) {
      this.#desired.set(prefixId, pathId);
      this.#updatePending(prefixId);
    }
    if (pathId !== 0) paths.release(pathId);
    prefixes.release(prefixId);
  }

  /** Everything is to be withdrawn. */
  clearDesired(): void {
    for (const prefixId of this.#desired.prefixes())
      this.setDesired(this.#tables.prefixes.at(prefixId), null);
  }

  /** What is wanted is all there is to want, from here on: End-of-RIB may go. */
  markComplete(): void {
    this.#isComplete = true;
  }

  /** A new session. Its peer knows nothing, or takes what it knew for stale (RFC 4724 4.2). */
  sessionEstablished(terms: SessionTerms): void {
    this.sessionClosed();
    this.#peer = new PeerTerms(terms);
    for (const prefixId of this.#desired.prefixes()) this.#updatePending(prefixId);
  }

  sessionClosed(): void {
    this.#peer = null;
    this.#pending.clear();
    this.#advertised.clear();
    this.#readvertise.clear();
    this.#unsendable.clear();
  }

  /** The peer is gone for good: nothing is held in the tables any more. */
  retire(): void {
    this.sessionClosed();
    this.#desired.clear();
  }

  /** The peer asks for all of a family (RFC 2918). */
  refresh(family: Family): void {
    this.#peer?.markers.get(family)?.refresh();
  }

  /** The next messages: none where nothing is due, else whole ones until there are `octetsMax` or a little more. */
  takeMessages(octetsMax: number): readonly Uint8Array[] {
    const messages: Uint8Array[] = [];
    if (this.#peer === null) return messages;
    for (let octets = 0; octets < octetsMax; ) {
      const message = this.#nextMessage(this.#peer);
      if (message === null) break;
      messages.push(message);
      octets += message.length;
    }
    return messages;
  }

  counts(family: Family): RibCounts {
    let refused = 0;
    for (const prefixId of this.#unsendable.keys()) {
      if (this.#tables.prefixes.at(prefixId).family === family) refused++;
    }
    const wanted = this.#desired.size(family);
    return {
      wanted,
      told: this.#advertised.size(family),
      pending: this.#pending.size(family),
      refused,
      notCarried: this.#peer === null || this.#peer.carries(family) ? 0 : wanted,
    };
  }

  /** In the order of prefixes. */
  advertised(): readonly AdvertisedRoute[] {
    const { prefixes, paths } = this.#tables;
    return this.#sortByPrefix(this.#advertised.prefixes()).map((prefixId) => ({
      prefix: prefixes.at(prefixId),
      path: paths.at(this.#advertised.at(prefixId)),
    }));
  }

  /** What is to be told, or to be told again, in the order of prefixes. */
  pendingRoutes(): readonly PendingRoute[] {
    const { prefixes, paths } = this.#tables;
    const all = new Set([...this.#desired.prefixes(), ...this.#advertised.prefixes()]);
    const pending = [...all].filter((prefixId) => this.#pending.has(prefixId));
    return this.#sortByPrefix(pending).map((prefixId) => {
      const desired = this.#unsendable.has(prefixId) ? 0 : this.#desired.at(prefixId);
      return { prefix: prefixes.at(prefixId), path: desired === 0 ? null : paths.at(desired) };
    });
  }

  /** What this session's peer cannot be told, in the order of prefixes. */
  unsendable(): readonly UnsendableRoute[] {
    const { prefixes, paths } = this.#tables;
    return this.#sortByPrefix(this.#unsendable.keys()).flatMap((prefixId) => {
      const failure = this.#unsendable.get(prefixId);
      if (failure === undefined) return [];
      return [{ prefix: prefixes.at(prefixId), path: paths.at(this.#desired.at(prefixId)), failure }];
    });
  }

  #sortByPrefix(prefixIds: Iterable<number>): readonly number[] {
    const { prefixes } = this.#tables;
    return [...prefixIds].sort((a, b) => comparePrefixes(prefixes.at(a), prefixes.at(b)));
  }

  /** Lets the prefix wait in the batch that it belongs to now, or in none. */
  #updatePending(prefixId: number): void {
    const { prefixes, paths } = this.#tables;
    const { family } = prefixes.at(prefixId);
    if (this.#peer?.carries(family) !== true) return;
    const desired = this.#desired.at(prefixId);
    const failure = desired === 0 ? null : this.#peer.packFailure(family, paths.at(desired));
    if (failure === null) this.#unsendable.delete(prefixId);
    else this.#unsendable.set(prefixId, failure);
    const path = failure === null ? desired : 0;
    if (path !== this.#advertised.at(prefixId) || this.#readvertise.has(prefixId))
      this.#pending.put(prefixId, family, path);
    else this.#pending.remove(prefixId);
  }

  #nextMessage(peer: PeerTerms): Uint8Array | null {
    const marker = this.#nextMarker(peer);
    if (marker !== null) return marker;
    const batch = this.#pending.first;
    if (batch === null) return null;
    const { family } = batch;
    const path = batch.path === 0 ? null : this.#tables.paths.at(batch.path);
    const { message, count } = fillUpdate({ family, path, prefixes: this.#prefixesOf(batch) }, peer.terms);
    for (let sent = 0; sent < count; sent++) this.#markAdvertised(batch.first, batch.path);
    return message;
  }

  *#prefixesOf({ first }: PendingBatch): Generator<Prefix> {
    const { prefixes } = this.#tables;
    for (let prefixId = first; prefixId !== 0; prefixId = this.#pending.after(prefixId))
      yield prefixes.at(prefixId);
  }

  #markAdvertised(prefixId: number, path: number): void {
    this.#pending.remove(prefixId);
    this.#readvertise.delete(prefixId);
    this.#advertised.set(prefixId, path);
  }

  #nextMarker({ markers }: PeerTerms): Uint8Array | null {
    for (const [family, marks] of markers) {
      for (;;) {
        const marker = marks.next({
          isComplete: this.#isComplete,
          isDrained: this.#pending.size(family) === 0,
        });
        if (marker === null) break;
        if (marker.readvertise) this.#readvertiseFamily(family);
        if (marker.message !== null) return marker.message;
      }
    }
    return null;
  }

  #readvertiseFamily(family: Family): void {
    for (const prefixId of this.#advertised.prefixes()) {
      if (this.#tables.prefixes.at(prefixId).family !== family) continue;
      this.#readvertise.add(prefixId);
      this.#updatePending(prefixId);
    }
  }
}
