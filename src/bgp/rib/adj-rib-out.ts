/**
 * Adj-RIB-Out of one peer (RFC 4271 3.2): the routes advertised, the desired routes, and the UPDATEs that lead from the
 * one to the other. Messages are built only when the connection can take them, so several changes to one prefix become one
 * message with the latest route.
 *
 * Withdrawals are sent first. A changed route replaces the advertised one without a withdrawal (RFC 4271 9.1.4). A desired
 * route that cannot be encoded for this peer is withdrawn if an earlier one was advertised (RFC 4271 9.2).
 */
import type { Family } from '../../net/address.ts';
import type { Prefix } from '../../net/prefix.ts';
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

/** One prefix of this peer. */
export type RibRoute = {
  /** Null if it is to be withdrawn. */
  readonly desired: BgpPath | null;
  /** Null if the peer was not sent the prefix. */
  readonly advertised: BgpPath | null;
  /** The prefix has an UPDATE to send. */
  readonly isPending: boolean;
  /** Why the desired path cannot be encoded for this session's peer; null if it can. */
  readonly failure: PackFailure | null;
};

export class AdjRibOut {
  readonly #tables: RibTables;
  readonly #desired: PathTable;
  readonly #advertised: PathTable;
  readonly #pending = new PendingPrefixes();
  /** Advertised, and to be re-advertised by a route refresh. */
  readonly #readvertise = new Set<number>();
  /** Desired, but the path cannot be encoded for this session's peer. */
  readonly #unsendable: Readonly<Record<Family, Map<number, PackFailure>>> = { 4: new Map(), 6: new Map() };
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
    this.#unsendable[4].clear();
    this.#unsendable[6].clear();
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

  /** In constant time. */
  counts(family: Family): RibCounts {
    const desired = this.#desired.size(family);
    return {
      desired,
      advertised: this.#advertised.size(family),
      pending: this.#pending.size(family),
      unsendable: this.#unsendable[family].size,
      notCarried: this.#peer === null || this.#peer.carries(family) ? 0 : desired,
    };
  }

  /** The prefixes that are desired or advertised, in no order. */
  prefixes(): readonly Prefix[] {
    const { prefixes } = this.#tables;
    const desired = this.#desired.prefixes();
    const others = this.#advertised.prefixes().filter((prefixId) => this.#desired.at(prefixId) === 0);
    return [...desired, ...others].map((prefixId) => prefixes.at(prefixId));
  }

  /** The state of one prefix, in constant time; null if it is neither desired nor advertised. */
  routeOf(prefix: Prefix): RibRoute | null {
    const { prefixes, paths } = this.#tables;
    const prefixId = prefixes.find(prefix);
    if (prefixId === null) return null;
    const [desired, advertised] = [this.#desired.at(prefixId), this.#advertised.at(prefixId)];
    if (desired === 0 && advertised === 0) return null;
    return {
      desired: desired === 0 ? null : paths.at(desired),
      advertised: advertised === 0 ? null : paths.at(advertised),
      isPending: this.#pending.has(prefixId),
      failure: this.#unsendable[prefix.family].get(prefixId) ?? null,
    };
  }

  /** Moves the prefix into the pending batch of its desired path, or out of the pending set. */
  #updatePending(prefixId: number): void {
    const { prefixes, paths } = this.#tables;
    const { family } = prefixes.at(prefixId);
    if (this.#peer?.carries(family) !== true) return;
    const desired = this.#desired.at(prefixId);
    const failure = desired === 0 ? null : this.#peer.packFailure(family, paths.at(desired));
    if (failure === null) this.#unsendable[family].delete(prefixId);
    else this.#unsendable[family].set(prefixId, failure);
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
