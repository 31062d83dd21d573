/** Reconciles ServiceBGPStatus objects against a fake API that sometimes fails. */
import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import type { ServiceKey } from '../../../src/objects/service.ts';
import { silentLog } from '../../../src/observe/log.ts';
import type { RequestOutcome } from '../../../src/runtime/ports.ts';
import {
  type ServiceBgpStatus,
  ServiceBgpStatusReconciler,
  STATUSES_PER_SECOND,
} from '../../../src/speaker/status/service-bgp-status.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { seeded, seeds } from '../../support/random.ts';

const PEERS = ['tor'];

class StatusFixture {
  readonly clock = new FakeClock();
  readonly desired = new Map<ServiceKey, readonly string[]>();
  readonly objects = new Map<string, ServiceBgpStatus>();
  /** Verbs of the requests, in order. */
  readonly requests: string[] = [];
  /** Outcomes of the next requests; later ones succeed. */
  failures: Exclude<RequestOutcome<never>, { kind: 'done' }>[] = [];
  #createdCount = 0;
  readonly statuses = new ServiceBgpStatusReconciler({
    clock: this.clock,
    random: () => 0.5,
    log: silentLog,
    node: 'w1',
    desiredPeers: (key) => this.desired.get(key) ?? null,
    onFault: (error) => assert.fail(String(error)),
    api: {
      create: (key) =>
        this.#request('create', () => this.put({ name: `bgp-${this.#createdCount++}`, key, status: null })),
      updatePeers: (one, peers) =>
        this.#request('update', () => this.put({ ...one, status: { node: 'w1', key: one.key, peers } }), one),
      delete: (one) => this.#request('delete', () => this.delete(one.name), one),
    },
  });

  async #request<T>(
    verb: string,
    apply: () => T,
    object: ServiceBgpStatus | null = null,
  ): Promise<RequestOutcome<T>> {
    this.requests.push(verb);
    const failure = this.failures.shift();
    // An unknown outcome: the request was applied, and is observed later.
    if (failure?.kind === 'unknown') this.clock.after(100, apply);
    if (failure?.kind === 'gone' && object !== null) this.delete(object.name);
    if (failure === undefined) return { kind: 'done', value: apply() };
    return failure;
  }

  put(one: ServiceBgpStatus): ServiceBgpStatus {
    this.objects.set(one.name, one);
    this.statuses.observed(one);
    return one;
  }

  delete(name: string): void {
    const one = this.objects.get(name);
    this.objects.delete(name);
    if (one !== undefined) this.statuses.deleted(one);
  }

  setDesired(key: ServiceKey, peers: readonly string[] | null): void {
    if (peers === null) this.desired.delete(key);
    else this.desired.set(key, peers);
    this.statuses.requeue(key);
  }

  /** `web tor,tor2`. */
  get current(): readonly string[] {
    return [...this.objects.values()]
      .map(({ key, status }) => `${key} ${status?.peers.join() ?? '-'}`)
      .sort();
  }
}

let fixture: StatusFixture;
beforeEach(() => {
  fixture = new StatusFixture();
});

describe('reconciliation', () => {
  it('creates, updates and deletes, and sends nothing if all is up to date', async () => {
    fixture.statuses.start();
    fixture.setDesired('d/web', PEERS);
    await fixture.clock.advanceAsync(100);
    fixture.setDesired('d/web', PEERS);
    await fixture.clock.advanceAsync(100);
    assert.deepEqual([fixture.current, fixture.requests], [['d/web tor'], ['create', 'update']]);
    fixture.setDesired('d/web', ['tor', 'tor2']);
    await fixture.clock.advanceAsync(100);
    assert.deepEqual([fixture.current, fixture.requests.slice(2)], [['d/web tor,tor2'], ['update']]);
    fixture.setDesired('d/web', null);
    await fixture.clock.advanceAsync(100);
    assert.deepEqual([fixture.current, fixture.requests.slice(3)], [[], ['delete']]);
  });

  it('waits until objects and announcements are known', async () => {
    fixture.put({ name: 'bgp-old', key: 'd/old', status: { node: 'w1', key: 'd/old', peers: PEERS } });
    fixture.setDesired('d/web', PEERS);
    await fixture.clock.advanceAsync(10_000);
    assert.deepEqual(fixture.requests, []);
    fixture.statuses.start();
    await fixture.clock.advanceAsync(100);
    assert.deepEqual(fixture.current, ['d/web tor']);
  });

  it('gives no turn to Services that need no object: the others are not behind thousands of them', async () => {
    for (let index = 0; index < 100 * STATUSES_PER_SECOND; index++)
      fixture.setDesired(`d/none-${index}`, null);
    fixture.setDesired('d/web', PEERS);
    fixture.statuses.start();
    await fixture.clock.advanceAsync(100);
    assert.deepEqual(fixture.current, ['d/web tor']);
  });

  it('keeps correct objects of a previous run', async () => {
    fixture.put({ name: 'bgp-old', key: 'd/web', status: { node: 'w1', key: 'd/web', peers: PEERS } });
    fixture.setDesired('d/web', PEERS);
    fixture.statuses.start();
    await fixture.clock.advanceAsync(1000);
    assert.deepEqual([fixture.current, fixture.requests], [['d/web tor'], []]);
  });

  it('recreates deleted objects, and reverts foreign changes', async () => {
    fixture.statuses.start();
    fixture.setDesired('d/web', PEERS);
    await fixture.clock.advanceAsync(100);
    fixture.delete('bgp-0');
    await fixture.clock.advanceAsync(100);
    assert.deepEqual(fixture.current, ['d/web tor']);
    fixture.put({ name: 'bgp-1', key: 'd/web', status: { node: 'w1', key: 'd/web', peers: ['other'] } });
    await fixture.clock.advanceAsync(100);
    assert.deepEqual(fixture.current, ['d/web tor']);
  });

  it('replaces an object whose status is of another node or Service', async () => {
    fixture.put({ name: 'bgp-a', key: 'd/web', status: { node: 'w2', key: 'd/web', peers: PEERS } });
    fixture.put({ name: 'bgp-b', key: 'd/db', status: { node: 'w1', key: 'd/else', peers: PEERS } });
    fixture.setDesired('d/web', PEERS);
    fixture.setDesired('d/db', PEERS);
    fixture.statuses.start();
    await fixture.clock.advanceAsync(1000);
    assert.deepEqual(fixture.current, ['d/db tor', 'd/web tor']);
    assert.ok(!fixture.objects.has('bgp-a') && !fixture.objects.has('bgp-b'));
  });

  it('deletes duplicates', async () => {
    for (const name of ['bgp-b', 'bgp-a', 'bgp-c']) fixture.put({ name, key: 'd/web', status: null });
    fixture.setDesired('d/web', PEERS);
    fixture.statuses.start();
    await fixture.clock.advanceAsync(1000);
    assert.deepEqual([...fixture.objects.keys()], ['bgp-a']);
  });

  it('writes nothing after a stop', async () => {
    fixture.statuses.start();
    await fixture.statuses.stop();
    fixture.setDesired('d/web', PEERS);
    await fixture.clock.advanceAsync(10_000);
    assert.deepEqual(fixture.requests, []);
  });
});

describe('a failed request', () => {
  it('is retried with back-off', async () => {
    fixture.failures = Array.from({ length: 4 }, () => ({ kind: 'refused', because: 'forbidden' }));
    fixture.statuses.start();
    fixture.setDesired('d/web', PEERS);
    await fixture.clock.advanceAsync(4000);
    assert.ok(fixture.requests.length <= 3, 'with pauses');
    await fixture.clock.advanceAsync(20_000);
    assert.deepEqual(fixture.current, ['d/web tor']);
  });

  it('is retried after the time that a busy server asks for', async () => {
    fixture.failures = [{ kind: 'busy', because: '429', retryAfter: 30_000, notApplied: true }];
    fixture.statuses.start();
    fixture.setDesired('d/web', PEERS);
    await fixture.clock.advanceAsync(29_000);
    assert.deepEqual(fixture.requests, ['create']);
    await fixture.clock.advanceAsync(2000);
    assert.deepEqual(fixture.current, ['d/web tor']);
  });

  it('with a lost response leads to exactly one object', async () => {
    fixture.failures = [{ kind: 'unknown', because: 'reset' }];
    fixture.statuses.start();
    fixture.setDesired('d/web', PEERS);
    await fixture.clock.advanceAsync(10_000);
    assert.deepEqual(fixture.current, ['d/web tor']);
  });
});

it('limits the rate of writes', async () => {
  fixture.statuses.start();
  for (let index = 0; index < 200; index++) fixture.setDesired(`d/s${index}`, PEERS);
  await fixture.clock.advanceAsync(3000);
  assert.ok(fixture.objects.size <= STATUSES_PER_SECOND * 4, `${fixture.objects.size} after 3 s`);
  await fixture.clock.advanceAsync(10_000);
  assert.equal(fixture.objects.size, 200);
});

it('converges after any history', async () => {
  for (const seed of seeds(10, 200)) await runHistory(seed);
});

async function runHistory(seed: number): Promise<void> {
  const random = seeded(seed);
  fixture = new StatusFixture();
  fixture.statuses.start();
  for (let step = 0; step < 150; step++) {
    const key = `d/s${random.below(6)}`;
    const kind = random.pick(['refused', 'unknown', 'gone', 'unsent'] as const);
    if (random.chance(0.3)) fixture.failures.push(kind === 'gone' ? { kind } : { kind, because: 'test' });
    if (random.chance(0.5)) fixture.setDesired(key, random.pick([null, PEERS, ['tor', 'tor2']]));
    else if (random.chance(0.6)) fixture.delete(random.pick([...fixture.objects.keys(), 'none']));
    else fixture.put({ name: `bgp-x${step}`, key, status: null });
    await fixture.clock.advanceAsync(random.below(800));
  }
  fixture.failures = [];
  await fixture.clock.advanceAsync(2_000_000);
  const expected = [...fixture.desired].map(([key, peers]) => `${key} ${peers.join()}`).sort();
  assert.deepEqual(fixture.current, expected, `SEED=${seed}`);
}
