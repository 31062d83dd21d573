/** The condition about announcements: when it is written, how often, and that the last state gets there. */
import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import type { Condition } from '../../src/cluster/condition.ts';
import type { Service, ServiceKey } from '../../src/cluster/service.ts';
import {
  ANNOUNCED,
  Announcer,
  LOSS_LASTS,
  NODES_LARGE,
  type Word,
  WRITES_PER_SECOND,
  WRITES_PER_SECOND_LARGE,
} from '../../src/controller/announcer.ts';
import { type Address, formatAddress } from '../../src/net/address.ts';
import { silentLog } from '../../src/observe/log.ts';
import type { Answer } from '../../src/program/ports.ts';
import { service } from '../plan/support.ts';
import { FakeClock } from '../support/clock.ts';

const YES: Word = { status: 'True', reason: 'Predicted', message: 'learned' };
const NO: Word = { status: 'False', reason: 'NoPeer', message: 'not learned' };

class Stage {
  readonly clock = new FakeClock();
  readonly services = new Map<ServiceKey, Service>();
  readonly writes: { readonly key: ServiceKey; readonly status: string; readonly at: number }[] = [];
  words = new Map<ServiceKey, Word>();
  ahead: (address: Address) => Word | null = () => null;
  fates: Answer<Service>['kind'][] = [];
  nodes = 3;
  isLeading = true;
  isEarly = false;
  readonly announcer = new Announcer({
    clock: this.clock,
    log: silentLog,
    view: {
      get: (key) => this.services.get(key),
      values: () => this.services.values(),
      answered: (one) => void this.services.set(one.key, one),
      gone: () => {},
    },
    api: { patch: (key, body) => this.#patch(key, body), read: () => assert.fail('nothing is read') },
    answer: () => Promise.resolve(this.isEarly ? null : { words: this.words, ahead: this.ahead }),
    isMine: ({ loadBalancerClass }) => loadBalancerClass === null,
    nodes: () => this.nodes,
    isLeading: () => this.isLeading,
  });

  add(count: number, word: Word): void {
    for (let index = 0; index < count; index++) {
      const one = service(`s${index}`);
      this.services.set(one.key, one);
      this.words.set(one.key, word);
    }
  }

  says(key: ServiceKey): string | undefined {
    return this.services.get(key)?.conditions.find(({ type }) => type === ANNOUNCED)?.status;
  }

  async pass(time: number): Promise<void> {
    for (let passed = 0; passed < time; passed += 25) {
      this.clock.advance(25);
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  async #patch(key: ServiceKey, body: object): Promise<Answer<Service>> {
    const { status } = body as { status: { conditions: readonly (Condition & { $patch?: string })[] } };
    const [condition] = status.conditions;
    assert.ok(condition);
    const isGone = condition.$patch === 'delete';
    this.writes.push({ key, status: isGone ? 'dropped' : condition.status, at: this.clock.now() });
    const fate = this.fates.shift() ?? 'done';
    if (fate === 'gone' || fate === 'stale') return { kind: fate };
    if (fate !== 'done') return { kind: 'unknown', because: 'told so' };
    const before = this.services.get(key) ?? service(key);
    return { kind: 'done', value: { ...before, conditions: isGone ? [] : [condition] } };
  }
}

let stage: Stage;
beforeEach(() => {
  stage = new Stage();
});

const look = async (time = 2000): Promise<void> => {
  stage.announcer.changed();
  await stage.pass(time);
};

describe('what is written', () => {
  it('says of each Service what was worked out, once', async () => {
    stage.add(3, YES);
    await look();
    assert.equal(stage.writes.length, 3);
    await look();
    assert.equal(stage.writes.length, 3);
    assert.equal(stage.says('default/s0'), 'True');
  });

  it('keeps the time of the last change of status where only the reason changes', async () => {
    stage.add(1, YES);
    await look();
    const since = stage.services.get('default/s0')?.conditions[0]?.lastTransitionTime;
    await stage.pass(5000);
    stage.words.set('default/s0', { ...YES, reason: 'Confirmed' });
    await look();
    const [condition] = stage.services.get('default/s0')?.conditions ?? [];
    assert.deepEqual([condition?.reason, condition?.lastTransitionTime], ['Confirmed', since]);
  });

  it('takes the condition off where there is nothing to say any more', async () => {
    stage.add(1, YES);
    await look();
    stage.words.clear();
    await look();
    assert.equal(stage.says('default/s0'), undefined);
  });

  it('leaves Services of another class alone', async () => {
    const other = { ...service('s0'), loadBalancerClass: 'theirs' };
    stage.services.set(other.key, other);
    stage.words.set(other.key, YES);
    await look();
    assert.deepEqual(stage.writes, []);
  });

  it('says nothing while it is too early, nor as a standby', async () => {
    stage.add(1, YES);
    stage.isEarly = true;
    await look();
    stage.isEarly = false;
    stage.isLeading = false;
    await look();
    assert.deepEqual(stage.writes, []);
  });
});

describe('what goes along with an assignment', () => {
  const address = (last: bigint): Address => ({ family: 4, bits: 0xc0a80500n + last });
  const one = { ...service('s0'), conditions: [] };

  it('is what will be said of such an address anyway', async () => {
    stage.ahead = (ip) => ({ ...YES, message: `${formatAddress(ip)} is learned` });
    await look();
    const { conditions } = stage.announcer.beside(one, [address(1n)]);
    assert.deepEqual(
      conditions.map(({ type, status, message }) => [type, status, message]),
      [[ANNOUNCED, 'True', '192.168.5.1 is learned']],
    );
  });

  it('is nothing for Local Services, for addresses that nothing is known of, and for writes of something else', async () => {
    stage.ahead = (ip) => (ip.bits % 2n === 0n ? YES : null);
    await look();
    assert.deepEqual(stage.announcer.beside(one, [address(1n)]).conditions, []);
    assert.deepEqual(
      stage.announcer.beside({ ...one, externalTrafficPolicy: 'Local' }, [address(2n)]).conditions,
      [],
    );
    assert.deepEqual(stage.announcer.beside(one, null), { conditions: [], dropped: [] });
  });

  it('takes the condition off along with the addresses', async () => {
    stage.add(1, YES);
    await look();
    const written = stage.services.get('default/s0');
    assert.ok(written);
    assert.deepEqual(stage.announcer.beside(written, []).dropped, [ANNOUNCED]);
  });
});

describe('losses', () => {
  it('are written when they have lasted', async () => {
    stage.add(1, YES);
    await look();
    stage.words.set('default/s0', NO);
    await look();
    assert.equal(stage.says('default/s0'), 'True');
    await stage.pass(LOSS_LASTS);
    assert.equal(stage.says('default/s0'), 'False');
  });

  it('that heal are not', async () => {
    stage.add(1, YES);
    await look();
    stage.words.set('default/s0', NO);
    await look();
    stage.words.set('default/s0', YES);
    await look(2 * LOSS_LASTS);
    assert.deepEqual(
      stage.writes.map(({ status }) => status),
      ['True'],
    );
  });

  it('do not hold up the others', async () => {
    stage.add(2, YES);
    stage.words.delete('default/s1');
    await look();
    stage.words.set('default/s0', NO);
    stage.words.set('default/s1', NO);
    await look();
    assert.deepEqual([stage.says('default/s0'), stage.says('default/s1')], ['True', 'False']);
  });
});

describe('the pace', () => {
  for (const [nodes, most] of [
    [3, WRITES_PER_SECOND],
    [NODES_LARGE, WRITES_PER_SECOND_LARGE],
  ] as const) {
    it(`is at most ${most} writes a second with ${nodes} nodes`, async () => {
      stage.nodes = nodes;
      stage.add(100, YES);
      await look(3000);
      const [first] = stage.writes;
      assert.ok(first);
      const within = stage.writes.filter(({ at }) => at < first.at + 1000).length;
      assert.ok(within <= most && within >= most - 1, `${within}`);
    });
  }

  it('a crowd of changes is one answer', async () => {
    stage.add(1, YES);
    for (let index = 0; index < 100; index++) stage.announcer.changed();
    await stage.pass(1000);
    assert.equal(stage.announcer.answered, 1);
  });
});

describe('the last state gets there', () => {
  for (const fate of ['stale', 'unknown', 'refused'] as const) {
    it(`after a write that was ${fate}`, async () => {
      stage.add(2, YES);
      stage.fates = [fate, fate];
      await look(30_000);
      assert.deepEqual([stage.says('default/s0'), stage.says('default/s1')], ['True', 'True']);
    });
  }

  it('a Service that is gone is forgotten', async () => {
    stage.add(1, YES);
    stage.fates = ['gone'];
    await look(30_000);
    assert.equal(stage.writes.length, 1);
  });
});
