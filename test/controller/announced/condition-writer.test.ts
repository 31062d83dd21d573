/** The condition about announcements: when it is written, how often, and that the last state gets there. */
import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import {
  ANNOUNCED_CONDITION,
  CONDITION_WRITES_IN_FLIGHT,
  LARGE_CLUSTER_NODES,
  LARGE_CLUSTER_WRITES_PER_SECOND,
  LOSS_HOLD_DOWN,
  WRITES_PER_SECOND,
} from '../../../src/controller/announced/condition-writer.ts';
import { type Address, formatAddress } from '../../../src/net/address.ts';
import { service } from '../../allocation/support/test-cluster.ts';
import { LEARNED, NOT_LEARNED, WriterHarness } from '../support/announced-writer.ts';

let harness: WriterHarness;
beforeEach(() => {
  harness = new WriterHarness();
});

const evaluate = (time?: number): Promise<void> => harness.evaluate(time);

describe('a written condition', () => {
  it('is what was evaluated for each Service, written once', async () => {
    harness.add(3, LEARNED);
    await evaluate();
    assert.equal(harness.writes.length, 3);
    await evaluate();
    assert.equal(harness.writes.length, 3);
    assert.equal(harness.statusOf('default/s0'), 'True');
  });

  it('keeps the time of the last change of status where only the reason changes', async () => {
    harness.add(1, LEARNED);
    await evaluate();
    const since = harness.services.get('default/s0')?.conditions[0]?.lastTransitionTime;
    await harness.pass(5000);
    harness.conditions.set('default/s0', { ...LEARNED, reason: 'Confirmed' });
    await evaluate();
    const [condition] = harness.services.get('default/s0')?.conditions ?? [];
    assert.deepEqual([condition?.reason, condition?.lastTransitionTime], ['Confirmed', since]);
  });

  it('is removed where there is no condition any more', async () => {
    harness.add(1, LEARNED);
    await evaluate();
    harness.conditions.clear();
    await evaluate();
    assert.equal(harness.statusOf('default/s0'), undefined);
  });

  it('stays where it is not known whether there is one', async () => {
    harness.add(2, LEARNED);
    await evaluate();
    harness.isPartial = true;
    harness.conditions.clear();
    harness.conditions.set('default/s1', NOT_LEARNED);
    await evaluate(20_000);
    assert.deepEqual([harness.statusOf('default/s0'), harness.statusOf('default/s1')], ['True', 'False']);
  });

  it('is never on Services of another class', async () => {
    const other = { ...service('s0'), loadBalancerClass: 'theirs' };
    harness.services.set(other.key, other);
    harness.conditions.set(other.key, LEARNED);
    await evaluate();
    assert.deepEqual(harness.writes, []);
  });

  it('is not written before the first evaluation, nor by a standby', async () => {
    harness.add(1, LEARNED);
    harness.isUnavailable = true;
    await evaluate();
    harness.isUnavailable = false;
    harness.isLeading = false;
    await evaluate();
    assert.deepEqual(harness.writes, []);
  });
});

describe('the condition in the write of an assignment', () => {
  const address = (last: bigint): Address => ({ family: 4, bits: 0xc0a80500n + last });
  const one = { ...service('s0'), conditions: [] };

  it('is the one predicted for the address', async () => {
    harness.predict = (ip) => ({ ...LEARNED, message: `${formatAddress(ip)} is learned` });
    await evaluate();
    const { conditions } = harness.writer.extraConditions(one, [address(1n)]);
    assert.deepEqual(
      conditions.map(({ type, status, message }) => [type, status, message]),
      [[ANNOUNCED_CONDITION, 'True', '192.168.5.1 is learned']],
    );
  });

  it('is absent for Local Services, for addresses without a prediction, and in other writes', async () => {
    harness.predict = (ip) => (ip.bits % 2n === 0n ? LEARNED : null);
    await evaluate();
    assert.deepEqual(harness.writer.extraConditions(one, [address(1n)]).conditions, []);
    assert.deepEqual(
      harness.writer.extraConditions({ ...one, externalTrafficPolicy: 'Local' }, [address(2n)]).conditions,
      [],
    );
    assert.deepEqual(harness.writer.extraConditions(one, null), { conditions: [], removedConditions: [] });
  });

  it('is removed together with the addresses', async () => {
    harness.add(1, LEARNED);
    await evaluate();
    const written = harness.services.get('default/s0');
    assert.ok(written);
    assert.deepEqual(harness.writer.extraConditions(written, []).removedConditions, [ANNOUNCED_CONDITION]);
  });
});

describe('losses', () => {
  it('are written when they have lasted', async () => {
    harness.add(1, LEARNED);
    await evaluate();
    harness.conditions.set('default/s0', NOT_LEARNED);
    await evaluate();
    assert.equal(harness.statusOf('default/s0'), 'True');
    await harness.pass(LOSS_HOLD_DOWN);
    assert.equal(harness.statusOf('default/s0'), 'False');
  });

  it('are not written when they end in time', async () => {
    harness.add(1, LEARNED);
    await evaluate();
    harness.conditions.set('default/s0', NOT_LEARNED);
    await evaluate();
    harness.conditions.set('default/s0', LEARNED);
    await evaluate(2 * LOSS_HOLD_DOWN);
    assert.deepEqual(
      harness.writes.map(({ status }) => status),
      ['True'],
    );
  });

  it('do not delay other writes', async () => {
    harness.add(2, LEARNED);
    harness.conditions.delete('default/s1');
    await evaluate();
    harness.conditions.set('default/s0', NOT_LEARNED);
    harness.conditions.set('default/s1', NOT_LEARNED);
    await evaluate();
    assert.deepEqual([harness.statusOf('default/s0'), harness.statusOf('default/s1')], ['True', 'False']);
  });
});

describe('the rate of writes', () => {
  for (const [nodes, most] of [
    [3, WRITES_PER_SECOND],
    [LARGE_CLUSTER_NODES, LARGE_CLUSTER_WRITES_PER_SECOND],
  ] as const) {
    it(`is at most ${most} writes a second with ${nodes} nodes`, async () => {
      harness.nodes = nodes;
      harness.add(100, LEARNED);
      await evaluate(3000);
      const [first] = harness.writes;
      assert.ok(first);
      const within = harness.writes.filter(({ at }) => at < first.at + 1000).length;
      assert.ok(within <= most && within >= most - 1, `${within}`);
    });
  }

  it('many changes are one evaluation', async () => {
    harness.add(1, LEARNED);
    for (let index = 0; index < 100; index++) harness.writer.changed();
    await harness.pass(1000);
    assert.equal(harness.writer.evaluations, 1);
  });
});

describe('a namespace', () => {
  /** The time that the writes of a quiet namespace took, beside another one. */
  async function quietWrites(loud: number): Promise<number> {
    harness.add(loud, LEARNED, 'loud');
    harness.add(3, LEARNED, 'quiet');
    await evaluate(60_000);
    const quiet = harness.writes.filter(({ key }) => key.startsWith('quiet/'));
    assert.equal(quiet.length, 3);
    return Math.max(...quiet.map(({ at }) => at)) - Math.min(...harness.writes.map(({ at }) => at));
  }

  it('of many changes takes turns with others', async () => {
    assert.ok((await quietWrites(500)) <= (2 * 3 * 1000) / WRITES_PER_SECOND);
  });

  it('whose writes are all refused delays no other', async () => {
    harness.failures.set('loud', { kind: 'refused', after: 0 });
    assert.ok((await quietWrites(100)) <= (2 * 3 * 1000) / WRITES_PER_SECOND);
    assert.ok(harness.writes.length > 100, 'what was refused is tried again');
  });

  it('whose writes hang delays no other, and has one in flight', async () => {
    harness.failures.set('loud', { kind: 'unknown', after: 35_000 });
    assert.ok((await quietWrites(100)) <= (2 * 3 * 1000) / WRITES_PER_SECOND);
    const tried = harness.writes.filter(({ key }) => key.startsWith('loud/')).length;
    assert.ok(tried >= 1 && tried <= 2, `${tried} writes that hang in a minute`);
  });
});

it('as many namespaces as writes may be in flight hold up the others until one of them ends', async () => {
  for (let index = 0; index < CONDITION_WRITES_IN_FLIGHT; index++) {
    harness.failures.set(`loud-${index}`, { kind: 'unknown', after: 35_000 });
    harness.add(1, LEARNED, `loud-${index}`);
  }
  await evaluate(5000);
  harness.add(1, LEARNED, 'quiet');
  await evaluate(5000);
  assert.equal(harness.statusOf('quiet/s0'), undefined);
  await harness.pass(40_000);
  assert.equal(harness.statusOf('quiet/s0'), 'True');
});

describe('the last state is written', () => {
  for (const outcome of ['stale', 'unknown', 'refused'] as const) {
    it(`after a write that was ${outcome}`, async () => {
      harness.add(2, LEARNED);
      harness.outcomes = [outcome, outcome];
      await evaluate(30_000);
      assert.deepEqual([harness.statusOf('default/s0'), harness.statusOf('default/s1')], ['True', 'True']);
    });
  }

  it('a deleted Service is forgotten', async () => {
    harness.add(1, LEARNED);
    harness.outcomes = ['gone'];
    await evaluate(30_000);
    assert.equal(harness.writes.length, 1);
  });
});

describe('a new term', () => {
  const address: Address = { family: 4, bits: 0xc0a80501n };

  it('predicts nothing from the evaluation of an earlier one', async () => {
    harness.predict = () => LEARNED;
    await evaluate();
    harness.writer.stop();
    const one = { ...service('s0'), conditions: [] };
    assert.deepEqual(harness.writer.extraConditions(one, [address]).conditions, []);
  });

  it('does not try again what an earlier one could not write', async () => {
    harness.failures.set('default', { kind: 'unknown', after: 3000 });
    harness.add(1, LEARNED);
    await evaluate(1000);
    harness.writer.stop();
    await harness.pass(60_000);
    assert.equal(harness.writes.length, 1);
    await evaluate();
    assert.equal(harness.writes.length, 2);
  });

  it('keeps the condition of an answer that comes late', async () => {
    harness.delay = 3000;
    harness.add(1, LEARNED);
    await evaluate(1000);
    harness.writer.stop();
    await harness.pass(5000);
    assert.equal(harness.statusOf('default/s0'), 'True');
    await evaluate();
    assert.equal(harness.writes.length, 1);
  });
});
