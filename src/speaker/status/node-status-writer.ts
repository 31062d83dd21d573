/** Writes what a node says of itself: on a change only, and once in a while at most. The last state always gets there. */
import type { Clock, Millis } from '../../base/clock.ts';
import type { Log } from '../../observe/log.ts';
import { failureReason, type RequestOutcome } from '../../runtime/ports.ts';
import { type Backoff, RetryTracker } from '../../workqueue/backoff.ts';
import { type NodeStatus, type NodeStatusDocument, nodeStatusDocument } from './node-status.ts';

/** Between two writes. */
export const NODE_STATUS_INTERVAL: Millis = 5000;
/** What happens in one go is written together. */
const BATCH_WINDOW: Millis = 500;
const URGENT_WINDOW: Millis = 20;
const RETRY_BACKOFF: Backoff = { first: 10_000, max: 300_000 };

export interface NodeStatusApi {
  write(document: NodeStatusDocument): Promise<RequestOutcome<unknown>>;
}

export type NodeStatusWriterOptions = {
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Log;
  readonly api: NodeStatusApi;
  /** Null while there is nothing to say. */
  readonly status: () => NodeStatus | null;
};

export class NodeStatusWriter {
  readonly #options: NodeStatusWriterOptions;
  readonly #retries: RetryTracker<'status'>;
  /** The last document that was written, as far as this process knows. */
  #written = '';
  #earliestWriteAt: Millis = Number.NEGATIVE_INFINITY;
  #cancelTimer: (() => void) | null = null;
  #writing: Promise<void> | null = null;
  /** Something urgent changed while a write was in flight. */
  #isUrgent = false;
  #isStopped = false;

  constructor(options: NodeStatusWriterOptions) {
    this.#options = options;
    this.#retries = new RetryTracker(RETRY_BACKOFF, options.random);
  }

  /** Something that others wait for is different: it is written at once, unless writes fail. */
  changedUrgently(): void {
    this.#isUrgent = this.#writing !== null;
    this.#cancelTimer?.();
    this.#cancelTimer = null;
    if (this.#retries.failureCount('status') === 0) this.#earliestWriteAt = Number.NEGATIVE_INFINITY;
    this.#schedule(URGENT_WINDOW);
  }

  /** Something that it says may be different. */
  changed(): void {
    this.#schedule(BATCH_WINDOW);
  }

  #schedule(window: Millis): void {
    if (this.#isStopped || this.#cancelTimer !== null || this.#writing !== null) return;
    const { clock } = this.#options;
    this.#cancelTimer = clock.after(Math.max(window, this.#earliestWriteAt - clock.now()), () => {
      this.#cancelTimer = null;
      const status = this.#options.status();
      if (status === null || JSON.stringify(status) === this.#written) return;
      this.#writing = this.#write(status).finally(() => {
        this.#writing = null;
        if (this.#isUrgent) this.changedUrgently();
        else this.changed();
      });
    });
  }

  /** What stood there is no more. */
  deleted(): void {
    this.#written = '';
    this.changed();
  }

  /** Says this as the last thing, once, whether or not it gets there. */
  async finish(status: NodeStatus | null): Promise<void> {
    this.stop();
    await this.#writing;
    if (status !== null) await this.#write(status);
  }

  stop(): void {
    this.#isStopped = true;
    this.#cancelTimer?.();
    this.#cancelTimer = null;
  }

  async #write(status: NodeStatus): Promise<void> {
    const { clock, api, log } = this.#options;
    this.#written = JSON.stringify(status); // from now on: it may be deleted before the answer is here
    const answer = await api.write(nodeStatusDocument(status, clock.wall()));
    if (answer.kind === 'done') {
      this.#earliestWriteAt = clock.now() + NODE_STATUS_INTERVAL;
      this.#retries.forget('status');
      return;
    }
    this.#written = '';
    const because = failureReason(answer);
    if (this.#retries.failureCount('status') === 0)
      log.warn('what this node says of itself cannot be written, will be tried again', { because });
    this.#earliestWriteAt = clock.now() + this.#retries.recordFailure('status');
  }
}
