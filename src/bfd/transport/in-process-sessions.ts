/** BFD sessions in this thread, for processes that have no built program to start a thread from: tests and playgrounds. */
import type { Clock } from '../../base/clock.ts';
import { Listeners } from '../../base/listeners.ts';
import type { BfdSessions, BfdStateChange } from '../sessions.ts';
import type { BfdSessionSpec } from '../settings.ts';
import type { BfdStatus } from '../status.ts';
import { BfdEngine } from './engine.ts';
import type { BfdSockets } from './sockets.ts';

export class InProcessBfdSessions implements BfdSessions {
  readonly #listeners = new Listeners<[BfdStateChange]>();
  readonly #engine: BfdEngine;
  #stopped: Promise<void> | null = null;

  constructor(clock: Clock, random: () => number, sockets: BfdSockets) {
    const changed = (change: BfdStateChange): void => this.#listeners.notify(change);
    this.#engine = new BfdEngine({ clock, random, sockets, changed });
  }

  apply(specs: readonly BfdSessionSpec[]): void {
    this.#engine.apply(specs);
  }

  statuses(): readonly BfdStatus[] {
    return this.#engine.statuses;
  }

  onChange(listener: (change: BfdStateChange) => void): () => void {
    return this.#listeners.add(listener);
  }

  stop(): Promise<void> {
    this.#stopped ??= this.#engine.stop();
    return this.#stopped;
  }
}
