/** The event `nodeAssigned`: on a change, never twice, and slowly. */
import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import type { ServiceKey } from '../../src/cluster/service.ts';
import { ASSIGNED_WAITING_MAX, Assigned, type Evidence, toldBefore } from '../../src/speaker/assigned.ts';
import { FakeClock } from '../support/clock.ts';

let clock: FakeClock;
let told: ServiceKey[];
let assigned: Assigned;
beforeEach(() => {
  clock = new FakeClock();
  told = [];
  assigned = new Assigned({ clock, tell: (key) => told.push(key) });
});

describe('when it is told', () => {
  it('tells of what the first look found, but for what was told before', async () => {
    for (const key of ['a', 'b', 'c']) assigned.set(key, true);
    assigned.looked();
    await clock.pass(1000);
    assert.deepEqual(told, []);
    assigned.begin(new Set(['b']));
    assert.deepEqual(told, ['a', 'c']);
  });

  it('tells of a change that came while nobody knew what was told before', () => {
    for (const key of ['a', 'b']) assigned.set(key, true);
    assigned.looked();
    assigned.set('late', true);
    assigned.set('b', false);
    assigned.set('b', true);
    assigned.begin('all');
    assert.deepEqual(told, ['late', 'b']);
  });

  it('tells again of a Service that was not announced meanwhile, and not of one that is as it was', () => {
    assigned.looked();
    assigned.begin('all');
    for (const is of [true, true, false, true]) assigned.set('a', is);
    assert.deepEqual(told, ['a', 'a']);
  });

  it('tells ten a second, and nothing of what is over by then', async () => {
    assigned.looked();
    assigned.begin('all');
    for (let index = 0; index < 100; index++) assigned.set(`s${index}`, true);
    assert.equal(told.length, 10);
    for (let index = 50; index < 100; index++) assigned.set(`s${index}`, false);
    await clock.pass(1000);
    assert.equal(told.length, 20);
    await clock.pass(60_000);
    assert.deepEqual([told.length, told.at(-1)], [50, 's49']);
  });

  it('lets the oldest give way where too many wait', async () => {
    assigned.looked();
    assigned.begin('all');
    const count = ASSIGNED_WAITING_MAX + 100;
    for (let index = 0; index < count; index++) assigned.set(`s${index}`, true);
    await clock.pass(3_600_000);
    assert.equal(told.length, ASSIGNED_WAITING_MAX + 10);
    assert.deepEqual([told[0], told[10], told.at(-1)], ['s0', 's100', `s${count - 1}`]);
  });

  it('tells nothing after a stop', async () => {
    assigned.looked();
    assigned.begin('all');
    for (let index = 0; index < 20; index++) assigned.set(`s${index}`, true);
    assigned.stop();
    await clock.pass(60_000);
    assert.equal(told.length, 10);
  });
});

describe('what was told before', () => {
  const now = 'now';
  const rows: readonly [says: string, evidence: Omit<Evidence, 'digest'>, told: readonly string[] | 'all'][] =
    [
      ['nothing, where nobody spoke for the node', { former: null, standing: new Set() }, []],
      ['what has a status: MetalLB told it too', { former: null, standing: new Set(['a']) }, ['a']],
      [
        'all, where the same is announced as before',
        { former: { services: 2, digest: now }, standing: new Set(['a']) },
        'all',
      ],
      [
        'what has a status, where something else is',
        { former: { services: 2, digest: 'then' }, standing: new Set(['a', 'b']) },
        ['a', 'b'],
      ],
      [
        'all, as far as can be told, where the statuses went with their Pod',
        { former: { services: 2, digest: 'then' }, standing: new Set() },
        'all',
      ],
      [
        'nothing, where nothing was announced',
        { former: { services: 0, digest: 'then' }, standing: new Set() },
        [],
      ],
      [
        'nothing, where nothing was announced, and no statuses are kept',
        { former: { services: 0, digest: 'then' }, standing: null },
        [],
      ],
      [
        'all, where no statuses are kept: in doubt nobody hears it twice',
        { former: null, standing: null },
        'all',
      ],
    ];
  for (const [says, evidence, expected] of rows)
    it(says, () => {
      const before = toldBefore({ ...evidence, digest: now });
      assert.deepEqual(before === 'all' ? before : [...before], expected);
    });
});
