/** One namespace's changes, large answers and waiting Services: who is served next. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  ANSWER_BYTES_IN_FLIGHT,
  WRITES_IN_FLIGHT,
  WRITES_IN_FLIGHT_PER_NAMESPACE,
} from '../../../src/controller/services/write-limits.ts';
import { ingress, service } from '../../allocation/support/test-cluster.ts';
import { ANSWER_DELAY, ReconcilerHarness } from '../support/reconciler-harness.ts';

describe('a namespace that changes a thousand Services', () => {
  const crowd = Array.from({ length: 1000 }, (_, i) => service(`crowd/s${i}`));
  const other = service('default/other');

  it('delays a new Service of another namespace by the writes in flight alone', async () => {
    const harness = new ReconcilerHarness(['10.0.0.0/16'], []);
    await harness.begin();
    for (const one of [...crowd, other]) {
      harness.show(one);
      harness.reconciler.changed(undefined, one);
    }
    await harness.clock.advanceAsync(1000);
    const place = harness.patches.findIndex(({ key }) => key === other.key);
    assert.ok(place >= 0 && place <= WRITES_IN_FLIGHT, `written after ${place} others`);
    assert.equal(harness.patches.length, 1001);
    const order = harness.patches.map(({ key }) => key).filter((key) => key !== other.key);
    assert.deepEqual(
      order,
      crowd.map(({ key }) => key),
      'within a namespace the first change comes first',
    );
  });

  it('whose answers are large, has few writes in flight, and delays no other', async () => {
    const harness = new ReconcilerHarness(['10.0.0.0/16'], []);
    harness.answerBytes = (key) => (key.startsWith('crowd/') ? 840_000 : 2000);
    await harness.begin();
    for (const one of crowd) {
      harness.show(one);
      harness.reconciler.changed(undefined, one);
    }
    await harness.clock.advanceAsync(ANSWER_DELAY);
    const first = harness.patches.length;
    assert.ok(first <= WRITES_IN_FLIGHT_PER_NAMESPACE + 2, `${first} before any answer is known`);
    await harness.clock.advanceAsync(10 * ANSWER_DELAY);
    assert.equal(harness.patches.length - first, 10 * Math.floor(ANSWER_BYTES_IN_FLIGHT / 840_000));
    harness.show(other);
    harness.reconciler.changed(undefined, other);
    await harness.clock.advanceAsync(0);
    assert.equal(harness.patches.at(-1)?.key, other.key);
  });

  it('whose answers are larger than any limit, is written one at a time', async () => {
    const harness = new ReconcilerHarness(['10.0.0.0/16'], []);
    harness.answerBytes = () => 2 * ANSWER_BYTES_IN_FLIGHT;
    await harness.begin();
    for (const one of crowd.slice(0, 30)) {
      harness.show(one);
      harness.reconciler.changed(undefined, one);
    }
    await harness.clock.advanceAsync(ANSWER_DELAY);
    const first = harness.patches.length;
    await harness.clock.advanceAsync(3 * ANSWER_DELAY);
    assert.equal(harness.patches.length - first, 3);
    await harness.clock.advanceAsync(1000);
    assert.equal(harness.patches.length, 30);
  });

  it('and whose writes hang, leaves room for others', async () => {
    const harness = new ReconcilerHarness(['10.0.0.0/16'], []);
    harness.hangs = (key) => key.startsWith('crowd/');
    await harness.begin();
    for (const one of [...crowd, other]) {
      harness.show(one);
      harness.reconciler.changed(undefined, one);
    }
    await harness.clock.advanceAsync(1000);
    assert.deepEqual(harness.addressesOf('other').length, 1);
    const hanging = harness.patches.filter(({ key }) => key.startsWith('crowd/')).length;
    assert.equal(hanging, WRITES_IN_FLIGHT_PER_NAMESPACE);
  });
});

describe('Services that wait for one pool', () => {
  const waiters = Array.from({ length: 6 }, (_, i) => service(`ns${i % 3}/waits-${i}`));
  const [...holders] = ['a', 'b', 'c'].map((name, i) =>
    service(`holders/${name}`, { ingress: ingress(`192.0.2.${i}`) }),
  );

  it('are served in the order of waiting, whatever backlog and new Services there are', async () => {
    const harness = new ReconcilerHarness(['192.0.2.0-192.0.2.2'], holders);
    await harness.begin();
    const arrive = (one: (typeof waiters)[number]): void => {
      harness.show(one);
      harness.reconciler.changed(undefined, one);
    };
    for (const one of waiters) {
      arrive(one);
      await harness.clock.advanceAsync(1000);
    }
    const served: string[] = [];
    for (const holder of holders) {
      // A backlog of changes, and a new Service that no pool can serve yet.
      for (let i = 0; i < 200; i++) arrive(service(`crowd/${holder.key.at(-1)}${i}`, { uid: `u${i}` }));
      harness.server.delete(holder.key);
      harness.watched.delete(holder.key);
      harness.reconciler.deleted(holder);
      await harness.clock.advanceAsync(60_000);
      for (const { key, ingress: addresses } of harness.server.values())
        if (addresses.length > 0 && key.startsWith('ns') && !served.includes(key)) served.push(key);
    }
    assert.deepEqual(
      served,
      waiters.slice(0, 3).map(({ key }) => key),
    );
  });
});
