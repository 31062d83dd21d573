/** ServiceBGPStatus objects kept in step, against an API that does what it is told to, and sometimes does not. */
import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import type { ServiceKey } from '../../src/cluster/service.ts';
import { silentLog } from '../../src/observe/log.ts';
import type { Answer } from '../../src/program/ports.ts';
import { BgpStatuses, STATUSES_A_SECOND, type StandingStatus } from '../../src/speaker/bgpstatus.ts';
import { FakeClock } from '../support/clock.ts';
import { seeded, seeds } from '../support/random.ts';

const TOR = ['tor'];

class Stage {
  readonly clock = new FakeClock();
  readonly wanted = new Map<ServiceKey, readonly string[]>();
  readonly objects = new Map<string, StandingStatus>();
  /** Verbs, in order. */
  readonly done: string[] = [];
  /** What becomes of the next requests; those after them succeed. */
  fates: Exclude<Answer<never>, { kind: 'done' }>[] = [];
  #made = 0;
  readonly statuses = new BgpStatuses({
    clock: this.clock,
    random: () => 0.5,
    log: silentLog,
    node: 'w1',
    wanted: (key) => this.wanted.get(key) ?? null,
    onBroken: (error) => assert.fail(String(error)),
    api: {
      make: (key) => this.#do('make', () => this.put({ name: `bgp-${this.#made++}`, key, says: null })),
      tell: (one, peers) =>
        this.#do('tell', () => this.put({ ...one, says: { node: 'w1', key: one.key, peers } }), one),
      remove: (one) => this.#do('remove', () => this.drop(one.name), one),
    },
  });

  async #do<T>(verb: string, act: () => T, about: StandingStatus | null = null): Promise<Answer<T>> {
    this.done.push(verb);
    const fate = this.fates.shift();
    // What is unknown was done, and is seen later.
    if (fate?.kind === 'unknown') this.clock.after(100, act);
    if (fate?.kind === 'gone' && about !== null) this.drop(about.name);
    if (fate === undefined) return { kind: 'done', value: act() };
    return fate;
  }

  put(one: StandingStatus): StandingStatus {
    this.objects.set(one.name, one);
    this.statuses.stands(one);
    return one;
  }

  drop(name: string): void {
    const one = this.objects.get(name);
    this.objects.delete(name);
    if (one !== undefined) this.statuses.isGone(one);
  }

  want(key: ServiceKey, peers: readonly string[] | null): void {
    if (peers === null) this.wanted.delete(key);
    else this.wanted.set(key, peers);
    this.statuses.changed(key);
  }

  /** `web tor,tor2`. */
  get stands(): readonly string[] {
    return [...this.objects.values()].map(({ key, says }) => `${key} ${says?.peers.join() ?? '-'}`).sort();
  }
}

let stage: Stage;
beforeEach(() => {
  stage = new Stage();
});

describe('in step', () => {
  it('makes, changes and removes, and asks for nothing where all is right', async () => {
    stage.statuses.start();
    stage.want('d/web', TOR);
    await stage.clock.pass(100);
    stage.want('d/web', TOR);
    await stage.clock.pass(100);
    assert.deepEqual([stage.stands, stage.done], [['d/web tor'], ['make', 'tell']]);
    stage.want('d/web', ['tor', 'tor2']);
    await stage.clock.pass(100);
    assert.deepEqual([stage.stands, stage.done.slice(2)], [['d/web tor,tor2'], ['tell']]);
    stage.want('d/web', null);
    await stage.clock.pass(100);
    assert.deepEqual([stage.stands, stage.done.slice(3)], [[], ['remove']]);
  });

  it('touches nothing before it knows both sides', async () => {
    stage.put({ name: 'bgp-old', key: 'd/old', says: { node: 'w1', key: 'd/old', peers: TOR } });
    stage.want('d/web', TOR);
    await stage.clock.pass(10_000);
    assert.deepEqual(stage.done, []);
    stage.statuses.start();
    await stage.clock.pass(100);
    assert.deepEqual(stage.stands, ['d/web tor']);
  });

  it('takes over what a former run left, where that is right', async () => {
    stage.put({ name: 'bgp-old', key: 'd/web', says: { node: 'w1', key: 'd/web', peers: TOR } });
    stage.want('d/web', TOR);
    stage.statuses.start();
    await stage.clock.pass(1000);
    assert.deepEqual([stage.stands, stage.done], [['d/web tor'], []]);
  });

  it('makes again what somebody deleted, and puts right what somebody wrote', async () => {
    stage.statuses.start();
    stage.want('d/web', TOR);
    await stage.clock.pass(100);
    stage.drop('bgp-0');
    await stage.clock.pass(100);
    assert.deepEqual(stage.stands, ['d/web tor']);
    stage.put({ name: 'bgp-1', key: 'd/web', says: { node: 'w1', key: 'd/web', peers: ['other'] } });
    await stage.clock.pass(100);
    assert.deepEqual(stage.stands, ['d/web tor']);
  });

  it('replaces one whose status is of another node or Service, and cannot be changed', async () => {
    stage.put({ name: 'bgp-a', key: 'd/web', says: { node: 'w2', key: 'd/web', peers: TOR } });
    stage.put({ name: 'bgp-b', key: 'd/db', says: { node: 'w1', key: 'd/else', peers: TOR } });
    stage.want('d/web', TOR);
    stage.want('d/db', TOR);
    stage.statuses.start();
    await stage.clock.pass(1000);
    assert.deepEqual(stage.stands, ['d/db tor', 'd/web tor']);
    assert.ok(!stage.objects.has('bgp-a') && !stage.objects.has('bgp-b'));
  });

  it('leaves one of several', async () => {
    for (const name of ['bgp-b', 'bgp-a', 'bgp-c']) stage.put({ name, key: 'd/web', says: null });
    stage.want('d/web', TOR);
    stage.statuses.start();
    await stage.clock.pass(1000);
    assert.deepEqual([...stage.objects.keys()], ['bgp-a']);
  });

  it('writes no more after a stop', async () => {
    stage.statuses.start();
    await stage.statuses.stop();
    stage.want('d/web', TOR);
    await stage.clock.pass(10_000);
    assert.deepEqual(stage.done, []);
  });
});

describe('when it fails', () => {
  it('tries again, later each time', async () => {
    stage.fates = Array.from({ length: 4 }, () => ({ kind: 'refused', because: 'forbidden' }));
    stage.statuses.start();
    stage.want('d/web', TOR);
    await stage.clock.pass(4000);
    assert.ok(stage.done.length <= 3, 'with pauses');
    await stage.clock.pass(20_000);
    assert.deepEqual(stage.stands, ['d/web tor']);
  });

  it('waits as long as a busy server says', async () => {
    stage.fates = [{ kind: 'busy', because: '429', after: 30_000, undone: true }];
    stage.statuses.start();
    stage.want('d/web', TOR);
    await stage.clock.pass(29_000);
    assert.deepEqual(stage.done, ['make']);
    await stage.clock.pass(2000);
    assert.deepEqual(stage.stands, ['d/web tor']);
  });

  it('ends with one where an answer got lost', async () => {
    stage.fates = [{ kind: 'unknown', because: 'reset' }];
    stage.statuses.start();
    stage.want('d/web', TOR);
    await stage.clock.pass(10_000);
    assert.deepEqual(stage.stands, ['d/web tor']);
  });
});

it('does so many a second', async () => {
  stage.statuses.start();
  for (let index = 0; index < 200; index++) stage.want(`d/s${index}`, TOR);
  await stage.clock.pass(3000);
  assert.ok(stage.objects.size <= STATUSES_A_SECOND * 4, `${stage.objects.size} after 3 s`);
  await stage.clock.pass(10_000);
  assert.equal(stage.objects.size, 200);
});

it('ends as it should, whatever happens on the way', async () => {
  for (const seed of seeds(10, 200)) await history(seed);
});

async function history(seed: number): Promise<void> {
  const one = seeded(seed);
  stage = new Stage();
  stage.statuses.start();
  for (let step = 0; step < 150; step++) {
    const key = `d/s${one.below(6)}`;
    const kind = one.pick(['refused', 'unknown', 'gone', 'unsent'] as const);
    if (one.chance(0.3)) stage.fates.push(kind === 'gone' ? { kind } : { kind, because: 'told so' });
    if (one.chance(0.5)) stage.want(key, one.pick([null, TOR, ['tor', 'tor2']]));
    else if (one.chance(0.6)) stage.drop(one.pick([...stage.objects.keys(), 'none']));
    else stage.put({ name: `bgp-x${step}`, key, says: null });
    await stage.clock.pass(one.below(800));
  }
  stage.fates = [];
  await stage.clock.pass(2_000_000);
  const expected = [...stage.wanted].map(([key, peers]) => `${key} ${peers.join()}`).sort();
  assert.deepEqual(stage.stands, expected, `SEED=${seed}`);
}
