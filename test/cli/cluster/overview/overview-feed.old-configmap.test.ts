/** The followed overview of a cluster that runs from the old ConfigMap: no watch of the objects, which are none, takes its pools away. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { it } from 'node:test';
import type { Raw } from '../../../../src/base/json.ts';
import { OverviewFeed } from '../../../../src/cli/cluster/overview/overview-feed.ts';
import { anonymousConfig } from '../../../../src/kube/auth/rest-config.ts';
import { KubeClient } from '../../../../src/kube/http/client.ts';
import { systemClock } from '../../../../src/workqueue/system-clock.ts';
import { startLiveCluster } from '../../support/live-cluster.ts';

const NAMESPACE = 'metallb-system';
const OBJECTS: readonly Raw[] = [
  {
    ...{ apiVersion: 'v1', kind: 'Pod' },
    metadata: { name: 's', namespace: NAMESPACE, labels: { 'app.kubernetes.io/component': 'speaker' } },
    spec: { containers: [{ name: 'speaker', image: 'berth', args: ['speaker', '--config=config'] }] },
  },
  {
    ...{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'config', namespace: NAMESPACE } },
    data: { config: 'address-pools: [{name: main, protocol: layer2, addresses: [10.20.1.0/24]}]' },
  },
];

it('keeps the pools of the ConfigMap, and watches what is not in it', async (test) => {
  const watched = new Set<string>();
  let notify = (): void => {};
  const kubeconfig = await startLiveCluster(test, {
    objects: OBJECTS,
    requested: (url) => {
      const { pathname, searchParams } = new URL(url, 'http://api');
      if (searchParams.get('watch') !== null) watched.add(pathname.split('/').at(-1) ?? '');
      notify();
    },
  });
  const { server } = JSON.parse(readFileSync(kubeconfig, 'utf8')).clusters[0].cluster;
  const client = new KubeClient({ config: anonymousConfig(server), clock: systemClock, userAgent: 'test' });
  const stop = new AbortController();
  const flags = { namespace: '', 'all-namespaces': false, 'pool-namespace': NAMESPACE, 'lb-class': '' };
  const feed = new OverviewFeed({
    ...{ client, source: 'test', clock: systemClock, random: Math.random, progress: () => {} },
    flags: { ...flags, calico: 'auto', 'foreign-addresses': 'keep', 'unmet-requests': 'keep' },
    ...{ contextNamespace: null, changed: () => {} },
  });
  const bothWatched = new Promise<void>((resolve) => {
    notify = () => {
      if (watched.has('nodes') && watched.has('pods')) resolve();
    };
  });
  const ended = feed.run(stop.signal);
  await bothWatched;
  const { pools } = feed.document(systemClock.wall()) ?? {};
  assert.deepEqual(
    pools?.map(({ name }) => name),
    ['main'],
  );
  assert.ok(!watched.has('ipaddresspools'), 'no watch of objects that are not in force');
  stop.abort();
  await ended;
  client.close();
});
