/** What a speaker takes for a change of its configuration, over a real connection. */
import assert from 'node:assert/strict';
import { setMaxListeners } from 'node:events';
import { after, before, describe, it } from 'node:test';
import { type ApiServer, startApiServer } from '../../../src/apiserver/server.ts';
import type { JsonObject } from '../../../src/apiserver/value.ts';
import { anonymousConfig } from '../../../src/kube/auth/rest-config.ts';
import { KubeClient } from '../../../src/kube/http/client.ts';
import { silentLog } from '../../../src/observe/log.ts';
import { Metrics } from '../../../src/observe/metrics.ts';
import { SpeakerInformers } from '../../../src/speaker/main/informers.ts';
import { systemClock } from '../../../src/workqueue/system-clock.ts';
import { CRDS } from '../../support/crds.ts';
import { eventually } from '../../support/eventually.ts';

const NAMESPACE = 'metallb-system';

describe('the configuration of a speaker', () => {
  let server: ApiServer;
  let client: KubeClient;
  let scenery: SpeakerInformers;
  let running: Promise<void>;
  const stop = new AbortController();
  setMaxListeners(0, stop.signal); // as many pictures hang on it
  let told = 0;

  before(async () => {
    server = await startApiServer({ clock: systemClock, namespaces: ['default', NAMESPACE] });
    for (const crd of CRDS) server.objects.put(crd);
    put({ spec: { addresses: ['10.0.0.0/24'] } });
    client = new KubeClient({
      config: anonymousConfig(server.url),
      clock: systemClock,
      userAgent: 'berth/test (unit)',
    });
    const nothing = (): void => {};
    scenery = new SpeakerInformers({
      context: {
        client,
        clock: systemClock,
        random: Math.random,
        log: silentLog,
        metrics: new Metrics('test'),
      },
      ...{ namespace: NAMESPACE, node: 'w1' },
      on: {
        ...{
          service: nothing,
          serviceDeleted: nothing,
          slice: nothing,
          sliceDeleted: nothing,
          node: nothing,
        },
        config: () => {
          told++;
        },
        syncProgress: nothing,
      },
    });
    running = scenery.run(stop.signal);
    await eventually(() => assert.equal(scenery.describeUnsynced(), null));
  });
  after(async () => {
    stop.abort();
    await running;
    client.close();
    await server.stop();
  });

  const counts = (taken: number): JsonObject => ({
    ...{ assignedIPv4: taken, availableIPv4: 256 - taken },
    ...{ assignedIPv6: 0, availableIPv6: 0 },
  });

  function put(object: JsonObject): void {
    const metadata = { name: 'main', namespace: NAMESPACE };
    server.objects.put({ apiVersion: 'metallb.io/v1beta1', kind: 'IPAddressPool', metadata, ...object });
  }

  it('changes with what people write, and not with what programs count', async () => {
    assert.equal(told, 1, 'the pool was listed');
    put({ spec: { addresses: ['10.0.0.0/24'] }, status: counts(1) });
    put({ spec: { addresses: ['10.0.0.0/24'] }, status: counts(2) });
    put({ spec: { addresses: ['10.0.1.0/24'] } });
    await eventually(() => assert.match(JSON.stringify(scenery.configObjects().pools), /10\.0\.1\.0/));
    assert.equal(told, 2, 'and edited');
  });
});
