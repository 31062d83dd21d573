/**
 * BFD between the speakers (RFC 5880, 5883): which of the others this one hears. A session that never came up says nothing, so
 * that a firewall between two nodes moves no address.
 */
import { isDeepStrictEqual } from 'node:util';
import type { Clock, Millis } from '../../base/clock.ts';
import { compareText } from '../../base/text.ts';
import type { BfdSessions, BfdStateChange } from '../../bfd/sessions.ts';
import type { BfdAuthentication, BfdSessionSpec, BfdSettings } from '../../bfd/settings.ts';
import type { Loss } from '../../layer2/membership/silent-speakers.ts';
import type { Address } from '../../net/address.ts';

/** Three packets in 200 ms each: a speaker that is gone is missed after 600 ms. */
const INTERVAL: Millis = 200;
const DETECT_MULTIPLIER = 3;
/** Nodes may be some routers apart. A packet from farther away is dropped (RFC 5883 6). */
const MINIMUM_TTL = 250;

/**
 * A speaker that has published that it had a session with this one, and has none for this long after this one started, is
 * lost, too: BFD gets through between the two. A session takes up to 3 s to come up (RFC 5880 6.8.3).
 */
export const START_GRACE: Millis = 5000;

/**
 * A session that is not wanted any more goes on for this long: the other end may learn later that it is not, and must not take
 * its end for a loss.
 */
export const LINGER: Millis = 10_000;

export type LinkedSpeaker = {
  readonly node: string;
  readonly address: Address;
  /** The two watch each other. */
  readonly isNeighbour: boolean;
  /** It has published that it had a session with this one, perhaps with an earlier process. */
  readonly wasLinked: boolean;
};

export type SpeakerLinksOptions = {
  readonly clock: Clock;
  readonly sessions: BfdSessions;
  readonly node: string;
  /** UDP port of all speakers. */
  readonly port: number;
  /** As it is now; null where the speakers have no common secret. */
  readonly authentication: () => BfdAuthentication | null;
  /** A speaker was lost or returned, or a session is to end. */
  readonly changed: () => void;
  /** A session came up or went down. */
  readonly linkChanged: (node: string, isUp: boolean) => void;
};

type Link = {
  readonly addedAt: Millis;
  /** Null while it is wanted. */
  unwantedAt: Millis | null;
  wasLinked: boolean;
  isUp: boolean;
  hasBeenUp: boolean;
  lostAt: Millis | null;
};

export class SpeakerLinks {
  readonly #options: SpeakerLinksOptions;
  readonly #links = new Map<string, Link>();
  #specs: readonly BfdSessionSpec[] = [];

  constructor(options: SpeakerLinksOptions) {
    this.#options = options;
    options.sessions.onChange((change) => this.#stateChanged(change));
  }

  /** All other speakers as they are published; `own` is the source address of the sessions. */
  setSpeakers(own: Address, others: readonly LinkedSpeaker[]): void {
    const { sessions, port, authentication } = this.#options;
    const settings: BfdSettings = {
      ...{ desiredMinTx: INTERVAL, requiredMinRx: INTERVAL, detectMultiplier: DETECT_MULTIPLIER },
      ...{ passive: false, minimumTtl: MINIMUM_TTL, authentication: authentication() },
    };
    const reachable = others.filter(({ address }) => address.family === own.family);
    this.#setLinks(reachable);
    const specs = reachable
      .filter(({ node }) => this.#links.has(node))
      .map(
        ({ node, address: remote }): BfdSessionSpec => ({
          ...{ key: node, remote, local: own, interface: null, multihop: true, port, settings },
        }),
      );
    if (isDeepStrictEqual(specs, this.#specs)) return;
    this.#specs = specs;
    sessions.apply(specs);
  }

  #setLinks(others: readonly LinkedSpeaker[]): void {
    const now = this.#options.clock.now();
    const published = new Map(others.map((one) => [one.node, one]));
    for (const [name, link] of this.#links) {
      if (published.get(name)?.isNeighbour === true) {
        // The other end may have ended it while it was not wanted: that is no loss. It begins anew.
        if (link.unwantedAt !== null && !link.isUp) this.#links.delete(name);
        else link.unwantedAt = null;
      } else if (!published.has(name) || this.#isOver(link, now)) this.#links.delete(name);
    }
    for (const { node, isNeighbour, wasLinked } of others) {
      if (isNeighbour && !this.#links.has(node)) this.#add(node, now);
      const link = this.#links.get(node);
      if (link !== undefined) link.wasLinked = wasLinked;
    }
  }

  #add(node: string, addedAt: Millis): void {
    const { clock, changed } = this.#options;
    const link = { addedAt, unwantedAt: null, wasLinked: false, isUp: false, hasBeenUp: false, lostAt: null };
    this.#links.set(node, link);
    clock.after(START_GRACE, () => {
      if (this.#links.get(node)?.hasBeenUp === false) changed();
    });
  }

  /** Begins the wait for its end, where it is not wanted any more. */
  #isOver(link: Link, now: Millis): boolean {
    const { clock, changed } = this.#options;
    if (link.unwantedAt === null) {
      link.unwantedAt = now;
      clock.after(LINGER, changed);
    }
    return now >= link.unwantedAt + LINGER;
  }

  /** Those that have been up, sorted. */
  get linked(): readonly string[] {
    return this.#neighbours(({ hasBeenUp }) => hasBeenUp);
  }

  /** Those that are not up, and have been or should be; sorted. */
  get lost(): readonly string[] {
    return this.#neighbours((link) => this.#lostAt(link) !== null);
  }

  get losses(): readonly Loss[] {
    return [...this.#links].flatMap(([node, link]) => {
      const since = link.unwantedAt === null ? this.#lostAt(link) : null;
      return since === null ? [] : [{ watcher: this.#options.node, node, since }];
    });
  }

  #neighbours(holds: (link: Link) => boolean): readonly string[] {
    return [...this.#links]
      .flatMap(([node, link]) => (link.unwantedAt === null && holds(link) ? [node] : []))
      .sort(compareText);
  }

  /** Null while nothing says that it is lost. */
  #lostAt({ addedAt, wasLinked, hasBeenUp, lostAt }: Link): Millis | null {
    if (hasBeenUp || !wasLinked) return lostAt;
    const late = addedAt + START_GRACE;
    return late <= this.#options.clock.now() ? late : null;
  }

  /** It has heard others, and hears none of them any more. */
  get isAlone(): boolean {
    const heard = [...this.#links.values()].filter(({ hasBeenUp }) => hasBeenUp);
    return heard.length > 0 && heard.every(({ isUp }) => !isUp);
  }

  /** Says AdminDown to all: others take over at once. */
  stop(): Promise<void> {
    this.#links.clear();
    return this.#options.sessions.stop();
  }

  #stateChanged({ status: { key, state, remoteState } }: BfdStateChange): void {
    const link = this.#links.get(key);
    if (link === undefined) return;
    const isUp = state === 'Up' && remoteState !== 'AdminDown';
    if (isUp === link.isUp) return;
    const { clock, changed, linkChanged } = this.#options;
    link.isUp = isUp;
    link.hasBeenUp ||= isUp;
    link.lostAt = isUp ? null : clock.now();
    linkChanged(key, isUp);
    changed();
  }
}
