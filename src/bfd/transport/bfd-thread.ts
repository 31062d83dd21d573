/**
 * BFD sessions in a thread of their own: a main thread that is busy for longer than the detection time must not take them
 * down. The thread starts with the first session.
 */
import { Worker, type WorkerOptions } from 'node:worker_threads';
import type { Clock, Millis } from '../../base/clock.ts';
import { Listeners } from '../../base/listeners.ts';
import type { BfdSessions, BfdStateChange } from '../sessions.ts';
import type { BfdSessionSpec } from '../settings.ts';
import type { BfdStatus } from '../status.ts';
import { newStatus } from './new-status.ts';
import type { FromBfdThread, ToBfdThread } from './thread-messages.ts';

/** The program's hidden command, which serves BFD in the thread. */
export const BFD_COMMAND = 'bfd';

/** A thread that does not end in this time is terminated. */
const STOP_TIMEOUT: Millis = 2000;
/** After a thread that ended by itself. */
const RESTART_DELAY: Millis = 1000;

export type BfdThreadOptions = {
  /** Path of this program, built. */
  readonly script: string;
  readonly clock: Clock;
  /** The thread ended by itself, and starts again. `message` is a sentence. */
  readonly failed: (message: string) => void;
  readonly worker?: WorkerOptions;
};

export class BfdThread implements BfdSessions {
  readonly #options: BfdThreadOptions;
  readonly #listeners = new Listeners<[BfdStateChange]>();
  readonly #statuses = new Map<string, BfdStatus>();
  #specs: readonly BfdSessionSpec[] = [];
  #worker: Worker | null = null;
  #stopped: Promise<void> | null = null;

  constructor(options: BfdThreadOptions) {
    this.#options = options;
  }

  apply(specs: readonly BfdSessionSpec[]): void {
    if (this.#stopped !== null) return;
    this.#specs = specs;
    const keys = new Set(specs.map(({ key }) => key));
    for (const key of [...this.#statuses.keys()]) if (!keys.has(key)) this.#statuses.delete(key);
    if (specs.length > 0 || this.#worker !== null) this.#say({ kind: 'apply', specs });
  }

  statuses(): readonly BfdStatus[] {
    const now = this.#options.clock.wall();
    return this.#specs.map(({ key }) => this.#statuses.get(key) ?? newStatus(key, now));
  }

  onChange(listener: (change: BfdStateChange) => void): () => void {
    return this.#listeners.add(listener);
  }

  stop(): Promise<void> {
    this.#stopped ??= this.#stop();
    return this.#stopped;
  }

  async #stop(): Promise<void> {
    const worker = this.#worker;
    if (worker === null) return;
    const ended = new Promise<void>((resolve) => worker.once('exit', () => resolve()));
    worker.ref();
    this.#say({ kind: 'stop' });
    const cancel = this.#options.clock.after(STOP_TIMEOUT, () => void worker.terminate());
    await ended;
    cancel();
  }

  #say(message: ToBfdThread): void {
    this.#worker ??= this.#start();
    this.#worker.postMessage(message);
  }

  #start(): Worker {
    const { script, worker: options } = this.#options;
    const worker = new Worker(script, { argv: [BFD_COMMAND], ...options });
    let reason = 'it ended';
    worker.on('message', (message: FromBfdThread) => this.#hears(message));
    worker.on('error', (error: unknown) => {
      reason = error instanceof Error ? error.message : String(error);
    });
    worker.once('exit', () => this.#ended(reason));
    worker.unref(); // it never keeps the process alive: after the listeners, which would
    return worker;
  }

  #hears(message: FromBfdThread): void {
    switch (message.kind) {
      case 'changed':
        if (!this.#isWanted(message.change.status.key)) return;
        this.#statuses.set(message.change.status.key, message.change.status);
        this.#listeners.notify(message.change);
        return;
      case 'statuses':
        for (const status of message.statuses)
          if (this.#isWanted(status.key)) this.#statuses.set(status.key, status);
        return;
      case 'stopped':
    }
  }

  #isWanted(key: string): boolean {
    return this.#specs.some((spec) => spec.key === key);
  }

  /** Sessions of a thread that is gone are down, and their remotes notice that too. */
  #ended(reason: string): void {
    this.#worker = null;
    if (this.#stopped !== null) return;
    const { clock, failed } = this.#options;
    failed(`the thread of BFD ended, and starts again: ${reason}`);
    const since = clock.wall();
    for (const status of this.statuses()) {
      const down: BfdStatus = {
        ...status,
        ...({ state: 'Down', remoteState: 'Down', diagnostic: 'path-down', since } as const),
        problem: `the thread of BFD ended: ${reason}`,
      };
      this.#statuses.set(status.key, down);
      if (status.state !== 'Down') this.#listeners.notify({ from: status.state, status: down });
    }
    clock.after(RESTART_DELAY, () => {
      if (this.#worker === null && this.#stopped === null && this.#specs.length > 0) this.apply(this.#specs);
    });
  }
}
