/**
 * Writes a ConfigurationState object, which says what is wrong with the configuration. There is one write at a time, and none
 * without a difference. A deleted object is created again.
 */
import type { Clock, Millis } from '../base/clock.ts';
import { type ConditionUpdate, type ConfigurationStatus, configurationStatus } from '../config/state.ts';
import type { Condition } from '../objects/condition.ts';
import type { Log } from '../observe/log.ts';
import { type Backoff, RetryTracker } from '../workqueue/backoff.ts';
import { failureReason, type RequestOutcome } from './ports.ts';

const RETRY_BACKOFF: Backoff = { first: 500, max: 60_000 };

/** The status of the object, with the conditions of other writers. */
export type StoredConfigurationState = {
  readonly result: string;
  readonly errorSummary: string;
  readonly conditions: readonly Condition[];
};

export interface ConfigurationStateApi {
  /** Null where there is no such object. */
  read(): Promise<RequestOutcome<StoredConfigurationState | null>>;
  /** Creates the object where `exists` is false. */
  write(status: ConfigurationStatus, exists: boolean): Promise<RequestOutcome<void>>;
}

export type ConfigurationStateWriterOptions = {
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Log;
  readonly api: ConfigurationStateApi;
};

export class ConfigurationStateWriter {
  readonly #options: ConfigurationStateWriterOptions;
  readonly #retries: RetryTracker<'state'>;
  #desired: ConditionUpdate | null = null;
  #running = false;
  #writing = false;
  /** The object was deleted during the write. */
  #wasDeleted = false;
  #cancel: () => void = () => {};

  constructor(options: ConfigurationStateWriterOptions) {
    this.#options = options;
    this.#retries = new RetryTracker(RETRY_BACKOFF, options.random);
  }

  /** Begins to write. Settles with the summary of the leader before, so that no issue is reported twice. */
  async start(): Promise<string | null> {
    this.#running = true;
    const outcome = await this.#options.api.read();
    if (this.#desired !== null) this.set(this.#desired);
    return outcome.kind === 'done' ? (outcome.value?.errorSummary ?? null) : null;
  }

  /** The desired summary; null before the first `set`. */
  get summary(): string | null {
    return this.#desired === null ? null : configurationStatus(this.#desired, [], 0).errorSummary;
  }

  stop(): void {
    this.#running = false;
    this.#cancel();
  }

  set(condition: ConditionUpdate): void {
    this.#desired = condition;
    if (this.#running && !this.#writing) void this.#write(condition);
  }

  /** Somebody deleted the object. */
  deleted(): void {
    if (this.#writing) this.#wasDeleted = true;
    else if (this.#desired !== null) this.set(this.#desired);
  }

  async #write(condition: ConditionUpdate): Promise<void> {
    this.#writing = true;
    this.#wasDeleted = false;
    this.#cancel();
    const failure = await this.#reconcile(condition);
    this.#writing = false;
    if (!this.#running) return;
    if (failure === null) {
      this.#retries.forget('state');
      const isCurrent = this.#desired === condition && !this.#wasDeleted;
      if (this.#desired !== null && !isCurrent) void this.#write(this.#desired);
      return;
    }
    this.#options.log.debug('configuration state not written', { because: failure });
    const delay: Millis = this.#retries.recordFailure('state');
    this.#cancel = this.#options.clock.after(delay, () => {
      if (this.#desired !== null) this.set(this.#desired);
    });
  }

  /** Null when the object is up to date; else why the write failed. */
  async #reconcile(condition: ConditionUpdate): Promise<string | null> {
    const { api, clock } = this.#options;
    const read = await api.read();
    if (read.kind !== 'done') return failureReason(read);
    const stored = read.value;
    const status = configurationStatus(condition, stored?.conditions ?? [], clock.wall());
    if (stored !== null && isUpToDate(stored, status)) return null;
    const written = await api.write(status, stored !== null);
    return written.kind === 'done' ? null : failureReason(written);
  }
}

const isUpToDate = (a: StoredConfigurationState, b: ConfigurationStatus): boolean =>
  a.result === b.result &&
  a.errorSummary === b.errorSummary &&
  JSON.stringify(a.conditions) === JSON.stringify(b.conditions);
