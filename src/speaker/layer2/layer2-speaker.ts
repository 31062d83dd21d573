/**
 * Layer 2 of one node: elects owners when something changes, gives the wire the addresses that this node owns, and has the
 * records written behind. It waits for nobody: without an API server, what is known stands.
 */
import { isDeepStrictEqual } from 'node:util';
import type { Clock, Millis } from '../../base/clock.ts';
import { sameMembers } from '../../base/list.ts';
import { HANDOVER_MAX, HEALED_HANDOVER_MAX, NO_SUCCESSOR } from '../../layer2/election/handover.ts';
import type { Layer2State } from '../../layer2/election/layer2-state.ts';
import { type NodeShare, nodeShares } from '../../layer2/election/node-share.ts';
import type { RecordIndex } from '../../layer2/election/record-index.ts';
import { planRecords, type RecordChange } from '../../layer2/election/record-plan.ts';
import { successorsOf } from '../../layer2/election/successors.ts';
import { HEALING_TIME } from '../../layer2/membership/healing-network.ts';
import { toPublished } from '../../layer2/membership/published-interface.ts';
import type { PublishedInterface, SpeakerPresence } from '../../layer2/membership/speaker-presence.ts';
import type { Layer2Model, Layer2Situation } from '../../layer2/model/layer2-model.ts';
import type { WatchedRecord } from '../../layer2/objects/watched-objects.ts';
import type { Layer2Wire, MacAddress, OwnedAddress, WireEvent } from '../../layer2/packets/layer2-wire.ts';
import { AnsweredTable } from './answered-table.ts';
import type { IsolationState } from './isolation.ts';
import type { OpenWire } from './ports.ts';
import { StartingSpeakers } from './starting-speakers.ts';

/** Pause that an election costs, as a multiple of what it took: they take a fifth of a core at most. */
const ELECTION_PAUSE = 4;

/** Pauses that may be owed: a few elections after a quiet time follow each other without any. */
const PAUSE_OWED_MAX: Millis = 250;

/**
 * A speaker publishes a MAC address at about the time when it answers from it. So a claim from an unknown one is looked at
 * again after this time, before it counts as another host's.
 */
export const CLAIM_RECHECK: Millis = 1000;

/** A process that stood still for as long as BFD takes to miss it answers nothing until it has looked again. */
export const SUSPENDED_AFTER: Millis = 600;

/** Between two questions to the API server after a standstill. */
const CONFIRM_INTERVAL: Millis = 500;

export type Layer2Observer = {
  /** The wire cannot be opened: a sentence. */
  readonly notOpened: (because: string) => void;
  /** After an election. */
  readonly elected: (outcome: ElectionOutcome) => void;
  /** The interfaces that can answer differ. */
  readonly interfacesChanged: () => void;
  /** Of the wire, except for its interfaces. */
  readonly wireEvent: (event: Exclude<WireEvent, { kind: 'interfaces' }>) => void;
};

export type ElectionOutcome = {
  readonly state: Layer2State;
  /** What of it this node may take by now, or report: see `StartingSpeakers`. */
  readonly ownable: Layer2State;
  /** Of this node. */
  readonly share: NodeShare;
  /** What is to be written. */
  readonly records: readonly RecordChange<WatchedRecord>[];
};

export type Layer2SpeakerOptions = {
  readonly clock: Clock;
  readonly node: string;
  readonly model: Layer2Model;
  readonly openWire: OpenWire;
  /** Of the caches, as they are now; null while one has not synced. */
  readonly situation: () => (Omit<Layer2Situation, 'presence' | 'records'> & Layer2Inputs) | null;
  readonly isolation: () => IsolationState;
  /** A node that is cut off goes on answering for what it has. */
  readonly keepsWhenIsolated: boolean;
  /** Reads again who answers for what, before a process that stood still answers for anything. False where it cannot. */
  readonly confirm: () => Promise<boolean>;
  readonly observer: Layer2Observer;
};

export type Layer2Inputs = {
  readonly presence: SpeakerPresence;
  readonly records: RecordIndex<WatchedRecord>;
};

export class Layer2Speaker {
  readonly #options: Layer2SpeakerOptions;
  #wire: Layer2Wire | null = null;
  #isStopped = false;
  #interfaces: readonly PublishedInterface[] | null = null;
  readonly #answered: AnsweredTable;
  readonly #starting: StartingSpeakers;
  readonly #shareOf: (state: Layer2State) => NodeShare;
  /** Their nodes, by MAC address. */
  #speakers: ReadonlyMap<MacAddress, string> = new Map();
  #cancelTimer: (() => void) | null = null;
  /** When the pauses of all elections would be over. */
  #pausedUntil: Millis = Number.NEGATIVE_INFINITY;
  #returnedAt: Millis = Number.NEGATIVE_INFINITY;
  /** Of the last election; null before the first. */
  #state: Layer2State | null = null;
  /** After a standstill, another node may have taken the addresses long ago: then nothing is handed over. */
  #isSuspended = false;

  constructor(options: Layer2SpeakerOptions) {
    this.#options = options;
    const { clock, node } = options;
    this.#starting = new StartingSpeakers({ clock, node, changed: () => this.changed() });
    this.#shareOf = nodeShares(node);
    this.#answered = new AnsweredTable(options.clock, (table) => this.#wire?.setOwned(table));
  }

  /** Those that can answer; null until the wire has reported them. */
  get interfaces(): readonly PublishedInterface[] | null {
    return this.#interfaces;
  }

  get owned(): readonly OwnedAddress[] {
    return this.#answered.owned;
  }

  /** `excluded` are regular expressions of interfaces that are left alone. */
  async start(excluded: readonly string[]): Promise<void> {
    const opened = await this.#options.openWire({
      ...{ suspendedAfter: SUSPENDED_AFTER, excluded },
      onEvent: (event) => this.#wireEvent(event),
    });
    if (!opened.ok) {
      this.#options.observer.notOpened(opened.error);
      return;
    }
    if (this.#isStopped) return opened.value.close();
    this.#wire = opened.value;
    this.changed();
  }

  /** Replaces the list of `start`. */
  setExcluded(patterns: readonly string[]): void {
    this.#wire?.setExcluded(patterns);
  }

  /** Something that the election depends on has changed. */
  changed(): void {
    if (this.#wire === null || this.#interfaces === null || this.#cancelTimer !== null) return;
    const { clock } = this.#options;
    const wait = Math.max(0, this.#pausedUntil - PAUSE_OWED_MAX - clock.now());
    this.#cancelTimer = clock.after(wait, () => {
      this.#cancelTimer = null;
      this.#elect();
    });
  }

  /** A part of the network has come back: a node there may answer for the same addresses. */
  partReturned(): void {
    this.#returnedAt = this.#options.clock.now();
  }

  /** A part of the segment missed who answers: elects now, and announces what this node owns once more. */
  announceAgain(): void {
    this.#elect();
    if (this.#options.isolation() === 'connected')
      this.#wire?.announce(this.owned.map(({ address }) => address));
  }

  /** Answers until the successors have announced themselves, and ends. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#cancelTimer?.();
    this.#starting.stop();
    const wire = this.#wire;
    if (wire === null) return;
    if (this.#hasSuccessors()) await this.#answered.leaveAll();
    this.#answered.stop();
    this.#wire = null;
    await wire.close();
  }

  #hasSuccessors(): boolean {
    const running = this.#options.situation()?.presence.running;
    return running !== undefined && running.size > 1;
  }

  #elect(): void {
    const { clock, model, node, observer, situation, keepsWhenIsolated } = this.#options;
    const startedAt = clock.now();
    const now = situation();
    if (now === null || this.#wire === null || this.#isStopped) return;
    const { presence, records, ...cluster } = now;
    const isolation = this.#options.isolation();
    if (isolation !== 'connected') {
      // Of two speakers nobody can tell which is cut off: each keeps what it has, and takes nothing.
      const isSilent = !keepsWhenIsolated && presence.interfaces.size > 2;
      if (isolation === 'cut-off' && isSilent) this.#answered.setOwned([], NO_SUCCESSOR);
      return;
    }
    const state = model.recompute({ ...cluster, presence, records: () => records.all() });
    const before = this.#state;
    this.#state = state;
    this.#setSpeakers(presence);
    const ownable = this.#starting.ownable(state, presence.expected);
    const share = this.#shareOf(ownable);
    const successors = this.#isSuspended
      ? NO_SUCCESSOR
      : successorsOf({ node, before, state, alive: presence.alive });
    const isHealing = startedAt - this.#returnedAt < HEALING_TIME;
    this.#answered.setOwned(share.addresses, successors, isHealing ? HEALED_HANDOVER_MAX : HANDOVER_MAX);
    const others = new Set(presence.metallb.map(({ pod }) => pod));
    const plan = planRecords(state, records, { node, share, alive: presence.running, others });
    observer.elected({ state, ownable, share, records: plan });
    const electedAt = clock.now();
    const pause = ELECTION_PAUSE * (electedAt - startedAt);
    this.#pausedUntil = Math.max(this.#pausedUntil, electedAt) + pause;
  }

  /** After a standstill: another node may own the addresses now. */
  async #confirm(): Promise<void> {
    const { clock, confirm } = this.#options;
    if (!(await confirm())) {
      clock.after(CONFIRM_INTERVAL, () => void this.#confirm());
      return;
    }
    this.#elect();
    this.#isSuspended = false;
    this.#wire?.resume();
  }

  #wireEvent(event: WireEvent): void {
    const { observer } = this.#options;
    switch (event.kind) {
      case 'interfaces': {
        const interfaces = event.interfaces.map(toPublished);
        if (this.#interfaces !== null && isDeepStrictEqual(interfaces, this.#interfaces)) return;
        this.#interfaces = interfaces;
        observer.interfacesChanged();
        this.changed();
        return;
      }
      case 'suspended':
        this.#isSuspended = true;
        void this.#confirm();
        break;
      case 'claimed':
      case 'refused': {
        if (this.#isOfSpeaker(event)) return;
        this.#options.clock.after(CLAIM_RECHECK, () => {
          if (this.#wire === null || this.#isOfSpeaker(event)) return;
          if (event.kind === 'claimed') this.#wire.defend(event.address, event.interface);
          observer.wireEvent(event);
        });
        return;
      }
      case 'failed':
        this.#wire = null;
        this.#answered.setOwned([], NO_SUCCESSOR);
        // Others elect among themselves as soon as this is published.
        this.#interfaces = null;
        observer.interfacesChanged();
        break;
      default:
        break;
    }
    observer.wireEvent(event);
  }

  /** Whether a speaker sent the packet. */
  #isOfSpeaker(event: Extract<WireEvent, { kind: 'claimed' | 'refused' }>): boolean {
    const sender = this.#speakerOf(event.mac);
    if (event.kind === 'refused') return sender !== null;
    if (event.isAnnouncement && sender !== null && sender !== this.#options.node)
      this.#answered.announced(event.address, sender);
    return sender !== null || event.isSpeaker;
  }

  /** The node that has published the MAC address; null for none. What the last election did not have is looked up once more. */
  #speakerOf(mac: MacAddress): string | null {
    const known = this.#speakers.get(mac);
    if (known !== undefined) return known;
    const presence = this.#options.situation()?.presence;
    const sender = presence === undefined ? null : (nodesByMac(presence).get(mac) ?? null);
    if (presence !== undefined && sender !== null) this.#setSpeakers(presence);
    return sender;
  }

  #setSpeakers(presence: SpeakerPresence): void {
    const before = this.#speakers;
    this.#speakers = nodesByMac(presence);
    const macs = new Set(this.#speakers.keys());
    if (!sameMembers(macs, new Set(before.keys()))) this.#wire?.setSpeakers([...macs]);
  }
}

const nodesByMac = ({ interfaces }: SpeakerPresence): ReadonlyMap<MacAddress, string> =>
  new Map([...interfaces].flatMap(([node, list]) => list.map(({ mac }) => [mac, node] as const)));
