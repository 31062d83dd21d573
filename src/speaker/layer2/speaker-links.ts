/**
 * BFD between the speakers (RFC 5880, 5883): which of the others this one hears. A session that never came up says nothing, so
 * that a firewall between two nodes moves no address.
 */
import { isDeepStrictEqual } from 'node:util';
import type { Clock, Millis } from '../../base/clock.ts';
import type { BfdSessions, BfdStateChange } from '../../bfd/sessions.ts';
import type { BfdAuthentication, BfdSessionSpec, BfdSettings } from '../../bfd/settings.ts';
import type { Verdict } from '../../layer2/membership/alive.ts';
import type { PresenceInputs } from '../../layer2/membership/speaker-presence.ts';
import type { Address } from '../../net/address.ts';

/** Three packets in 200 ms each: a speaker that is gone is missed after 600 ms. */
const INTERVAL: Millis = 200;
const DETECT_MULTIPLIER = 3;
/** Nodes may be some routers apart. A packet from farther away is dropped (RFC 5883 6). */
const MINIMUM_TTL = 250;

/**
 * A speaker that was lost, and says nothing of it in its SpeakerStatus for this long, does not run: both ends of a link that
 * broke notice at the same time.
 */
export const SILENCE_GRACE: Millis = 250;

/**
 * The same for several speakers that were lost and may still hear each other: after this time they died together. Longer,
 * since there is nobody else who could tell them from the other half of a network that broke.
 */
export const GROUP_SILENCE_GRACE: Millis = 1000;

/**
 * A speaker that has published that it had a session with this one, and has none for this long after this one started, is
 * lost, too: BFD gets through between the two. A session takes up to 3 s to come up (RFC 5880 6.8.3).
 */
export const START_GRACE: Millis = 5000;

/** Up to so many speakers, each has a session with every other one. */
export const FULL_MESH_MAX = 32;

export type LinkedSpeaker = {
  readonly node: string;
  readonly address: Address;
  /** It has published that it had a session with this one, perhaps with an earlier process. */
  readonly wasLinked: boolean;
};

export type SpeakerLinksOptions = {
  readonly clock: Clock;
  readonly sessions: BfdSessions;
  readonly node: string;
  /** UDP port of all speakers. */
  readonly port: number;
  /** Null where the speakers have no common secret. */
  readonly authentication: BfdAuthentication | null;
  /** A speaker was lost, returned, or has been silent for one of the two times. */
  readonly changed: () => void;
  /** A session came up or went down. */
  readonly linkChanged: (node: string, isUp: boolean) => void;
};

/** What the sessions say for `speakerPresence`. */
export type ObservedLinks = Pick<PresenceInputs, 'verdicts' | 'longLost' | 'lostForLonger'>;

/** Without sessions. */
export const NO_LINKS: ObservedLinks = { verdicts: [], longLost: new Set(), lostForLonger: new Set() };

type Link = {
  readonly addedAt: Millis;
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
      ...{ passive: false, minimumTtl: MINIMUM_TTL, authentication },
    };
    const linked = others.length < FULL_MESH_MAX ? others : [];
    const specs = linked
      .filter(({ address }) => address.family === own.family)
      .map(
        ({ node, address: remote }): BfdSessionSpec => ({
          ...{ key: node, remote, local: own, interface: null, multihop: true, port, settings },
        }),
      );
    const isNew = !isDeepStrictEqual(specs, this.#specs);
    if (isNew) this.#setLinks(new Set(specs.map(({ key }) => key)));
    for (const { node, wasLinked } of others) {
      const link = this.#links.get(node);
      if (link !== undefined) link.wasLinked = wasLinked;
    }
    if (!isNew) return;
    this.#specs = specs;
    sessions.apply(specs);
  }

  #setLinks(names: ReadonlySet<string>): void {
    const { clock, changed } = this.#options;
    const addedAt = clock.now();
    for (const name of this.#links.keys()) if (!names.has(name)) this.#links.delete(name);
    for (const name of names) {
      if (this.#links.has(name)) continue;
      this.#links.set(name, { addedAt, wasLinked: false, isUp: false, hasBeenUp: false, lostAt: null });
      for (const grace of [0, SILENCE_GRACE, GROUP_SILENCE_GRACE])
        clock.after(START_GRACE + grace, () => {
          if (this.#links.get(name)?.hasBeenUp === false) changed();
        });
    }
  }

  /** Of those that have been up, and of those that should be. */
  get verdicts(): readonly Verdict[] {
    return [...this.#links].flatMap(([node, link]) =>
      link.hasBeenUp || this.#lostAt(link) !== null
        ? [{ watcher: this.#options.node, node, isUp: link.isUp }]
        : [],
    );
  }

  /** Those that have been up, sorted. */
  get linked(): readonly string[] {
    return [...this.#links].flatMap(([node, { hasBeenUp }]) => (hasBeenUp ? [node] : [])).sort();
  }

  /** Those that have been up and are not, sorted. */
  get lost(): readonly string[] {
    return [...this.#links].flatMap(([node, one]) => (one.hasBeenUp && !one.isUp ? [node] : [])).sort();
  }

  get observed(): ObservedLinks {
    return {
      verdicts: this.verdicts,
      longLost: this.lostFor(SILENCE_GRACE),
      lostForLonger: this.lostFor(GROUP_SILENCE_GRACE),
    };
  }

  /** Those that were lost `ago` or earlier. */
  lostFor(ago: Millis): ReadonlySet<string> {
    const since = this.#options.clock.now() - ago;
    return new Set(
      [...this.#links].flatMap(([node, link]) => {
        const lostAt = this.#lostAt(link);
        return lostAt !== null && lostAt <= since ? [node] : [];
      }),
    );
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
    if (!isUp) for (const grace of [SILENCE_GRACE, GROUP_SILENCE_GRACE]) clock.after(grace, changed);
  }
}
