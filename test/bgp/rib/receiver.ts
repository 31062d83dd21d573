/**
 * A peer that writes down what it hears, and complains of what no peer should hear. It knows what is wanted of each
 * prefix at the moment, in the plainest way: a `Map` by text.
 */
import assert from 'node:assert/strict';
import { isDeepStrictEqual } from 'node:util';
import type { SessionTerms } from '../../../src/bgp/rib/listener.ts';
import { familyOf } from '../../../src/bgp/wire/codes.ts';
import { decodeMessage } from '../../../src/bgp/wire/decode.ts';
import { REFRESH, type RouteRefresh, type Update } from '../../../src/bgp/wire/message.ts';
import { prefixesIn } from '../../../src/bgp/wire/nlri.ts';
import type { Family } from '../../../src/net/address.ts';
import { formatPrefix, type Prefix } from '../../../src/net/prefix.ts';
import type { Path } from '../../../src/routes/path.ts';

export type Wish = { readonly prefix: Prefix; readonly path: Path };
/** What the peer should hear, by the prefix's text. */
export type Wishes = ReadonlyMap<string, Wish>;

/** More of them than a message of the usual size takes. */
export const TOO_MANY_COMMUNITIES = 1100;

/** What stands in the way of telling it, as `PackFailure` names it. */
export function obstacle({ prefix, path }: Wish, { extendedNextHop, sendMax }: SessionTerms): string | null {
  const hop = path.nextHop.address.family;
  if (prefix.family === 4 && hop === 6 && !extendedNextHop) return 'next-hop-family';
  if (prefix.family === 6 && hop === 4) return 'next-hop-family';
  return path.attributes.communities.length >= TOO_MANY_COMMUNITIES && sendMax < 5000 ? 'too-large' : null;
}

/** Longest prefix on the wire. */
const PREFIX_BYTES_MAX = 17;

export class Receiver {
  readonly routes = new Map<string, Wish>();
  readonly ended = new Set<Family>();
  /** Told, and owed once more since a refresh. */
  readonly #owed = new Set<string>();
  /** Families between BoRR and EoRR. */
  readonly #refreshing = new Set<Family>();
  readonly #terms: SessionTerms;
  readonly #wishes: Wishes;
  /** What the last message says of its prefixes, whether it was full, and what has been said before it. */
  #batch = '';
  #full = true;
  readonly #done = new Set<string>();
  #announcing = false;

  /** `wishes` changes as what is wanted does. */
  constructor(terms: SessionTerms, wishes: Wishes) {
    this.#terms = terms;
    this.#wishes = wishes;
  }

  /** Without frame: everything that was told is owed from now on. */
  plainRefresh(family: Family): void {
    if (this.#terms.families.includes(family)) this.#oweAll(family);
  }

  get refreshing(): boolean {
    return this.#refreshing.size + this.#owed.size > 0;
  }

  /** All that one `take` gave. */
  hear(messages: readonly Uint8Array[], complete: boolean): void {
    this.#announcing = false;
    this.#newBatches();
    for (const bytes of messages) this.#hearOne(bytes, complete);
  }

  /** What the peer should have heard when nothing waits any more. */
  due(family: Family): readonly string[] {
    if (!this.#terms.families.includes(family)) return [];
    const due = [...this.#wishes].filter(([, wish]) => this.#sendable(wish, family));
    return due.map(([text]) => text).sort();
  }

  told(family: Family): readonly string[] {
    return [...this.routes]
      .filter(([, { prefix }]) => prefix.family === family)
      .map(([text]) => text)
      .sort();
  }

  #sendable(wish: Wish, family: Family): boolean {
    return wish.prefix.family === family && obstacle(wish, this.#terms) === null;
  }

  #hearOne(bytes: Uint8Array, complete: boolean): void {
    const { sendMax, fourOctetAs, extendedNextHop } = this.#terms;
    assert.ok(bytes.length <= sendMax, `${bytes.length} octets of ${sendMax}`);
    const terms = { internal: true, families: [4, 6] as const, receiveMax: sendMax };
    const read = decodeMessage(bytes, { ...terms, fourOctetAs, extendedNextHop });
    assert.ok(read.ok, read.ok ? '' : read.error.says);
    const message = read.value;
    if (message.kind === 'route-refresh') this.#hearFrame(message);
    else if (message.kind === 'update') this.#hearUpdate(message, bytes.length, complete);
    else assert.fail(`a ${message.kind}`);
  }

  #hearFrame({ afi, safi, subtype }: RouteRefresh): void {
    const family = familyOf(afi, safi);
    assert.ok(family !== null && this.#terms.families.includes(family) && this.#terms.enhancedRouteRefresh);
    assert.ok(this.ended.has(family), 'RFC 7313 4: no BoRR before End-of-RIB');
    if (subtype === REFRESH.begin) {
      assert.ok(!this.#refreshing.has(family), 'BoRR within a refresh');
      this.#refreshing.add(family);
      this.#oweAll(family);
      this.#newBatches();
    } else {
      assert.equal(subtype, REFRESH.end);
      assert.ok(this.#refreshing.delete(family), 'EoRR without BoRR');
      const owed = [...this.#owed].filter((text) => this.routes.get(text)?.prefix.family === family);
      assert.deepEqual(owed, [], 'EoRR before everything was told again');
      assert.deepEqual(this.told(family), this.due(family));
    }
  }

  #oweAll(family: Family): void {
    for (const text of this.told(family)) this.#owed.add(text);
  }

  #hearUpdate(update: Update, octets: number, complete: boolean): void {
    assert.deepEqual(update.faults, []);
    const { endOfRib } = update;
    if (endOfRib !== null) {
      assert.ok(complete, 'End-of-RIB before the picture was complete');
      assert.ok(this.#terms.families.includes(endOfRib));
      assert.ok(!this.ended.has(endOfRib), 'a second End-of-RIB');
      assert.deepEqual(this.told(endOfRib), this.due(endOfRib), 'End-of-RIB before everything was told');
      this.ended.add(endOfRib);
      return;
    }
    assert.equal(update.withdrawn.length + update.announced.length, 1);
    for (const nlri of update.withdrawn) {
      this.#sameBatch(`withdrawn ${nlri.family}`, octets);
      for (const prefix of prefixesIn(nlri)) this.#withdraw(prefix);
    }
    for (const { nlri, nextHop } of update.announced) {
      const { attributes } = update;
      assert.ok(attributes !== null);
      this.#announcing = true;
      const [first, ...rest] = prefixesIn(nlri);
      assert.ok(first !== undefined);
      const path = this.#wishes.get(formatPrefix(first))?.path;
      assert.ok(isDeepStrictEqual({ nextHop, attributes }, path), `${formatPrefix(first)} with another path`);
      this.#sameBatch(`${nlri.family} ${JSON.stringify({ nextHop, attributes }, plainly)}`, octets);
      for (const prefix of [first, ...rest]) this.#announce(prefix, path as Path);
    }
  }

  #newBatches(): void {
    this.#batch = '';
    this.#full = true;
    this.#done.clear();
  }

  /** Messages of one batch follow each other, and only the last of them has room left. */
  #sameBatch(batch: string, octets: number): void {
    if (batch === this.#batch) assert.ok(this.#full, 'a message that was not filled');
    else {
      assert.ok(!this.#done.has(batch), 'a batch in two pieces');
      this.#done.add(this.#batch);
      this.#batch = batch;
    }
    this.#full = octets + PREFIX_BYTES_MAX > this.#terms.sendMax;
  }

  #withdraw(prefix: Prefix): void {
    const text = formatPrefix(prefix);
    assert.ok(this.routes.delete(text), `${text} withdrawn and never told`);
    this.#owed.delete(text);
    const wish = this.#wishes.get(text);
    assert.ok(!this.#announcing, `${text} withdrawn behind announcements`);
    if (wish === undefined) return;
    assert.notEqual(obstacle(wish, this.#terms), null, `${text} withdrawn though it only changed`);
  }

  #announce(prefix: Prefix, path: Path): void {
    const text = formatPrefix(prefix);
    const wish = this.#wishes.get(text);
    assert.ok(wish?.path === path || isDeepStrictEqual(wish?.path, path), `${text} with another path`);
    assert.ok(this.#terms.families.includes(prefix.family), `${text} is of no family of the session`);
    const known = this.routes.get(text);
    const again = this.#owed.delete(text);
    assert.ok(again || (known?.path !== path && !isDeepStrictEqual(known?.path, path)), `${text} told twice`);
    this.routes.set(text, { prefix, path });
  }
}

const plainly = (_: string, value: unknown): unknown =>
  typeof value === 'bigint' ? value.toString() : value instanceof Uint8Array ? [...value] : value;
