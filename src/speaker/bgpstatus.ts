/**
 * Keeps MetalLB's ServiceBGPStatus objects of one node in step with what it announces: one for each Service that somebody
 * is meant to hear of. They go behind everything else, so many a second, and are made again when somebody deletes them.
 */
import type { Clock } from '../base/clock.ts';
import { compareText } from '../base/text.ts';
import type { ServiceKey } from '../cluster/service.ts';
import type { Log } from '../observe/log.ts';
import { type Answer, becauseOf } from '../program/ports.ts';
import { type Backoff, Retries } from '../work/backoff.ts';
import { WorkLoop } from '../work/loop.ts';

/** Services a second. */
export const STATUSES_A_SECOND = 20;
const AT_ONCE = 4;
const RETRY: Backoff = { first: 1000, max: 300_000 };

/** An object as it stands; by its labels it is for `key`. */
export type StandingStatus = {
  readonly name: string;
  readonly key: ServiceKey;
  /** Null where it says nothing yet. */
  readonly says: {
    readonly node: string;
    readonly key: ServiceKey;
    readonly peers: readonly string[];
  } | null;
};

/** Who calls these is told of what became of the object by `stands` and `isGone`, before the answer. */
export interface BgpStatusApi {
  make(key: ServiceKey): Promise<Answer<StandingStatus>>;
  tell(one: StandingStatus, peers: readonly string[]): Promise<Answer<unknown>>;
  remove(one: StandingStatus): Promise<Answer<unknown>>;
}

export type BgpStatusesOptions = {
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Log;
  readonly api: BgpStatusApi;
  readonly node: string;
  /** Who is meant to hear of a Service; null for one that needs no status. */
  readonly wanted: (key: ServiceKey) => readonly string[] | null;
  readonly onBroken: (error: unknown) => void;
};

type Failure = Exclude<Answer<never>, { readonly kind: 'done' }>;

export class BgpStatuses {
  readonly #options: BgpStatusesOptions;
  readonly #loop: WorkLoop<ServiceKey>;
  readonly #retries: Retries<ServiceKey>;
  /** By Service, then by name: two writers, or an answer that got lost, may make several. */
  readonly #standing = new Map<ServiceKey, Map<string, StandingStatus>>();
  #isRunning = false;
  /** A failure was logged, and nothing has worked since. */
  #isFailing = false;

  constructor(options: BgpStatusesOptions) {
    const { clock, random, onBroken } = options;
    this.#options = options;
    this.#retries = new Retries(RETRY, random);
    this.#loop = new WorkLoop({
      clock,
      limit: AT_ONCE,
      calm: { perSecond: STATUSES_A_SECOND, burst: STATUSES_A_SECOND },
      work: (key) => this.#work(key),
      onBroken,
    });
  }

  /** The Services that have one. */
  get services(): ReadonlySet<ServiceKey> {
    return new Set(this.#standing.keys());
  }

  /** What stands and what is wanted are both known: strays of a former run can be told from what is to stay. */
  start(): void {
    this.#isRunning = true;
    for (const key of this.#standing.keys()) this.changed(key);
    this.#loop.start();
  }

  /** Settles when what is under way is over. */
  stop(): Promise<void> {
    this.#isRunning = false;
    return this.#loop.stop();
  }

  /** Another answer than before may be wanted. */
  changed(key: ServiceKey): void {
    this.#loop.add(key, { lane: 'calm' });
  }

  stands(one: StandingStatus): void {
    const all = this.#standing.get(one.key) ?? new Map<string, StandingStatus>();
    this.#standing.set(one.key, all.set(one.name, one));
    if (this.#isRunning && !this.#isRight(one.key)) this.changed(one.key);
  }

  isGone({ key, name }: StandingStatus): void {
    const all = this.#standing.get(key);
    all?.delete(name);
    if (all?.size === 0) this.#standing.delete(key);
    if (this.#isRunning && !this.#isRight(key)) this.changed(key);
  }

  #isRight(key: ServiceKey): boolean {
    const wanted = this.#options.wanted(key);
    const all = [...(this.#standing.get(key)?.values() ?? [])];
    if (wanted === null) return all.length === 0;
    const [one, ...others] = all;
    return one !== undefined && others.length === 0 && this.#isMine(one) && saysSo(one, wanted);
  }

  /** What it says of node and Service cannot be changed any more. */
  #isMine({ says, key }: StandingStatus): boolean {
    return says === null || (says.node === this.#options.node && says.key === key);
  }

  async #work(key: ServiceKey): Promise<void> {
    const failure = await this.#bringToPass(key);
    if (failure === null) {
      this.#retries.forget(key);
      this.#isFailing = false;
      return;
    }
    const { clock, log } = this.#options;
    const because = becauseOf(failure);
    if (!this.#isFailing) log.warn('a ServiceBGPStatus cannot be written, will be tried again', { because });
    this.#isFailing = true;
    const wait = this.#retries.failed(key);
    const told = failure.kind === 'busy' ? (failure.after ?? 0) : 0;
    this.#loop.add(key, { dueAt: clock.now() + Math.max(wait, told), lane: 'calm' });
  }

  /** Null where it is as it should be. */
  async #bringToPass(key: ServiceKey): Promise<Failure | null> {
    const { api, wanted } = this.#options;
    const all = [...(this.#standing.get(key)?.values() ?? [])].sort((a, b) => compareText(a.name, b.name));
    const peers = wanted(key);
    const kept = peers === null ? undefined : all.find((one) => this.#isMine(one));
    for (const one of all) {
      const failure = one === kept ? null : failureOf(await api.remove(one));
      if (failure !== null) return failure;
    }
    if (peers === null) return null;
    const made = kept === undefined ? await api.make(key) : null;
    if (made !== null && made.kind !== 'done') return made;
    const one = made?.value ?? kept;
    if (one === undefined || saysSo(one, peers)) return null;
    return failureOf(await api.tell(one, peers));
  }
}

/** What is gone is told by `isGone`, and the key comes again. */
const failureOf = (answer: Answer<unknown>): Failure | null =>
  answer.kind === 'done' || answer.kind === 'gone' ? null : answer;

const saysSo = ({ says }: StandingStatus, peers: readonly string[]): boolean =>
  says !== null && says.peers.length === peers.length && says.peers.every((one, at) => one === peers[at]);
