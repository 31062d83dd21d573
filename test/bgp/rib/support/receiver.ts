/**
 * A peer that records the routes it receives and verifies every message against the desired routes, kept in a plain `Map` by
 * text.
 */
import assert from 'node:assert/strict';
import { isDeepStrictEqual } from 'node:util';
import type { BgpPath } from '../../../../src/bgp/attributes/path.ts';
import type { SessionTerms } from '../../../../src/bgp/rib/peer-terms.ts';
import { unicastFamilyOf } from '../../../../src/bgp/wire/codes.ts';
import { REFRESH_SUBTYPE, type RouteRefresh, type Update } from '../../../../src/bgp/wire/message.ts';
import { decodePrefixes } from '../../../../src/bgp/wire/nlri.ts';
import { decodeMessage } from '../../../../src/bgp/wire/read/decode.ts';
import type { Family } from '../../../../src/net/address.ts';
import { formatPrefix, type Prefix } from '../../../../src/net/prefix.ts';

export type DesiredRoute = { readonly prefix: Prefix; readonly path: BgpPath };
/** Desired routes by the prefix's text. */
export type DesiredRoutes = ReadonlyMap<string, DesiredRoute>;

/** More than fit into a message of 4096 octets. */
export const TOO_MANY_COMMUNITIES = 1100;

/** Why the route cannot be sent, as the kind of a `PackFailure`, or null. */
export function packFailureKind(
  { prefix, path }: DesiredRoute,
  { extendedNextHop, sendMax }: SessionTerms,
): string | null {
  const hop = path.nextHop.address.family;
  if (prefix.family === 4 && hop === 6 && !extendedNextHop) return 'next-hop-family';
  if (prefix.family === 6 && hop === 4) return 'next-hop-family';
  return path.attributes.communities.length >= TOO_MANY_COMMUNITIES && sendMax < 5000 ? 'too-large' : null;
}

/** Longest prefix on the wire. */
const PREFIX_BYTES_MAX = 17;

export class Receiver {
  readonly routes = new Map<string, DesiredRoute>();
  readonly ended = new Set<Family>();
  /** Advertised, and due again since a refresh. */
  readonly #readvertiseDue = new Set<string>();
  /** Families between BoRR and EoRR. */
  readonly #refreshing = new Set<Family>();
  readonly #terms: SessionTerms;
  readonly #desired: DesiredRoutes;
  /** Path of the last message, whether it was full, and the paths before it. */
  #lastBatch = '';
  #wasFull = true;
  readonly #finishedBatches = new Set<string>();
  #isAnnouncing = false;

  /** `desired` is a live view. */
  constructor(terms: SessionTerms, desired: DesiredRoutes) {
    this.#terms = terms;
    this.#desired = desired;
  }

  /** A refresh without BoRR: all advertised routes are due again. */
  plainRefresh(family: Family): void {
    if (this.#terms.families.includes(family)) this.#expectReadvertise(family);
  }

  get refreshing(): boolean {
    return this.#refreshing.size + this.#readvertiseDue.size > 0;
  }

  /** The messages of one `takeMessages`. */
  receive(messages: readonly Uint8Array[], complete: boolean): void {
    this.#isAnnouncing = false;
    this.#resetBatches();
    for (const bytes of messages) this.#receiveOne(bytes, complete);
  }

  /** Prefixes that the peer must have when nothing is pending. */
  expected(family: Family): readonly string[] {
    if (!this.#terms.families.includes(family)) return [];
    const due = [...this.#desired].filter(([, route]) => this.#sendable(route, family));
    return due.map(([text]) => text).sort();
  }

  advertised(family: Family): readonly string[] {
    return [...this.routes]
      .filter(([, { prefix }]) => prefix.family === family)
      .map(([text]) => text)
      .sort();
  }

  #sendable(route: DesiredRoute, family: Family): boolean {
    return route.prefix.family === family && packFailureKind(route, this.#terms) === null;
  }

  #receiveOne(bytes: Uint8Array, complete: boolean): void {
    const { sendMax, fourOctetAs, extendedNextHop } = this.#terms;
    assert.ok(bytes.length <= sendMax, `${bytes.length} octets of ${sendMax}`);
    const terms = { internal: true, families: [4, 6] as const, receiveMax: sendMax };
    const read = decodeMessage(bytes, { ...terms, fourOctetAs, extendedNextHop });
    assert.ok(read.ok, read.ok ? '' : read.error.reason);
    const message = read.value;
    if (message.kind === 'route-refresh') this.#receiveDemarcation(message);
    else if (message.kind === 'update') this.#receiveUpdate(message, bytes.length, complete);
    else assert.fail(`a ${message.kind}`);
  }

  #receiveDemarcation({ afi, safi, subtype }: RouteRefresh): void {
    const family = unicastFamilyOf(afi, safi);
    assert.ok(family !== null && this.#terms.families.includes(family) && this.#terms.enhancedRouteRefresh);
    assert.ok(this.ended.has(family), 'RFC 7313 4: no BoRR before End-of-RIB');
    if (subtype === REFRESH_SUBTYPE.begin) {
      assert.ok(!this.#refreshing.has(family), 'BoRR within a refresh');
      this.#refreshing.add(family);
      this.#expectReadvertise(family);
      this.#resetBatches();
    } else {
      assert.equal(subtype, REFRESH_SUBTYPE.end);
      assert.ok(this.#refreshing.delete(family), 'EoRR without BoRR');
      const due = [...this.#readvertiseDue].filter((text) => this.routes.get(text)?.prefix.family === family);
      assert.deepEqual(due, [], 'EoRR before all routes were re-advertised');
      assert.deepEqual(this.advertised(family), this.expected(family));
    }
  }

  #expectReadvertise(family: Family): void {
    for (const text of this.advertised(family)) this.#readvertiseDue.add(text);
  }

  #receiveUpdate(update: Update, octets: number, complete: boolean): void {
    assert.deepEqual(update.faults, []);
    const { endOfRib } = update;
    if (endOfRib !== null) {
      assert.ok(complete, 'End-of-RIB before the desired routes were complete');
      assert.ok(this.#terms.families.includes(endOfRib));
      assert.ok(!this.ended.has(endOfRib), 'a second End-of-RIB');
      assert.deepEqual(
        this.advertised(endOfRib),
        this.expected(endOfRib),
        'End-of-RIB before all routes were advertised',
      );
      this.ended.add(endOfRib);
      return;
    }
    assert.equal(update.withdrawn.length + update.announced.length, 1);
    for (const nlri of update.withdrawn) {
      this.#checkBatch(`withdrawn ${nlri.family}`, octets);
      for (const prefix of decodePrefixes(nlri)) this.#withdraw(prefix);
    }
    for (const { nlri, nextHop } of update.announced) {
      const { attributes } = update;
      assert.ok(attributes !== null);
      this.#isAnnouncing = true;
      const [first, ...rest] = decodePrefixes(nlri);
      assert.ok(first !== undefined);
      const path = this.#desired.get(formatPrefix(first))?.path;
      assert.ok(isDeepStrictEqual({ nextHop, attributes }, path), `${formatPrefix(first)} with another path`);
      this.#checkBatch(`${nlri.family} ${JSON.stringify({ nextHop, attributes }, toJson)}`, octets);
      for (const prefix of [first, ...rest]) this.#announce(prefix, path as BgpPath);
    }
  }

  #resetBatches(): void {
    this.#lastBatch = '';
    this.#wasFull = true;
    this.#finishedBatches.clear();
  }

  /** Messages of one batch are consecutive, and only the last one is not full. */
  #checkBatch(batch: string, octets: number): void {
    if (batch === this.#lastBatch) assert.ok(this.#wasFull, 'a message that was not filled');
    else {
      assert.ok(!this.#finishedBatches.has(batch), 'a batch in two pieces');
      this.#finishedBatches.add(this.#lastBatch);
      this.#lastBatch = batch;
    }
    this.#wasFull = octets + PREFIX_BYTES_MAX > this.#terms.sendMax;
  }

  #withdraw(prefix: Prefix): void {
    const text = formatPrefix(prefix);
    assert.ok(this.routes.delete(text), `${text} withdrawn, but never advertised`);
    this.#readvertiseDue.delete(text);
    const route = this.#desired.get(text);
    assert.ok(!this.#isAnnouncing, `${text} withdrawn after announcements`);
    if (route === undefined) return;
    assert.notEqual(packFailureKind(route, this.#terms), null, `${text} withdrawn though it only changed`);
  }

  #announce(prefix: Prefix, path: BgpPath): void {
    const text = formatPrefix(prefix);
    const route = this.#desired.get(text);
    assert.ok(route?.path === path || isDeepStrictEqual(route?.path, path), `${text} with another path`);
    assert.ok(this.#terms.families.includes(prefix.family), `${text} is of no family of the session`);
    const known = this.routes.get(text);
    const isReadvertised = this.#readvertiseDue.delete(text);
    assert.ok(
      isReadvertised || (known?.path !== path && !isDeepStrictEqual(known?.path, path)),
      `${text} advertised twice`,
    );
    this.routes.set(text, { prefix, path });
  }
}

const toJson = (_: string, value: unknown): unknown =>
  typeof value === 'bigint' ? value.toString() : value instanceof Uint8Array ? [...value] : value;
