/**
 * Keeps a ConfigurationState object in step with what is wrong with the configuration. One write
 * at a time, and none without a difference; where somebody deleted it, the next one makes it again.
 */
import type { Clock, Millis } from '../base/clock.ts';
import type { Condition } from '../cluster/condition.ts';
import { type ConfigurationStatus, configurationStatus, type Verdict } from '../config/state.ts';
import type { Log } from '../observe/log.ts';
import { type Backoff, Retries } from '../work/backoff.ts';
import { type Answer, becauseOf } from './ports.ts';

const RETRY: Backoff = { first: 500, max: 60_000 };

/** What stands on the object; `conditions` of other writers included. */
export type StandingState = {
  readonly result: string;
  readonly errorSummary: string;
  readonly conditions: readonly Condition[];
};

export interface ConfigStateApi {
  /** Null where there is no such object. */
  read(): Promise<Answer<StandingState | null>>;
  /** Makes the object if need be. */
  write(status: ConfigurationStatus, exists: boolean): Promise<Answer<void>>;
}

export type ConfigStateOptions = {
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Log;
  readonly api: ConfigStateApi;
};

export class ConfigState {
  readonly #options: ConfigStateOptions;
  readonly #retries: Retries<'state'>;
  #wanted: Verdict | null = null;
  #running = false;
  #busy = false;
  #cancel: () => void = () => {};

  constructor(options: ConfigStateOptions) {
    this.#options = options;
    this.#retries = new Retries(RETRY, options.random);
  }

  /** Settles with the summary that a leader before us left, so that nobody hears the same complaint twice. */
  async start(): Promise<string | null> {
    this.#running = true;
    const answer = await this.#options.api.read();
    if (this.#wanted !== null) this.set(this.#wanted);
    return answer.kind === 'done' ? (answer.value?.errorSummary ?? null) : null;
  }

  /** What the object should say now; null before anything was said. */
  get summary(): string | null {
    return this.#wanted === null ? null : configurationStatus(this.#wanted, [], 0).errorSummary;
  }

  stop(): void {
    this.#running = false;
    this.#cancel();
  }

  set(verdict: Verdict): void {
    this.#wanted = verdict;
    if (this.#running && !this.#busy) void this.#write(verdict);
  }

  async #write(verdict: Verdict): Promise<void> {
    this.#busy = true;
    this.#cancel();
    const failure = await this.#bringToPass(verdict);
    this.#busy = false;
    if (!this.#running) return;
    if (failure === null) {
      this.#retries.forget('state');
      if (this.#wanted !== null && this.#wanted !== verdict) void this.#write(this.#wanted);
      return;
    }
    this.#options.log.debug('configuration state not written', { because: failure });
    const delay: Millis = this.#retries.failed('state');
    this.#cancel = this.#options.clock.after(delay, () => {
      if (this.#wanted !== null) this.set(this.#wanted);
    });
  }

  /** Null when it stands as it should; otherwise why not. */
  async #bringToPass(verdict: Verdict): Promise<string | null> {
    const { api, clock } = this.#options;
    const read = await api.read();
    if (read.kind !== 'done') return becauseOf(read);
    const standing = read.value;
    const status = configurationStatus(verdict, standing?.conditions ?? [], clock.wall());
    if (standing !== null && isSame(standing, status)) return null;
    const written = await api.write(status, standing !== null);
    return written.kind === 'done' ? null : becauseOf(written);
  }
}

const isSame = (a: StandingState, b: ConfigurationStatus): boolean =>
  a.result === b.result &&
  a.errorSummary === b.errorSummary &&
  JSON.stringify(a.conditions) === JSON.stringify(b.conditions);
