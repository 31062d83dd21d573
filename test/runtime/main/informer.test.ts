/** A shared informer over a server in memory: its subscribers, its users, and how many watches there are. */

import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import type { Raw } from '../../../src/base/json.ts';
import { CONFIG_MAPS } from '../../../src/kube/resource.ts';
import { silentLog } from '../../../src/observe/log.ts';
import { Metrics } from '../../../src/observe/metrics.ts';
import { Informer, type InformerContext } from '../../../src/runtime/main/informer.ts';
import {
  sameWatchedObject,
  toWatchedObject,
  type WatchedObject,
} from '../../../src/runtime/main/watched-object.ts';
import { systemClock } from '../../../src/workqueue/system-clock.ts';
import { eventually } from '../../support/eventually.ts';
import { type WatchCounter, watchCounter } from '../../support/watch-counter.ts';
import { type MemoryCluster, startMemoryCluster } from './support/memory-cluster.ts';

describe('a shared informer', () => {
  let cluster: MemoryCluster;
  let server: MemoryCluster['server'];
  let client: MemoryCluster['client'];
  let counter: WatchCounter;
  let informer: Informer<WatchedObject>;
  const stops: AbortController[] = [];
  const running: Promise<void>[] = [];

  before(async () => {
    cluster = await startMemoryCluster();
    ({ server, client } = cluster);
  });
  after(() => cluster?.stop());
  beforeEach(() => {
    put('a', '1');
    counter = watchCounter(client);
    const metrics = new Metrics('test');
    const context: InformerContext = {
      ...{ client: counter.client, clock: systemClock, random: () => 0.5, log: silentLog, metrics },
    };
    const options = { resource: CONFIG_MAPS, namespace: 'default', decode: toWatchedObject };
    informer = new Informer<WatchedObject>(context, { ...options, keyOf: ({ name }) => name });
  });
  afterEach(async () => {
    for (const stop of stops.splice(0)) stop.abort();
    await Promise.all(running.splice(0));
    for (const name of ['a', 'b']) server.objects.delete('configmaps', 'default', name);
  });

  const put = (name: string, value: string, annotations: Raw = {}): void =>
    void server.objects.put({
      ...{ apiVersion: 'v1', kind: 'ConfigMap', data: { value } },
      metadata: { name, namespace: 'default', managedFields: [], annotations },
    } as Parameters<MemoryCluster['server']['objects']['put']>[0]);

  /** The returned function ends this use. */
  function use(): () => Promise<void> {
    const stop = new AbortController();
    const run = informer.run(stop.signal);
    stops.push(stop);
    running.push(run);
    return () => {
      stop.abort();
      return run;
    };
  }

  function record(isSame?: (before: WatchedObject, now: WatchedObject) => boolean) {
    const events: string[] = [];
    const unsubscribe = informer.subscribe({
      ...(isSame === undefined ? {} : { isSame }),
      changed: (previous, { name }) => events.push(`${previous === undefined ? 'added' : 'changed'} ${name}`),
      deleted: (name) => events.push(`deleted ${name}`),
      listed: () => events.push('listed'),
    });
    return { events, unsubscribe };
  }

  const synced = (): Promise<void> =>
    eventually(() => assert.ok(informer.hasSynced && informer.isCurrent, 'not synced yet'));
  const becomes = (events: readonly string[], expected: readonly string[]): Promise<void> =>
    eventually(() => assert.deepEqual(events, expected));

  it('notifies all its subscribers by one watch', async () => {
    const [one, other] = [record(), record()];
    use();
    await synced();
    put('b', '1');
    server.objects.delete('configmaps', 'default', 'a');
    const expected = ['added a', 'listed', 'added b', 'deleted a'];
    await becomes(one.events, expected);
    await becomes(other.events, expected);
    assert.deepEqual(counter.open(), ['configmaps']);
  });

  it('leaves out the updates that are the same to a subscriber', async () => {
    const all = record();
    const relevant = record((previous, now) => sameData(previous, now));
    use();
    await synced();
    put('a', '1', { touched: 'yes' });
    put('a', '2');
    await becomes(all.events, ['added a', 'listed', 'changed a', 'changed a']);
    await becomes(relevant.events, ['added a', 'listed', 'changed a']);
  });

  it('delivers what it has cached to a subscriber that comes late, and nothing to one that left', async () => {
    const early = record();
    use();
    await synced();
    early.unsubscribe();
    const late = record();
    assert.deepEqual(late.events, ['added a', 'listed']);
    put('a', '2');
    await becomes(late.events, ['added a', 'listed', 'changed a']);
    assert.deepEqual(early.events, ['added a', 'listed']);
  });

  it('runs while somebody uses it, and begins with an empty cache the next time', async () => {
    const [endFirst, endSecond] = [use(), use()];
    await synced();
    await endFirst();
    put('b', '1');
    await eventually(() => assert.equal(informer.store.size, 2));
    await endSecond();
    assert.deepEqual(counter.open(), []);
    assert.deepEqual([informer.hasSynced, informer.store.size], [false, 0]);
    server.objects.delete('configmaps', 'default', 'b');
    const { events } = record();
    assert.deepEqual(events, []);
    use();
    await becomes(events, ['added a', 'listed']);
    assert.equal(counter.opened('configmaps'), 2);
  });

  it('goes on where a new user comes while the last one ends', async () => {
    const { events } = record();
    const end = use();
    await synced();
    const ended = end();
    use();
    await ended;
    await synced();
    put('b', '1');
    await eventually(() => assert.equal(informer.store.size, 2));
    assert.equal(events.at(-1), 'added b');
    assert.deepEqual(counter.open(), ['configmaps']);
  });

  describe('waiting for a version', () => {
    /** Longer than any test lasts: what is waited for has to end the wait. */
    const LONG = 3_600_000;
    const nextVersion = (): string => `${BigInt(informer.store.lastSyncVersion) + 1n}`;

    it('ends with the change that has it, also with a deletion', async () => {
      use();
      await synced();
      const [changed, version] = [informer.waitForVersion(nextVersion(), LONG), nextVersion()];
      put('b', '1');
      assert.equal(await changed, true);
      assert.equal(informer.store.lastSyncVersion, version);
      const deleted = informer.waitForVersion(nextVersion(), LONG);
      server.objects.delete('configmaps', 'default', 'b');
      assert.equal(await deleted, true);
    });

    it('ends with a list that has it', async () => {
      use();
      await synced();
      const listed = informer.waitForVersion(nextVersion(), LONG);
      server.objects.put({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'other' } });
      assert.equal(await informer.refresh(), true);
      assert.equal(await listed, true);
    });

    it('ends without it where the informer is stopped', async () => {
      const end = use();
      await synced();
      const waiting = informer.waitForVersion(nextVersion(), LONG);
      await end();
      assert.equal(await waiting, false);
    });
  });

  it('notifies its subscribers of a response that is newer than the watch', async () => {
    const { events } = record();
    use();
    await synced();
    const cached = informer.store.get('a');
    assert.ok(cached);
    informer.applyResponse(cached);
    informer.applyResponse({ ...cached, resourceVersion: `${cached.resourceVersion}0` });
    assert.deepEqual(events, ['added a', 'listed', 'changed a']);
  });
});

const sameData = (a: WatchedObject, b: WatchedObject): boolean =>
  sameWatchedObject({ raw: { data: a.raw['data'] } }, { raw: { data: b.raw['data'] } });
