/** BFD sessions without a network: the test decides what happens to them. */
import assert from 'node:assert/strict';
import type { BfdSessions, BfdStateChange } from '../../../src/bfd/sessions.ts';
import type { BfdSessionSpec } from '../../../src/bfd/settings.ts';
import type { BfdCounters, BfdStatus } from '../../../src/bfd/status.ts';

const NO_COUNTERS: BfdCounters = {
  ...{ packetsSent: 0, packetsReceived: 0, packetsDiscarded: 0, authenticationFailures: 0 },
  ...{ sendErrors: 0, upEvents: 0, downEvents: 0 },
};

export const newBfdStatus = (key: string): BfdStatus => ({
  ...{ key, state: 'Down', remoteState: 'Down', diagnostic: 'none', remoteDiagnostic: 'none', since: 0 },
  ...{ localDiscriminator: 1, remoteDiscriminator: 0, transmitInterval: 1000, detectionTime: 0 },
  ...{ remoteMultiplier: 0, problem: null, counters: NO_COUNTERS },
});

export class FakeBfdSessions implements BfdSessions {
  /** Each `apply`, and `stop`: the sessions that were wanted. */
  readonly applied: (readonly BfdSessionSpec[])[] = [];
  isStopped = false;
  /** Calls of others in between, in order. */
  onStop: () => void = () => {};
  readonly #statuses = new Map<string, BfdStatus>();
  readonly #listeners = new Set<(change: BfdStateChange) => void>();

  get specs(): readonly BfdSessionSpec[] {
    return this.applied.at(-1) ?? [];
  }

  apply(specs: readonly BfdSessionSpec[]): void {
    assert.ok(!this.isStopped, 'applied after the end');
    this.applied.push(specs);
    const keys = new Set(specs.map(({ key }) => key));
    for (const key of [...this.#statuses.keys()]) if (!keys.has(key)) this.#statuses.delete(key);
    for (const key of keys) if (!this.#statuses.has(key)) this.#statuses.set(key, newBfdStatus(key));
  }

  statuses(): readonly BfdStatus[] {
    return this.specs.flatMap(({ key }) => this.#statuses.get(key) ?? []);
  }

  onChange(listener: (change: BfdStateChange) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  stop(): Promise<void> {
    this.isStopped = true;
    this.onStop();
    return Promise.resolve();
  }

  /** A session changes, and its owner is notified. */
  change(key: string, differing: Partial<BfdStatus>): void {
    const before = this.#statuses.get(key);
    assert.ok(before !== undefined, `no BFD session ${key}`);
    this.set(key, differing);
    const status = this.#statuses.get(key) ?? before;
    for (const listener of this.#listeners) listener({ from: before.state, status });
  }

  /** Without a notification, as of counters. */
  set(key: string, differing: Partial<BfdStatus>): void {
    const before = this.#statuses.get(key);
    assert.ok(before !== undefined, `no BFD session ${key}`);
    this.#statuses.set(key, { ...before, ...differing });
  }

  comesUp(key: string): void {
    this.change(key, { state: 'Up', remoteState: 'Up', transmitInterval: 300, detectionTime: 900 });
  }

  /** The detection time expires. */
  goesDown(key: string): void {
    const forgotten = { remoteDiscriminator: 0, detectionTime: 0, remoteMultiplier: 0 };
    this.change(key, {
      ...{ state: 'Down', remoteState: 'Down', diagnostic: 'detection-time-expired' },
      ...forgotten,
    });
  }
}
