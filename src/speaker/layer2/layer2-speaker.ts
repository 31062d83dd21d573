/**
 * Layer 2 of one node: elects owners when something changes, gives the wire the addresses that this node owns, and has the
 * records written behind. It waits for nobody: without an API server, what is known stands.
 */
import { isDeepStrictEqual } from 'node:util';
import type { Clock, Millis } from '../../base/clock.ts';
import { type Layer2State, ownedAddresses } from '../../layer2/election/layer2-state.ts';
import { planRecords, type RecordChange } from '../../layer2/election/record-plan.ts';
import { toPublished } from '../../layer2/membership/published-interface.ts';
import type { PublishedInterface, SpeakerPresence } from '../../layer2/membership/speaker-presence.ts';
import type { Layer2Model, Layer2Situation } from '../../layer2/model/layer2-model.ts';
import type { WatchedRecord } from '../../layer2/objects/watched-objects.ts';
import type { Layer2Wire, MacAddress, OwnedAddress, WireEvent } from '../../layer2/packets/layer2-wire.ts';
import { type Address, formatAddress } from '../../net/address.ts';
import type { IsolationState } from './isolation.ts';
import type { OpenWire } from './ports.ts';

/** Changes within this time after an election are taken together. The first is not delayed. */
export const ELECTION_WINDOW: Millis = 20;

/** A speaker that stops goes on answering until its successors have announced themselves, at most for so long. */
export const HANDOVER_MAX: Millis = 1000;

/** A process that stood still for as long as BFD takes to miss it answers nothing until it has looked again. */
export const SUSPENDED_AFTER: Millis = 600;

/** Between two questions to the API server after a standstill. */
const CONFIRM_INTERVAL: Millis = 500;

export type Layer2Observer = {
  /** The wire cannot be opened: a sentence. */
  readonly notOpened: (because: string) => void;
  /** After an election. */
  readonly elected: (
    state: Layer2State,
    records: readonly RecordChange<WatchedRecord>[],
    presence: SpeakerPresence,
  ) => void;
  /** The interfaces that can answer differ. */
  readonly interfacesChanged: () => void;
  /** Of the wire, except for its interfaces. */
  readonly wireEvent: (event: Exclude<WireEvent, { kind: 'interfaces' }>) => void;
};

export type Layer2SpeakerOptions = {
  readonly clock: Clock;
  readonly node: string;
  readonly model: Layer2Model;
  readonly openWire: OpenWire;
  /** Of the caches, as they are now; null while one has not synced. */
  readonly situation: () => (Omit<Layer2Situation, 'presence' | 'recorded'> & Layer2Inputs) | null;
  readonly isolation: () => IsolationState;
  /** Reads again who answers for what, before a process that stood still answers for anything. False where it cannot. */
  readonly confirm: () => Promise<boolean>;
  readonly observer: Layer2Observer;
};

export type Layer2Inputs = {
  readonly presence: SpeakerPresence;
  readonly records: readonly WatchedRecord[];
};

export class Layer2Speaker {
  readonly #options: Layer2SpeakerOptions;
  #wire: Layer2Wire | null = null;
  #isStopped = false;
  #interfaces: readonly PublishedInterface[] | null = null;
  #owned: readonly OwnedAddress[] = [];
  #cancelTimer: (() => void) | null = null;
  #electedAt: Millis = Number.NEGATIVE_INFINITY;
  /** Addresses that successors have not announced yet; null while this speaker does not stop. */
  #handover: { readonly pending: Set<string>; readonly done: () => void } | null = null;

  constructor(options: Layer2SpeakerOptions) {
    this.#options = options;
  }

  /** Those that can answer; null until the wire has reported them. */
  get interfaces(): readonly PublishedInterface[] | null {
    return this.#interfaces;
  }

  get owned(): readonly OwnedAddress[] {
    return this.#owned;
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
    const wait = Math.max(0, this.#electedAt + ELECTION_WINDOW - clock.now());
    this.#cancelTimer = clock.after(wait, () => {
      this.#cancelTimer = null;
      this.#elect();
    });
  }

  /** Answers until the successors have announced themselves, and ends. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#cancelTimer?.();
    const wire = this.#wire;
    if (wire === null) return;
    const pending = new Set(this.#owned.map(({ address }) => formatAddress(address)));
    if (pending.size > 0 && this.#hasSuccessors()) {
      await new Promise<void>((resolve) => {
        const cancel = this.#options.clock.after(HANDOVER_MAX, resolve);
        const done = (): void => {
          cancel();
          resolve();
        };
        this.#handover = { pending, done };
      });
    }
    this.#wire = null;
    await wire.close();
  }

  #hasSuccessors(): boolean {
    const running = this.#options.situation()?.presence.running;
    return running !== undefined && running.size > 1;
  }

  #elect(): void {
    const { clock, model, node, observer, situation } = this.#options;
    const now = situation();
    if (now === null || this.#wire === null || this.#handover !== null) return;
    const { presence, records, ...cluster } = now;
    const isolation = this.#options.isolation();
    if (isolation !== 'connected') {
      // Of two speakers nobody can tell which is cut off: each keeps what it has, and takes nothing.
      if (isolation === 'cut-off' && presence.interfaces.size > 2) this.#setOwned([]);
      return;
    }
    const recorded = new Map(records.map((record) => [record.service, record.node]));
    const state = model.recompute({ ...cluster, presence, recorded });
    this.#electedAt = clock.now();
    this.#wire.setSpeakers([...macsOf(presence)]);
    const owned = presence.standsBy ? [] : ownedAddresses(state, node);
    this.#setOwned(owned);
    const plan = presence.standsBy ? [] : planRecords(state, records, { node, alive: presence.running });
    observer.elected(state, plan, presence);
  }

  #setOwned(owned: readonly OwnedAddress[]): void {
    if (isDeepStrictEqual(owned, this.#owned)) return;
    this.#owned = owned;
    this.#wire?.setOwned(owned);
  }

  /** After a standstill: another node may own the addresses now. */
  async #confirm(): Promise<void> {
    const { clock, confirm } = this.#options;
    if (!(await confirm())) {
      clock.after(CONFIRM_INTERVAL, () => void this.#confirm());
      return;
    }
    this.#elect();
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
        void this.#confirm();
        break;
      case 'claimed':
        if (event.isSpeaker || this.#isPublished(event.mac)) {
          if (event.isAnnouncement) this.#succeeded(event.address);
          return;
        }
        this.#wire?.defend(event.address, event.interface);
        break;
      case 'failed':
        this.#wire = null;
        this.#owned = [];
        // Others elect among themselves as soon as this is published.
        this.#interfaces = null;
        observer.interfacesChanged();
        break;
      default:
        break;
    }
    observer.wireEvent(event);
  }

  /**
   * A speaker publishes a MAC address before or while it answers from it, and the wire knows those of the last election: an
   * unknown one is looked up once more, so that no speaker is ever fought.
   */
  #isPublished(mac: MacAddress): boolean {
    const presence = this.#options.situation()?.presence;
    if (presence === undefined) return false;
    const macs = macsOf(presence);
    if (!macs.has(mac)) return false;
    this.#wire?.setSpeakers([...macs]);
    return true;
  }

  #succeeded(address: Address): void {
    if (this.#handover === null) return;
    this.#handover.pending.delete(formatAddress(address));
    if (this.#handover.pending.size === 0) this.#handover.done();
  }
}

const macsOf = ({ interfaces }: SpeakerPresence): ReadonlySet<MacAddress> =>
  new Set([...interfaces.values()].flatMap((list) => list.map(({ mac }) => mac)));
