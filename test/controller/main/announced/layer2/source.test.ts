/** The controller beside speakers that answer by layer 2, or should and do not, over a server in memory. */
import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { resolvePools } from '../../../../../src/announce/config/pools.ts';
import { type ApiServer, startApiServer } from '../../../../../src/apiserver/server.ts';
import type { Raw } from '../../../../../src/base/json.ts';
import {
  Layer2AnnouncementSource,
  SILENCE_PATIENCE,
} from '../../../../../src/controller/main/announced/layer2/source.ts';
import { ControllerInformers } from '../../../../../src/controller/main/api/informers.ts';
import { anonymousConfig } from '../../../../../src/kube/auth/rest-config.ts';
import { KubeClient } from '../../../../../src/kube/http/client.ts';
import { decodeService, type Service, type ServiceKey } from '../../../../../src/objects/service.ts';
import { silentLog } from '../../../../../src/observe/log.ts';
import { Metrics } from '../../../../../src/observe/metrics.ts';
import { systemClock } from '../../../../../src/workqueue/system-clock.ts';
import { endpointSlice, node, pool, service } from '../../../../announce/support/cluster.ts';
import { layer2Advertisement } from '../../../../layer2/support/layer2-cluster.ts';
import { CRDS } from '../../../../support/crds.ts';
import { eventually } from '../../../../support/eventually.ts';
import { FakeClock } from '../../../../support/fake-clock.ts';
import type { AnyObject } from '../../../support/rig.ts';

const NAMESPACE = 'metallb-system';
const KEY = 'web/a';
const POOLS = resolvePools([pool('main', ['10.20.1.0/24'])], null);

describe('the controller beside speakers, with an L2Advertisement', () => {
  let server: ApiServer;
  let client: KubeClient;
  let clock: FakeClock;
  let informers: ControllerInformers;
  let source: Layer2AnnouncementSource;
  let stop: AbortController;
  let running: Promise<unknown>;
  const services = new Map<ServiceKey, Service>();

  before(async () => {
    server = await startApiServer({ clock: systemClock, namespaces: ['web', NAMESPACE] });
    client = new KubeClient({ config: anonymousConfig(server.url), clock: systemClock, userAgent: 'test' });
    for (const crd of CRDS) server.objects.put(crd);
    const slice = endpointSlice('a', [{ addresses: ['10.244.0.1'], nodeName: 'w1' }]);
    for (const one of [
      ...[
        pool('main', ['10.20.1.0/24']),
        { ...layer2Advertisement('all'), apiVersion: 'metallb.io/v1beta1' },
      ],
      ...[
        { ...node('w1'), apiVersion: 'v1' },
        { ...slice, apiVersion: 'discovery.k8s.io/v1' },
      ],
    ])
      server.objects.put(one as AnyObject);
    const web = decodeService(service('a', ['10.20.1.5']));
    assert.ok(web);
    services.set(KEY, web);
  });
  after(async () => {
    client.close();
    await server.stop();
  });

  beforeEach(() => {
    clock = new FakeClock();
    const context = { client, clock, random: () => 0.5, log: silentLog, metrics: new Metrics('test') };
    informers = new ControllerInformers(context, { namespace: NAMESPACE, legacyConfig: null });
    source = new Layer2AnnouncementSource({
      ...{ context, informers, namespace: NAMESPACE, lbClass: null, isManaged: () => true },
      pools: () => POOLS,
      view: {
        ...{ get: (key) => services.get(key), values: () => services.values() },
        ...{ applyResponse: () => {}, confirmExists: () => {}, confirmDeleted: () => {} },
      },
    });
    stop = new AbortController();
    const { signal } = stop;
    const { speakerStatuses, layer2Advertisements } = informers;
    running = Promise.all([source, speakerStatuses, layer2Advertisements].map((one) => one.run(signal)));
  });
  afterEach(async () => {
    stop.abort();
    await running;
    for (const { metadata } of server.objects.list('speakerstatuses.berth.dev') as AnyObject)
      server.objects.delete('speakerstatuses.berth.dev', NAMESPACE, metadata.name);
  });

  const publish = (phase: string, interfaces: readonly string[] | null): unknown => {
    const layer2 =
      interfaces === null
        ? {}
        : {
            layer2: { interfaces: interfaces.map((name) => ({ name, mac: '02:00:00:00:00:01', arp: true })) },
          };
    const status: Raw = { node: 'w1', phase, sessions: [], ...layer2 };
    return server.objects.put({
      ...{ apiVersion: 'berth.dev/v1alpha1', kind: 'SpeakerStatus' },
      ...{ metadata: { name: 'w1', namespace: NAMESPACE }, status: status as AnyObject },
    });
  };

  const isListed = (): Promise<void> =>
    eventually(() => {
      const { speakerStatuses, layer2Advertisements } = informers;
      assert.ok(speakerStatuses.store.size === 1 && layer2Advertisements.store.size === 1, 'both are listed');
    });

  const becomes = (reason: string): Promise<void> =>
    eventually(() => assert.equal(source.evaluate()?.get(KEY)?.reason ?? '', reason));

  it('says that speakers may not answer, where none of them does', async () => {
    publish('speaking', null);
    await isListed();
    await clock.advanceAsync(SILENCE_PATIENCE - 1);
    assert.equal(source.isActive, false, 'a speaker that starts opens the wire later');
    await clock.advanceAsync(1);
    await becomes('SpeakersDoNotAnswer');
    assert.match(source.evaluate()?.get(KEY)?.message ?? '', /speakers of w1 .* NET_RAW/);
    assert.equal(source.isPublished, false, 'the pool is one that nobody answers for');
  });

  it('says so no more when one of them answers', async () => {
    publish('speaking', null);
    await isListed();
    await clock.advanceAsync(SILENCE_PATIENCE);
    await becomes('SpeakersDoNotAnswer');
    publish('speaking', ['eth0']);
    await becomes('NotVisible'); // until its ServiceL2Status is there
  });

  it('says nothing of speakers that have stopped', async () => {
    publish('stopped', null);
    await isListed();
    await clock.advanceAsync(2 * SILENCE_PATIENCE);
    assert.equal(source.isActive, false);
  });
});
