/** The old ConfigMap over a server in memory: live edits, and texts that are not good. */
import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { formatIssue } from '../../../src/config/issue.ts';
import { loadLegacyReader } from '../../../src/config/legacy/config-map.ts';
import { BGP_PEERS, IP_ADDRESS_POOLS } from '../../../src/kube/resource.ts';
import { silentLog } from '../../../src/observe/log.ts';
import { Metrics } from '../../../src/observe/metrics.ts';
import { LegacyConfigMap } from '../../../src/runtime/main/legacy-config-map.ts';
import type { ObjectSource } from '../../../src/runtime/main/object-source.ts';
import { toWatchedObject, type WatchedObject } from '../../../src/runtime/main/watched-object.ts';
import { systemClock } from '../../../src/workqueue/system-clock.ts';
import { eventually } from '../../support/eventually.ts';
import { type MemoryCluster, startMemoryCluster } from './support/memory-cluster.ts';

const NAMESPACE = 'default';
const pool = (name: string, range: string) => `{name: ${name}, protocol: layer2, addresses: [${range}]}`;
const pools = (...all: readonly string[]) => `address-pools: [${all}]`;
const GOOD = pools(pool('a', '10.0.0.0/24'), pool('b', '10.0.1.0/24'));

describe('the old ConfigMap, live', () => {
  let cluster: MemoryCluster;
  let server: MemoryCluster['server'];
  let client: MemoryCluster['client'];
  let legacy: LegacyConfigMap;
  let source: ObjectSource<WatchedObject>;
  let events: string[];
  let stop: AbortController;
  let running: Promise<void>;
  const read = loadLegacyReader();

  before(async () => {
    cluster = await startMemoryCluster();
    ({ server, client } = cluster);
  });
  after(() => cluster?.stop());
  beforeEach(async () => {
    events = [];
    stop = new AbortController();
    const context = { client, clock: systemClock, random: () => 0.5, log: silentLog };
    legacy = new LegacyConfigMap({ ...context, metrics: new Metrics('test') }, NAMESPACE, {
      ...{ name: 'config', read: await read },
    });
    source = legacy.source(IP_ADDRESS_POOLS, toWatchedObject);
    subscribe(events);
    legacy.changes.add(() => events.push(legacy.origin?.issues.length === 0 ? 'good' : 'not good'));
  });
  afterEach(async () => {
    stop.abort();
    await running;
    server.objects.delete('configmaps', NAMESPACE, 'config');
  });

  const subscribe = (into: string[]): void =>
    void source.subscribe({
      changed: (previous, { name }) => into.push(`${previous === undefined ? 'added' : 'changed'} ${name}`),
      deleted: (name) => into.push(`deleted ${name}`),
      listed: () => into.push('listed'),
    });

  const write = (text: string, name = 'config'): void =>
    void server.objects.put({
      ...{ apiVersion: 'v1', kind: 'ConfigMap', data: { config: text } },
      metadata: { name, namespace: NAMESPACE },
    });

  async function start(): Promise<void> {
    running = legacy.informer.run(stop.signal);
    await eventually(() => assert.ok(legacy.informer.hasSynced, 'it is not listed yet'));
  }

  /** What was notified since the last call. */
  const notified = (expected: readonly string[]): Promise<void> =>
    eventually(() => assert.deepEqual(events, expected)).finally(() => events.splice(0));

  const names = (): readonly string[] => [...source.store.values()].map(({ name }) => name);

  it('has an object for each of its parts, and notifies of those that an edit changes', async () => {
    write(GOOD);
    await start();
    await notified(['added a', 'added b', 'listed', 'good']);
    const unchanged = source.store.get('a');
    write(pools(pool('a', '10.0.0.0/24'), pool('b', '10.0.2.0/24'), pool('c', '10.0.3.0/24')));
    await notified(['changed b', 'added c', 'listed', 'good']);
    assert.equal(source.store.get('a'), unchanged, 'the same object');
    write(pools(pool('c', '10.0.3.0/24')));
    await notified(['deleted a', 'deleted b', 'listed', 'good']);
  });

  it('keeps the objects of the last good text, and says what is wrong with the present one', async () => {
    write(GOOD);
    await start();
    await notified(['added a', 'added b', 'listed', 'good']);
    write('address-pools: [{name: a, protocol: l2}]');
    await notified(['not good']);
    assert.deepEqual(names(), ['a', 'b']);
    assert.deepEqual(legacy.origin?.issues.map(formatIssue), [
      'data.config: address-pools[0].addresses: needs at least one CIDR or range',
      'data.config: address-pools[0].protocol: "l2" is no known protocol: did you mean "layer2"?',
    ]);
    write(GOOD);
    await notified(['listed', 'good']);
    assert.deepEqual(legacy.origin?.issues, []);
  });

  it('keeps them also when it is deleted', async () => {
    write(GOOD);
    await start();
    await notified(['added a', 'added b', 'listed', 'good']);
    server.objects.delete('configmaps', NAMESPACE, 'config');
    await notified(['not good']);
    assert.deepEqual(names(), ['a', 'b']);
    assert.match(
      legacy.origin?.issues[0]?.message ?? '',
      /does not exist in default, what it said stays in force/,
    );
  });

  it('has not synced before the first good text, and says why', async () => {
    write(GOOD, 'another');
    await start();
    await notified(['not good']);
    assert.match(legacy.origin?.issues[0]?.message ?? '', /does not exist in default: create it/);
    write('peers: 7');
    await notified(['not good']);
    assert.equal(source.hasSynced, false);
    write(GOOD);
    await notified(['added a', 'added b', 'listed', 'good']);
    assert.equal(source.hasSynced, true);
    server.objects.delete('configmaps', NAMESPACE, 'another');
  });

  it('delivers what there is to those who subscribe later', async () => {
    write(GOOD);
    await start();
    await eventually(() => assert.ok(source.hasSynced, 'it is not read yet'));
    const late: string[] = [];
    subscribe(late);
    assert.deepEqual(late, ['added a', 'added b', 'listed']);
  });

  it('notifies when the sources of all kinds have the new objects', async () => {
    const peers = legacy.source(BGP_PEERS, toWatchedObject);
    const seen: (readonly string[])[] = [];
    source.subscribe({ changed: () => seen.push([...peers.store.values()].map(({ name }) => name)) });
    write(`${pools(pool('a', '10.0.0.0/24'))}\npeers: [{my-asn: 1, peer-asn: 2, peer-address: 10.0.0.1}]`);
    await start();
    await eventually(() => assert.deepEqual(seen, [['peer-10.0.0.1']]));
  });
});
