/** An object that this process writes, over a server in memory: whoever deletes it, and whenever, it is reported. */
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import type { ApiSender } from '../../../src/kube/http/api-request.ts';
import type { ApiStreamer } from '../../../src/kube/http/stream.ts';
import { CONFIG_MAPS } from '../../../src/kube/resource.ts';
import { silentLog } from '../../../src/observe/log.ts';
import { Metrics } from '../../../src/observe/metrics.ts';
import { deletionInformer } from '../../../src/runtime/main/deletion-informer.ts';
import { systemClock } from '../../../src/workqueue/system-clock.ts';
import { eventually } from '../../support/eventually.ts';
import { type MemoryCluster, startMemoryCluster } from './support/memory-cluster.ts';

describe('the informer of an own object', () => {
  let cluster: MemoryCluster;
  let server: MemoryCluster['server'];
  let client: MemoryCluster['client'];
  let deletions: number;

  before(async () => {
    cluster = await startMemoryCluster();
    ({ server, client } = cluster);
  });
  after(() => cluster?.stop());
  beforeEach(() => {
    deletions = 0;
    remove();
  });

  const write = (): void =>
    void server.objects.put({
      ...{ apiVersion: 'v1', kind: 'ConfigMap', data: {} },
      metadata: { name: 'own', namespace: 'default', managedFields: [] },
    } as unknown as Parameters<MemoryCluster['server']['objects']['put']>[0]);
  const remove = (): void => void server.objects.delete('configmaps', 'default', 'own');

  /** Runs it during `body`, which learns whether the object is in the cache. */
  async function during(
    body: (isCached: () => boolean) => Promise<void>,
    over: ApiSender & ApiStreamer = client,
  ): Promise<void> {
    const stop = new AbortController();
    const informer = deletionInformer(
      {
        ...{ client: over, clock: systemClock, random: () => 0, log: silentLog },
        metrics: new Metrics('test'),
      },
      { resource: CONFIG_MAPS, namespace: 'default', name: 'own' },
      () => deletions++,
    );
    const running = informer.run(stop.signal);
    try {
      await eventually(() => assert.ok(informer.hasSynced, 'not listed yet'));
      await body(() => informer.store.get('own') !== undefined);
    } finally {
      stop.abort();
      await running;
    }
  }

  it('reports nothing while the object stays', async () => {
    write();
    await during(async (isCached) => {
      assert.ok(isCached());
      write();
      await eventually(() => assert.ok(isCached(), 'not in the cache'));
      assert.equal(deletions, 0);
    });
  });

  it('reports a deletion that the watch brings', async () => {
    write();
    await during(async () => {
      remove();
      await eventually(() => assert.equal(deletions, 1));
    });
  });

  it('reports an object that was written and deleted before the first list succeeded', async () => {
    let isFirst = true;
    const initializing: ApiSender & ApiStreamer = {
      send: (request) => client.send(request),
      stream: (request, sink) => {
        if (!isFirst) return client.stream(request, sink);
        isFirst = false;
        write();
        remove();
        const message = 'storage is (re)initializing';
        const refusal = { kind: 'refused', status: 429, reason: 'TooManyRequests', message } as const;
        queueMicrotask(() => sink.ended({ ...refusal, retryAfter: null }));
        return () => {};
      },
    };
    await during(async () => assert.equal(deletions, 1), initializing);
  });
});
