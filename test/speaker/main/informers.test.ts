/** Changes of a speaker's configuration, over a real connection. */
import assert from 'node:assert/strict';
import { setMaxListeners } from 'node:events';
import { after, before, describe, it } from 'node:test';
import type { JsonObject } from '../../../src/apiserver/object/value.ts';
import { type ApiServer, startApiServer } from '../../../src/apiserver/server.ts';
import { RANGES_AT_ONCE } from '../../../src/config/pool/pool-set.ts';
import { anonymousConfig } from '../../../src/kube/auth/rest-config.ts';
import { KubeClient } from '../../../src/kube/http/client.ts';
import { parseAddress } from '../../../src/net/address.ts';
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
  let informers: SpeakerInformers;
  let running: Promise<void>;
  const stop = new AbortController();
  setMaxListeners(0, stop.signal); // one for each informer
  let changes = 0;

  before(async () => {
    server = await startApiServer({ clock: systemClock, namespaces: ['default', NAMESPACE] });
    for (const crd of CRDS) server.objects.put(crd);
    put({ spec: { addresses: ['10.0.0.0/24'] } });
    client = new KubeClient({
      config: anonymousConfig(server.url),
      clock: systemClock,
      userAgent: 'berth/test (unit)',
    });
    informers = create({ config: () => changes++ });
    running = informers.run(stop.signal);
    await eventually(() => assert.equal(informers.describeUnsynced(), null));
  });

  function create(on: {
    readonly config?: () => void;
    readonly syncProgress?: () => void;
  }): SpeakerInformers {
    const nothing = (): void => {};
    return new SpeakerInformers({
      isLayer2On: true,
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
        ...{ config: nothing, syncProgress: nothing },
        ...on,
      },
    });
  }
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

  it('changes with the spec, and not with the counters in a status', async () => {
    assert.equal(changes, 1, 'the pool was listed');
    put({ spec: { addresses: ['10.0.0.0/24'] }, status: counts(1) });
    put({ spec: { addresses: ['10.0.0.0/24'] }, status: counts(2) });
    put({ spec: { addresses: ['10.0.1.0/24'] } });
    await eventually(() => assert.match(JSON.stringify(informers.configObjects().pools), /10\.0\.1\.0/));
    assert.equal(changes, 2, 'and edited');
  });

  it('watches a Secret when a peer references it, without being queried', async () => {
    const before = changes;
    const metadata = { name: 'key', namespace: NAMESPACE };
    const type = 'kubernetes.io/basic-auth';
    server.objects.put({ apiVersion: 'v1', kind: 'Secret', metadata, type, data: { password: 'b25l' } });
    const spec = { ...{ myASN: 64500, peerASN: 64512 }, peerAddress: '10.0.0.1' };
    const peer = { apiVersion: 'metallb.io/v1beta2', kind: 'BGPPeer' };
    const named = { name: 'tor', namespace: NAMESPACE };
    server.objects.put({ ...peer, metadata: named, spec: { ...spec, passwordSecret: { name: 'key' } } });
    await eventually(() => assert.equal(changes, before + 2, 'the peer and its Secret'));
    assert.equal(informers.configObjects().secrets.length, 1);
    server.objects.put({ ...peer, metadata: named, spec });
    await eventually(() => assert.equal(changes, before + 3));
    assert.equal(informers.configObjects().secrets.length, 0);
  });

  const isInForce = (of: SpeakerInformers, address: string): boolean => {
    const parsed = parseAddress(address);
    assert.ok(parsed.ok);
    return of.configObjects().resolvedPools?.byAddress.findCommonPool([parsed.value]) != null;
  };
  const manyRanges = Array.from(
    { length: RANGES_AT_ONCE + 1 },
    (_, i) => `10.9.${i >> 7}.${2 * (i & 127)}/32`,
  );

  it('has pools of many ranges in force later, and those before them until then', async () => {
    assert.ok(isInForce(informers, '10.0.1.1'));
    const before = changes;
    put({ spec: { addresses: manyRanges } });
    await eventually(() => assert.notEqual(changes, before, 'the edit has not arrived'));
    assert.ok(isInForce(informers, '10.0.1.1'), 'the pool before it');
    await eventually(() => assert.ok(isInForce(informers, '10.9.0.0'), 'the edited pool is not in force'));
    assert.equal(isInForce(informers, '10.0.1.1'), false);
    await eventually(() => assert.equal(changes, before + 2, 'the edit, and the pools in force'));
  });

  it('has synced at the start when pools of many ranges are in force', async () => {
    const seen: (string | null)[] = [];
    const started = create({ syncProgress: () => seen.push(started.describeUnsynced()) });
    const stopOne = new AbortController();
    setMaxListeners(0, stopOne.signal);
    const run = started.run(stopOne.signal);
    try {
      await eventually(() => assert.equal(seen.at(-1), null));
      assert.ok(seen.includes('the pools are listed, and still being read'), seen.join('\n'));
      assert.ok(isInForce(started, '10.9.0.0'));
    } finally {
      stopOne.abort();
      await run;
    }
  });
});
