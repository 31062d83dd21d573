/** Exactly one watch of each resource, whichever components of the controller read it: counted over a server in memory. */

import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import { type ApiServer, startApiServer } from '../../../../src/apiserver/server.ts';
import { loadLegacyReader } from '../../../../src/config/legacy/config-map.ts';
import { CALICO_KINDS } from '../../../../src/controller/main/announced/calico/calico-informers.ts';
import { Controller } from '../../../../src/controller/main/controller.ts';
import type { ControllerSettings } from '../../../../src/controller/main/settings.ts';
import { anonymousConfig } from '../../../../src/kube/auth/rest-config.ts';
import { EventRecorder } from '../../../../src/kube/event-recorder.ts';
import { KubeClient } from '../../../../src/kube/http/client.ts';
import { silentLog } from '../../../../src/observe/log.ts';
import { Metrics } from '../../../../src/observe/metrics.ts';
import { systemClock } from '../../../../src/workqueue/system-clock.ts';
import { OPTIONS } from '../../../allocation/support/test-cluster.ts';
import { REQUEST_TIMEOUT } from '../../../kube/support/test-client.ts';
import { CRDS } from '../../../support/crds.ts';
import { eventually } from '../../../support/eventually.ts';
import { type WatchCounter, watchCounter } from '../../../support/watch-counter.ts';
import type { AnyObject } from '../../support/rig.ts';

const NAMESPACE = 'metallb-system';
const CALICO_GROUP = 'projectcalico.org';

/** Of every controller. */
const PLAIN = [
  ...['deployments.apps', 'namespaces', 'nodes', 'services'],
  ...['bgpadvertisements.metallb.io', 'ipaddresspools.metallb.io', 'l2advertisements.metallb.io'],
  // Its own, which it writes again when somebody deletes it.
  'configurationstates.metallb.io',
];
/** By these speakers are noticed; former versions write ConfigMaps. */
const SPEAKER_STATUSES = ['configmaps', 'speakerstatuses.berth.dev'];
/** Only where there are speakers. */
const BESIDE_SPEAKERS = ['bgppeers.metallb.io', 'communities.metallb.io', 'pods'];
const SLICES = ['endpointslices.discovery.k8s.io'];
const CALICO = CALICO_KINDS.map(([plural]) => `${plural}.${CALICO_GROUP}`);

const calicoCrd = ([plural, kind]: (typeof CALICO_KINDS)[number]): AnyObject => {
  const schema = { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } };
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${CALICO_GROUP}` },
    spec: {
      group: CALICO_GROUP,
      scope: 'Cluster',
      names: { plural, kind },
      versions: [{ name: 'v3', served: true, storage: true, schema }],
    },
  };
};

describe('the watches of a controller', () => {
  let server: ApiServer;
  let client: KubeClient;
  let counter: WatchCounter;
  let stop: AbortController;
  let running: Promise<void> = Promise.resolve();

  before(async () => {
    server = await startApiServer({ clock: systemClock, namespaces: ['default', NAMESPACE] });
    for (const crd of [...CRDS, ...CALICO_KINDS.map(calicoCrd)]) server.objects.put(crd);
    client = new KubeClient({ config: anonymousConfig(server.url), clock: systemClock, userAgent: 'test' });
  });
  after(async () => {
    client.close();
    await server.stop();
  });
  afterEach(async () => {
    stop.abort();
    await running;
    assert.deepEqual(counter.open(), [], 'all watches are closed with the controller');
    for (const stop of Object.values(SPEAKERS)) stop.stop();
  });

  function start(settings: Partial<ControllerSettings>): void {
    counter = watchCounter(client);
    stop = new AbortController();
    const [clock, random] = [systemClock, Math.random];
    const poster = new EventRecorder({
      ...{ client, clock, random, component: 'test', instance: 'test', timeout: REQUEST_TIMEOUT },
    });
    const controller = new Controller(
      { client: counter.client, clock, random, log: silentLog, metrics: new Metrics('test'), poster },
      {
        ...{ namespace: NAMESPACE, identity: 'test', election: null, allocator: OPTIONS },
        ...{ calico: 'off', native: 'auto', legacyConfig: null, speakerSecret: '', ...settings },
      },
    );
    running = controller.run(stop.signal);
  }

  const status = { node: 'w1', phase: 'speaking' };

  /** Two versions of a speaker, by what they write. */
  const SPEAKERS = {
    present: {
      start: () =>
        server.objects.put({
          ...{ apiVersion: 'berth.dev/v1alpha1', kind: 'SpeakerStatus', status },
          metadata: { name: 'w1', namespace: NAMESPACE },
        }),
      stop: () => server.objects.delete('speakerstatuses.berth.dev', NAMESPACE, 'w1'),
    },
    former: {
      start: () =>
        server.objects.put({
          ...{ apiVersion: 'v1', kind: 'ConfigMap', data: { 'status.json': JSON.stringify(status) } },
          metadata: {
            ...{ name: 'berth-speaker-w1', namespace: NAMESPACE },
            labels: { 'berth.dev/speaker': 'w1' },
          },
        }),
      stop: () => server.objects.delete('configmaps', NAMESPACE, 'berth-speaker-w1'),
    },
  };

  const watches = (...resources: readonly (readonly string[])[]): Promise<void> =>
    eventually(() => assert.deepEqual(counter.open(), resources.flat().sort()));

  it('are eight in the plain set-up', async () => {
    start({ native: 'off' });
    await watches(PLAIN);
  });

  it('are two more where speakers may come', async () => {
    start({});
    await watches(PLAIN, SPEAKER_STATUSES);
  });

  it('are one of each resource beside Calico', async () => {
    start({ calico: 'required', native: 'off' });
    await watches(PLAIN, CALICO, SLICES);
  });

  for (const version of ['present', 'former'] as const)
    it(`are one of each resource beside speakers of the ${version} version, while there are any`, async () => {
      start({});
      await watches(PLAIN, SPEAKER_STATUSES);
      SPEAKERS[version].start();
      await watches(PLAIN, SPEAKER_STATUSES, BESIDE_SPEAKERS, SLICES);
      SPEAKERS[version].stop();
      await watches(PLAIN, SPEAKER_STATUSES);
    });

  it('are one of each resource beside both, and those that both need stay for the other one', async () => {
    SPEAKERS.present.start();
    start({ calico: 'required' });
    await watches(PLAIN, SPEAKER_STATUSES, CALICO, BESIDE_SPEAKERS, SLICES);
    SPEAKERS.present.stop();
    await watches(PLAIN, SPEAKER_STATUSES, CALICO, SLICES);
    const shared = ['nodes', 'bgpadvertisements.metallb.io', 'ipaddresspools.metallb.io', ...SLICES];
    assert.deepEqual(
      shared.map((resource) => counter.opened(resource)),
      shared.map(() => 1),
      'they were not begun anew',
    );
  });

  it('have the old ConfigMap instead of the objects of metallb.io', async () => {
    start({ legacyConfig: { name: 'config', read: await loadLegacyReader() } });
    const ofObjects = /^(ipaddresspools|bgpadvertisements|l2advertisements|bgppeers|communities)\./;
    const [legacy, beside] = [PLAIN, BESIDE_SPEAKERS].map((all) => all.filter((one) => !ofObjects.test(one)));
    await watches(legacy ?? [], SPEAKER_STATUSES, ['configmaps']);
    SPEAKERS.present.start();
    await watches(legacy ?? [], SPEAKER_STATUSES, ['configmaps'], beside ?? [], SLICES);
  });
});
