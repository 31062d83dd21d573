/** Writes what a node says of itself: on a change only, and once in a while at most. The last state always gets there. */
import type { Clock, Millis } from '../base/clock.ts';
import type { Log } from '../observe/log.ts';
import { type Answer, becauseOf } from '../program/ports.ts';
import { type Backoff, Retries } from '../work/backoff.ts';
import { documentOf, type NodeWord } from './nodestatus.ts';

/** Between two writes. */
export const NODE_STATUS_EVERY: Millis = 5000;
/** What happens in one go is written together. */
const GATHER: Millis = 500;
const RETRY: Backoff = { first: 10_000, max: 300_000 };

export interface NodeStatusApi {
  write(document: string): Promise<Answer<unknown>>;
}

export type NodeStatusOptions = {
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Log;
  readonly api: NodeStatusApi;
  /** Null while there is nothing to say. */
  readonly word: () => NodeWord | null;
};

export class NodeStatus {
  readonly #options: NodeStatusOptions;
  readonly #retries: Retries<'status'>;
  /** What stands, as far as we know. */
  #standing = '';
  #notBefore: Millis = Number.NEGATIVE_INFINITY;
  #cancel: (() => void) | null = null;
  #writing: Promise<void> | null = null;
  #isOver = false;

  constructor(options: NodeStatusOptions) {
    this.#options = options;
    this.#retries = new Retries(RETRY, options.random);
  }

  /** Something that it says may be different. */
  changed(): void {
    if (this.#isOver || this.#cancel !== null || this.#writing !== null) return;
    const { clock } = this.#options;
    this.#cancel = clock.after(Math.max(GATHER, this.#notBefore - clock.now()), () => {
      this.#cancel = null;
      const word = this.#options.word();
      if (word === null || JSON.stringify(word) === this.#standing) return;
      this.#writing = this.#write(word).finally(() => {
        this.#writing = null;
        this.changed();
      });
    });
  }

  /** What stood there is no more. */
  gone(): void {
    this.#standing = '';
    this.changed();
  }

  /** Says this as the last thing, once, whether or not it gets there. */
  async end(word: NodeWord | null): Promise<void> {
    this.stop();
    await this.#writing;
    if (word !== null) await this.#write(word);
  }

  stop(): void {
    this.#isOver = true;
    this.#cancel?.();
    this.#cancel = null;
  }

  async #write(word: NodeWord): Promise<void> {
    const { clock, api, log } = this.#options;
    this.#standing = JSON.stringify(word); // from now on: it may be deleted before the answer is here
    const answer = await api.write(documentOf(word, clock.wall()));
    if (answer.kind === 'done') {
      this.#notBefore = clock.now() + NODE_STATUS_EVERY;
      this.#retries.forget('status');
      return;
    }
    this.#standing = '';
    const because = becauseOf(answer);
    if (this.#retries.count('status') === 0)
      log.warn('what this node says of itself cannot be written, will be tried again', { because });
    this.#notBefore = clock.now() + this.#retries.failed('status');
  }
}
