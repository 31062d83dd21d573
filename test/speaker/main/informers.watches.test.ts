/** Exactly one watch of each resource by a speaker, counted over a server in memory. */

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type ApiServer, startApiServer } from '../../../src/apiserver/server.ts';
import { anonymousConfig } from '../../../src/kube/auth/rest-config.ts';
import { EventRecorder } from '../../../src/kube/event-recorder.ts';
import { KubeClient } from '../../../src/kube/http/client.ts';
import { silentLog } from '../../../src/observe/log.ts';
import { Metrics } from '../../../src/observe/metrics.ts';
import { SpeakerProgram } from '../../../src/speaker/main/speaker-program.ts';
import { systemClock } from '../../../src/workqueue/system-clock.ts';
import type { AnyObject } from '../../controller/support/rig.ts';
import { REQUEST_TIMEOUT } from '../../kube/support/test-client.ts';
import { CRDS } from '../../support/crds.ts';
import { eventually } from '../../support/eventually.ts';
import { type WatchCounter, watchCounter } from '../../support/watch-counter.ts';

const NAMESPACE = 'metallb-system';
const NODE = 'w1';

const PLAIN = [
  ...['endpointslices.discovery.k8s.io', 'nodes', 'services'],
  ...[
    'bfdprofiles',
    'bgpadvertisements',
    'bgppeers',
    'communities',
    'ipaddresspools',
    'l2advertisements',
  ].map((plural) => `${plural}.metallb.io`),
  'configurationstates.metallb.io',
  'servicebgpstatuses.metallb.io',
  'speakerstatuses.berth.dev',
];

describe('the watches of a speaker', () => {
  let server: ApiServer;
  let client: KubeClient;
  let counter: WatchCounter;
  let running: Promise<void>;
  const stop = new AbortController();

  before(async () => {
    server = await startApiServer({ clock: systemClock, namespaces: ['default', NAMESPACE] });
    for (const crd of CRDS) server.objects.put(crd);
    server.objects.put({ apiVersion: 'v1', kind: 'Node', metadata: { name: NODE } });
    client = new KubeClient({ config: anonymousConfig(server.url), clock: systemClock, userAgent: 'test' });
    counter = watchCounter(client);
    const shared = { clock: systemClock, random: Math.random };
    const poster = new EventRecorder({
      ...{ ...shared, client, component: 'test', instance: 'test', timeout: REQUEST_TIMEOUT },
    });
    const program = new SpeakerProgram(
      {
        ...{ ...shared, client: counter.client, log: silentLog, metrics: new Metrics('test'), poster },
        openSession: () => assert.fail('no peer selects the node'),
      },
      {
        ...{ namespace: NAMESPACE, node: NODE, podName: '', serviceBgpStatusLimit: 2000 },
        ...{ flags: { lbClass: null, ignoreExcludeLabel: false }, drainWait: 0, drainOnCordon: true },
      },
    );
    running = program.run(stop.signal);
  });
  after(async () => {
    stop.abort();
    await running;
    client.close();
    await server.stop();
  });

  const watches = (...others: readonly string[]): Promise<void> =>
    eventually(() => assert.deepEqual(counter.open(), [...PLAIN, ...others].sort()));

  it('exist once for each resource', () => watches());

  it('exist once for each Secret that a peer names, and for no other', async () => {
    const peer = (name: string, secret: string): AnyObject => ({
      ...{ apiVersion: 'metallb.io/v1beta2', kind: 'BGPPeer', metadata: { name, namespace: NAMESPACE } },
      spec: {
        ...{ myASN: 65001, peerASN: 65002, peerAddress: '192.0.2.1', passwordSecret: { name: secret } },
        nodeSelectors: [{ matchLabels: { none: 'such' } }],
      },
    });
    server.objects.put(peer('one', 'a'));
    server.objects.put(peer('two', 'a'));
    server.objects.put(peer('three', 'b'));
    await watches('secrets', 'secrets');
    for (const name of ['one', 'two', 'three']) server.objects.delete('bgppeers.metallb.io', NAMESPACE, name);
    await watches();
  });
});
