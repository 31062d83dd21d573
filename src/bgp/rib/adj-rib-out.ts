/**
 * Adj-RIB-Out of one peer (RFC 4271 3.2): the routes advertised, the desired routes, and the UPDATEs that lead from the
 * one to the other. Messages are built only when the connection can take them, so several changes to one prefix become one
 * message with the latest route.
 *
 * Withdrawals are sent first. A changed route replaces the advertised one without a withdrawal (RFC 4271 9.1.4). A desired
 * route that cannot be encoded for this peer is withdrawn if an earlier one was advertised (RFC 4271 9.2).
 */
import type { Family } from '../../net/address.ts';
import { comparePrefixes, type Prefix } from '../../net/prefix.ts';
import type { BgpPath } from '../attributes/path.ts';
import type { PackFailure } from '../wire/write/pack.ts';
import { fillUpdate } from './fill-update.ts';
import { PathTable } from './path-table.ts';
import { PeerTerms, type SessionTerms } from './peer-terms.ts';
import { type PendingBatch, PendingPrefixes } from './pending.ts';
import type { RibTables } from './shared-tables.ts';

export type RibCounts = {
  readonly desired: number;
  readonly advertised: number;
  /** Prefixes with an UPDATE to send: an announcement, a re-advertisement or a withdrawal. */
  readonly pending: number;
  readonly unsendable: number;
  /** Desired, but the session does not carry the family. */
  readonly notCarried: number;
};

export type AdvertisedRoute = { readonly prefix: Prefix; readonly path: BgpPath };
/** `path` is null for a withdrawal. */
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
  /** Advertised, and to be re-advertised by a route refresh. */
  readonly #readvertise = new Set<number>();
  /** Desired, but the path cannot be encoded for this session's peer. */
  readonly #unsendable = new Map<number, PackFailure>();
  #isComplete = false;
  #peer: PeerTerms | null = null;

  constructor(tables: RibTables) {
    this.#tables = tables;
    this.#desired = new PathTable(tables);
    this.#advertised = new PathTable(tables);
  }

  /** Sets the desired route of a prefix; null: none. Setting an equal path changes nothing. */
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

  /** Removes every desired route, so that all are withdrawn. */
  clearDesired(): void {
    for (const prefixId of this.#desired.prefixes())
      this.setDesired(this.#tables.prefixes.at(prefixId), null);
  }

  /** Declares the desired routes complete: End-of-RIB may be sent (RFC 4724 4.1). */
  markComplete(): void {
    this.#isComplete = true;
  }

  /** Starts a new session, whose peer has no routes or marks retained ones as stale (RFC 4724 4.2). */
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

  /** Releases everything that this peer holds in the shared tables. */
  retire(): void {
    this.sessionClosed();
    this.#desired.clear();
  }

  /** The peer requests re-advertisement of a family (RFC 2918). */
  refresh(family: Family): void {
    this.#peer?.markers.get(family)?.refresh();
  }

  /** The next UPDATEs, at least `octetsMax` octets in whole messages if so many are due; empty if none is. */
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
    let unsendable = 0;
    for (const prefixId of this.#unsendable.keys()) {
      if (this.#tables.prefixes.at(prefixId).family === family) unsendable++;
    }
    const desired = this.#desired.size(family);
    return {
      desired,
      advertised: this.#advertised.size(family),
      pending: this.#pending.size(family),
      unsendable,
      notCarried: this.#peer === null || this.#peer.carries(family) ? 0 : desired,
    };
  }

  /** Advertised routes, sorted by prefix. */
  advertised(): readonly AdvertisedRoute[] {
    const { prefixes, paths } = this.#tables;
    return this.#sortByPrefix(this.#advertised.prefixes()).map((prefixId) => ({
      prefix: prefixes.at(prefixId),
      path: paths.at(this.#advertised.at(prefixId)),
    }));
  }

  /** Routes with an UPDATE to send, sorted by prefix. */
  pendingRoutes(): readonly PendingRoute[] {
    const { prefixes, paths } = this.#tables;
    const all = new Set([...this.#desired.prefixes(), ...this.#advertised.prefixes()]);
    const pending = [...all].filter((prefixId) => this.#pending.has(prefixId));
    return this.#sortByPrefix(pending).map((prefixId) => {
      const desired = this.#unsendable.has(prefixId) ? 0 : this.#desired.at(prefixId);
      return { prefix: prefixes.at(prefixId), path: desired === 0 ? null : paths.at(desired) };
    });
  }

  /** Desired routes that cannot be encoded for this session's peer, sorted by prefix. */
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

  /** Moves the prefix into the pending batch of its desired path, or out of the pending set. */
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
