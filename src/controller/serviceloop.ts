/**
 * Brings each Service to what the desk decides: take a key, look, write the difference, and see what became of
 * the write. Several are in flight at once, never one twice.
 *
 * The desk reserves before anything is awaited, so two looks cannot grant one address. A reservation stays
 * until the server's own word shows what happened: after a write whose outcome is not known the Service is read
 * again before it is looked at again.
 */
import type { Clock, Millis } from '../base/clock.ts';
import { unreachable } from '../base/invariant.ts';
import type { Service, ServiceKey } from '../cluster/service.ts';
import type { Address } from '../net/address.ts';
import type { Log } from '../observe/log.ts';
import { Desk, type DeskOptions } from '../plan/desk.ts';
import type { Look } from '../plan/look.ts';
import { patchBody, type StatusPatch } from '../plan/patch.ts';
import type { Answer } from '../program/ports.ts';
import { type Backoff, Retries } from '../work/backoff.ts';
import { WorkLoop } from '../work/loop.ts';
import type { Rate } from '../work/rate.ts';
import { FirstSights } from './firstsights.ts';
import type { ServiceApi, ServiceView } from './ports.ts';

/** Writes to Services under way at once. More than that and an API server on two cores only queues them. */
export const WRITES_IN_FLIGHT = 32;

/** Tidying up what already works (conditions on Services that have their address) goes no faster than this. */
export const CALM_RATE: Rate = { perSecond: 50, burst: 10 };

const RETRY: Backoff = { first: 100, max: 30_000 };
const RETRY_REFUSED: Backoff = { first: 1000, max: 60_000 };

/** How the loop tells the log, the metrics and the events what it did. */
export interface ServiceLoopReport {
  looked(look: Look): void;
  /** `took` is the time from the first sight of a Service that had none to its address; null for other writes. */
  written(look: Look, took: Millis | null): void;
  failed(key: ServiceKey, answer: Answer<unknown>): void;
}

export type ServiceLoopOptions = {
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Log;
  readonly view: ServiceView;
  readonly api: ServiceApi;
  readonly desk: DeskOptions;
  readonly report: ServiceLoopReport;
  /** Other conditions that go along with a write of `ingress`. */
  readonly beside?: (
    service: Service,
    ingress: readonly Address[] | null,
  ) => Pick<StatusPatch, 'conditions' | 'dropped'> | undefined;
  readonly onBroken: (error: unknown) => void;
};

export class ServiceLoop {
  readonly desk: Desk;
  readonly #options: ServiceLoopOptions;
  readonly #loop: WorkLoop<ServiceKey>;
  readonly #retries: Retries<ServiceKey>;
  readonly #refusals: Retries<ServiceKey>;
  readonly #sights: FirstSights;
  /** Left the watch: deleted, or of another type now. Only a read can tell. */
  readonly #departed = new Map<ServiceKey, Service>();
  /** Of another type now, and still carrying what we wrote. */
  readonly #strays = new Map<ServiceKey, Service>();
  /** What the last write did to these is not known. */
  readonly #uncertain = new Set<ServiceKey>();
  /** Looked at, found to need only tidying, and put back into the calm lane. */
  readonly #tidying = new Set<ServiceKey>();
  #lastWrite: Millis | null = null;
  /** The server asked to be left alone until then: all of us, not only the one who was told. */
  #pausedUntil: Millis = 0;

  constructor(options: ServiceLoopOptions) {
    const { clock, random, view, onBroken } = options;
    this.#options = options;
    this.#sights = new FirstSights(clock);
    this.desk = new Desk(options.desk, {
      get: (key) => view.get(key) ?? this.#strays.get(key) ?? this.#departed.get(key),
      values: () => view.values(),
    });
    this.#retries = new Retries(RETRY, random);
    this.#refusals = new Retries(RETRY_REFUSED, random);
    this.#loop = new WorkLoop({
      clock,
      limit: WRITES_IN_FLIGHT,
      calm: CALM_RATE,
      work: (key) => this.#work(key),
      onBroken,
    });
  }

  /** Keys that wait for a look. */
  get depth(): number {
    return this.#loop.size;
  }

  /** When a write was last under way, on the monotonic clock. */
  get lastWrite(): Millis | null {
    return this.#lastWrite;
  }

  /** Adopts everything that stands, then looks at everybody: those without an address first. */
  begin(): void {
    this.#uncertain.clear();
    this.#tidying.clear();
    this.#departed.clear();
    this.#strays.clear();
    for (const service of this.#options.view.values()) this.#sights.saw(service);
    const { clock, view } = this.#options;
    const now = clock.now();
    // Who comes meanwhile and has nothing is looked at before the thousands who have what they need.
    for (const key of this.desk.begin(now)) {
      this.#loop.add(key, { dueAt: view.get(key)?.ingress.length ? now : 0 });
    }
    this.#loop.start();
  }

  /** Settles when the writes under way are over. */
  stop(): Promise<void> {
    return this.#loop.stop();
  }

  add(keys: Iterable<ServiceKey>): void {
    for (const key of keys) this.#loop.add(key);
  }

  /** News from the watch. */
  changed(before: Service | undefined, after: Service): void {
    this.#departed.delete(after.key);
    this.#sights.saw(after);
    this.desk.serviceChanged(before, after);
    this.#loop.add(after.key);
  }

  /** It left the watch. Until a read has shown that it is gone, its addresses stay taken. */
  departed(last: Service): void {
    this.#departed.set(last.key, last);
    this.#sights.forget(last.key);
    this.#loop.add(last.key);
  }

  /** Found outside the watch with marks of ours on it. */
  stray(service: Service): void {
    this.#strays.set(service.key, service);
    this.#loop.add(service.key);
  }

  async #work(key: ServiceKey): Promise<void> {
    const pause = this.#pausedUntil - this.#options.clock.now();
    if (pause > 0) {
      this.#again(key, pause);
      return;
    }
    if ((this.#uncertain.has(key) || this.#departed.has(key)) && !(await this.#readAgain(key))) return;
    const { clock, report } = this.#options;
    const look = this.desk.look(key, { now: clock.now(), wall: clock.wall() });
    this.add(look.woken);
    report.looked(look);
    if (look.service === null || look.patch === null) {
      // The write whose fate was not known has been done.
      if (look.events.length > 0 || look.granted.length > 0) report.written(look, this.#took(look));
      this.#finished(key);
      return;
    }
    const isDue = this.#tidying.delete(key);
    if (isTidying(look) && !isDue) {
      this.#tidying.add(key);
      this.#loop.add(key, { lane: 'calm' });
      return;
    }
    this.#lastWrite = clock.now();
    const answer = await this.#options.api.patch(
      key,
      patchBody(look.service, this.#withOthers(look.service, look.patch), this.#options.desk),
    );
    this.#lastWrite = clock.now();
    if (answer.kind === 'done') this.#written(look, answer.value);
    else this.#notWritten(look, answer);
  }

  #withOthers(service: Service, patch: StatusPatch): StatusPatch {
    const others = this.#options.beside?.(service, patch.ingress);
    if (others === undefined) return patch;
    const dropped = new Set([...patch.dropped, ...others.dropped]);
    return { ...patch, conditions: [...patch.conditions, ...others.conditions], dropped: [...dropped] };
  }

  #written(look: Look, service: Service): void {
    const { key } = look;
    if (!this.#strays.has(key)) this.#options.view.answered(service);
    this.add(this.desk.written(key, this.#options.clock.now()));
    this.#options.report.written(look, this.#took(look));
    this.#finished(key);
  }

  #took({ key, patch, granted }: Look): Millis | null {
    return patch?.ingress?.length || granted.length > 0 ? this.#sights.served(key) : null;
  }

  #finished(key: ServiceKey): void {
    this.#retries.forget(key);
    this.#refusals.forget(key);
    // One more look finds nobody under that name, and the desk forgets it.
    if (this.#strays.delete(key)) this.#loop.add(key);
  }

  #notWritten(look: Look, answer: Exclude<Answer<Service>, { readonly kind: 'done' }>): void {
    const { key } = look;
    this.#options.report.failed(key, answer);
    switch (answer.kind) {
      case 'gone':
      case 'stale': {
        this.#uncertain.add(key);
        // A newer picture is one read away: the first try need not wait.
        const isFirst = this.#retries.count(key) === 0;
        const delay = this.#retries.failed(key);
        this.#again(key, isFirst ? 0 : delay);
        return;
      }
      case 'busy': {
        const now = this.#options.clock.now();
        if (answer.after !== null) this.#pausedUntil = Math.max(this.#pausedUntil, now + answer.after);
        if (!answer.undone) this.#uncertain.add(key);
        this.#again(key, Math.max(answer.after ?? 0, this.#retries.failed(key)));
        return;
      }
      case 'unknown':
        this.#uncertain.add(key);
        this.#again(key, this.#retries.failed(key));
        return;
      case 'refused':
        // Somebody has to mend rights or an object first: there is no hurry, and nothing was done.
        this.#again(key, this.#refusals.failed(key));
        return;
      case 'unsent':
        this.#again(key, this.#retries.failed(key));
        return;
      default:
        unreachable(answer);
    }
  }

  #again(key: ServiceKey, after: Millis): void {
    this.#loop.add(key, { dueAt: this.#options.clock.now() + after });
  }

  /** Whether what is there now is known; if not, the key comes again. */
  async #readAgain(key: ServiceKey): Promise<boolean> {
    const { api, view } = this.#options;
    const departed = this.#departed.get(key);
    const last = departed ?? view.get(key);
    const answer = await api.read(key);
    if (answer.kind === 'done') {
      this.#uncertain.delete(key);
      if (this.#departed.get(key) !== departed) {
        this.#loop.add(key); // it left while we asked, so this answer is from before that
        return false;
      }
      this.#departed.delete(key);
      this.#strays.delete(key);
      if (answer.value.type === 'LoadBalancer') this.#learn(answer.value);
      else this.#strays.set(key, answer.value);
      return true;
    }
    if (answer.kind === 'gone') {
      this.#uncertain.delete(key);
      this.#strays.delete(key);
      // A Service that came back meanwhile under the same name is in the view with another uid.
      if (this.#departed.get(key) === last) this.#departed.delete(key);
      if (last !== undefined) view.gone(key, last.uid);
      return true;
    }
    this.#options.report.failed(key, answer);
    const asked = answer.kind === 'busy' ? (answer.after ?? 0) : 0;
    this.#again(key, Math.max(asked, this.#retries.failed(key)));
    return false;
  }

  /** What a read shows may be somebody else's doing; the watch will bring it, too, and it is no news then. */
  #learn(service: Service): void {
    const { view } = this.#options;
    const before = view.get(service.key);
    view.answered(service);
    const after = view.get(service.key);
    if (after !== undefined && after !== before) this.desk.serviceChanged(before, after);
  }
}

/**
 * The Service keeps what it has, addresses or none; only what we say about it is not up to date. Who has none is told
 * why at once, but for what was told before and somebody took off.
 */
function isTidying({ patch, decision, again }: Look): boolean {
  if (patch === null || patch.ingress !== null || decision === null) return false;
  return decision.verdict.status !== 'False' || again;
}
