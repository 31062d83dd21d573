/**
 * Keeps the condition `berth.dev/Announced` of each Service as it was worked out. Nothing waits for it: what it needs may
 * be slow, missing or forbidden, and Services get their addresses all the same.
 *
 * A write to a Service is an event at every node, so it goes slowly: only when verdict or reason changed, a loss only
 * when it has lasted, so many a second at most. The last state always gets there.
 */
import type { Clock, Millis } from '../base/clock.ts';
import type { Condition } from '../cluster/condition.ts';
import type { Service, ServiceKey } from '../cluster/service.ts';
import type { Address } from '../net/address.ts';
import type { Log } from '../observe/log.ts';
import { patchBody, rfc3339, type StatusPatch } from '../plan/patch.ts';
import type { ServiceApi, ServiceView } from './ports.ts';

export const ANNOUNCED = 'berth.dev/Announced';

/** Changes come in crowds; they are looked at together. */
const GATHER: Millis = 500;
/** Between two full answers lies at least so many times what the last one took. */
const REST_FACTOR = 10;
/** A loss that heals within this time is not written. */
export const LOSS_LASTS: Millis = 10_000;
/** Writes a second; fewer where each of them is an event at many nodes. */
export const WRITES_PER_SECOND = 20;
export const WRITES_PER_SECOND_LARGE = 5;
export const NODES_LARGE = 500;
/** After a write that failed. */
const RETRY: Millis = 5000;

export type Word = Pick<Condition, 'status' | 'reason' | 'message'>;

/** What was worked out, for all Services at once. */
export type Answers = {
  readonly words: ReadonlyMap<ServiceKey, Word>;
  /** What will be said of a Service of policy Cluster with this address; null where that is not known beforehand. */
  readonly ahead: (address: Address) => Word | null;
};

const NO_ANSWERS: Answers = { words: new Map(), ahead: () => null };

export type AnnouncerOptions = {
  readonly clock: Clock;
  readonly log: Log;
  readonly view: ServiceView;
  readonly api: ServiceApi;
  /** Works out the whole answer; null while there is none to be had. Rejects never. */
  readonly answer: () => Promise<Answers | null>;
  readonly isMine: (service: Service) => boolean;
  readonly nodes: () => number;
  readonly isLeading: () => boolean;
};

export class Announcer {
  readonly #options: AnnouncerOptions;
  #answers: Answers = NO_ANSWERS;
  #pending: (() => void) | null = null;
  #restUntil: Millis = 0;
  #isStale = false;
  /** Counts the stops: an answer from before one is not acted on. */
  #term = 0;
  /** Who waits for a write, in order. */
  readonly #due = new Set<ServiceKey>();
  /** Since when somebody is worse off than what is written. */
  readonly #losses = new Map<ServiceKey, Millis>();
  #writing = false;
  #timer: (() => void) | null = null;
  /** How often the whole answer was worked out. */
  answered = 0;

  constructor(options: AnnouncerOptions) {
    this.#options = options;
  }

  /** Something that decides has changed. */
  changed(): void {
    this.#isStale = true;
    if (!this.#options.isLeading() || this.#pending !== null) return;
    const { clock } = this.#options;
    const wait = Math.max(GATHER, this.#restUntil - clock.now());
    this.#pending = clock.after(wait, () => void this.#look());
  }

  stop(): void {
    this.#term++;
    this.#pending?.();
    this.#timer?.();
    this.#pending = null;
    this.#timer = null;
    this.#due.clear();
    this.#losses.clear();
  }

  async #look(): Promise<void> {
    const { clock, isLeading, view } = this.#options;
    const term = this.#term;
    this.#isStale = false;
    const begun = clock.now();
    const answers = isLeading() ? await this.#options.answer() : null;
    this.#restUntil = clock.now() + REST_FACTOR * (clock.now() - begun);
    if (term !== this.#term) return;
    this.#pending = null;
    // What changed meanwhile may not be in the answer.
    if (this.#isStale) this.changed();
    if (answers === null || !isLeading()) return;
    this.#answers = answers;
    this.answered++;
    for (const service of view.values()) if (this.#patch(service) !== null) this.#due.add(service.key);
    this.#next(0);
  }

  /** What goes along when the Service is written anyway: `ingress` as in the patch that is on its way. */
  beside(service: Service, ingress: readonly Address[] | null): Pick<StatusPatch, 'conditions' | 'dropped'> {
    const standing = service.conditions.find(({ type }) => type === ANNOUNCED);
    const nothing = { conditions: [], dropped: [] };
    if (ingress === null) return nothing;
    if (ingress.length === 0)
      return standing === undefined ? nothing : { conditions: [], dropped: [ANNOUNCED] };
    const words = ingress.map((address) => this.#answers.ahead(address));
    const [first] = words;
    const isSure = service.externalTrafficPolicy !== 'Local' && words.every((one) => one?.status === 'True');
    if (!isSure || first == null) return nothing;
    const message = words.map((one) => one?.message).join(' ');
    return { conditions: [this.#condition(service, { ...first, message })], dropped: [] };
  }

  #condition(service: Service, word: Word): Condition {
    const standing = service.conditions.find(({ type }) => type === ANNOUNCED);
    const since =
      standing?.status === word.status ? standing.lastTransitionTime : rfc3339(this.#options.clock.wall());
    return { type: ANNOUNCED, ...word, lastTransitionTime: since };
  }

  /** What has to be written on the Service; null where it says so already. */
  #patch(service: Service): StatusPatch | null {
    const standing = service.conditions.find(({ type }) => type === ANNOUNCED);
    const word =
      this.#options.isMine(service) && !service.deleting ? this.#answers.words.get(service.key) : undefined;
    const nothing = { ingress: null, pool: undefined, conditions: [], dropped: [] } as const;
    if (word === undefined) {
      this.#losses.delete(service.key);
      return standing === undefined ? null : { ...nothing, dropped: [ANNOUNCED] };
    }
    const isSame =
      standing?.status === word.status &&
      standing.reason === word.reason &&
      standing.message === word.message;
    if (isSame) {
      this.#losses.delete(service.key);
      return null;
    }
    return { ...nothing, conditions: [this.#condition(service, word)] };
  }

  /** How long a loss still has to last before it is written. */
  #patience(service: Service): Millis {
    const { clock } = this.#options;
    const standing = service.conditions.find(({ type }) => type === ANNOUNCED);
    const isLoss = standing?.status === 'True' && this.#answers.words.get(service.key)?.status === 'False';
    if (!isLoss) return 0;
    const since = this.#losses.get(service.key) ?? clock.now();
    this.#losses.set(service.key, since);
    return Math.max(0, since + LOSS_LASTS - clock.now());
  }

  #next(after: Millis): void {
    if (this.#writing || this.#due.size === 0) return;
    this.#timer?.();
    this.#timer = this.#options.clock.after(after, () => {
      this.#timer = null;
      void this.#write();
    });
  }

  async #write(): Promise<void> {
    const { view, api, isLeading, nodes, log } = this.#options;
    let soonest = Number.POSITIVE_INFINITY;
    for (const key of this.#due) {
      if (!isLeading()) return;
      const service = view.get(key);
      const patch = service === undefined ? null : this.#patch(service);
      if (service === undefined || patch === null) {
        this.#due.delete(key);
        continue;
      }
      const patience = this.#patience(service);
      if (patience > 0) {
        soonest = Math.min(soonest, patience);
        continue;
      }
      this.#due.delete(key);
      this.#writing = true;
      const answer = await api.patch(key, patchBody(service, patch, { ipMode: null }));
      this.#writing = false;
      if (answer.kind === 'done') {
        view.answered(answer.value);
        this.#losses.delete(key);
      } else if (answer.kind !== 'gone') {
        log.debug('condition not written, will be tried again', { service: key, outcome: answer.kind });
        this.#due.add(key);
        this.#next(answer.kind === 'stale' ? GATHER : RETRY);
        return;
      }
      this.#next(1000 / (nodes() >= NODES_LARGE ? WRITES_PER_SECOND_LARGE : WRITES_PER_SECOND));
      return;
    }
    if (soonest < Number.POSITIVE_INFINITY) this.#next(soonest);
  }
}
