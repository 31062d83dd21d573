/** Tests the assumptions of `kube/` about an API server with kube-apiserver. */

import assert from 'node:assert/strict';
import { after, before, describe, it, type TestContext } from 'node:test';
import { fieldsOf } from '../../src/base/json.ts';
import { restConfigFromKubeconfig } from '../../src/kube/auth/kubeconfig.ts';
import { DelegatedAuthorizer } from '../../src/kube/delegated-authorizer.ts';
import { Elector } from '../../src/kube/election/elector.ts';
import { EventRecorder } from '../../src/kube/event-recorder.ts';
import type { ApiOutcome } from '../../src/kube/http/api-request.ts';
import { KubeClient } from '../../src/kube/http/client.ts';
import { listAll } from '../../src/kube/informer/list.ts';
import { Reflector, type ReflectorState } from '../../src/kube/informer/reflector.ts';
import { Store } from '../../src/kube/informer/store.ts';
import {
  collectionPath,
  EVENTS,
  LEASES,
  objectPath,
  type Resource,
  SERVICES,
} from '../../src/kube/resource.ts';
import { STRATEGIC_MERGE_PATCH } from '../../src/objects/patch-type.ts';
import { decodeService, type Service } from '../../src/objects/service.ts';
import { systemClock } from '../../src/workqueue/system-clock.ts';
import { skipWithoutKubernetesBinaries } from '../support/kubernetes-binaries.ts';
import { createNamespace } from '../support/namespace.ts';
import type { ApiClient } from '../support/real-api/client.ts';
import { sharedApi } from '../support/real-api.ts';

const TIMEOUT = 120_000;

describe('a real API server', { skip: skipWithoutKubernetesBinaries() }, () => {
  let api: ApiClient;
  let client: KubeClient;
  let namespace: string;

  before(async () => {
    api = await sharedApi();
    const target = await restConfigFromKubeconfig({ paths: [api.kubeconfig], clock: systemClock });
    assert.ok(target.ok, target.ok ? '' : target.error);
    client = new KubeClient({ config: target.value, clock: systemClock, userAgent: 'berth/test (e2e)' });
    namespace = await createNamespace(api);
  });
  after(() => client?.close());

  const make = async (name: string, spec: object = { type: 'LoadBalancer' }): Promise<Service> => {
    const body = { metadata: { name }, spec: { ports: [{ port: 80 }], ...spec } };
    return (
      decodeService(await api.requestOk('POST', collectionPath(SERVICES, namespace), body)) ?? assert.fail()
    );
  };
  const patch = (name: string, path: 'status' | '', body: object): Promise<ApiOutcome> =>
    client.send({
      method: 'PATCH',
      path: objectPath(SERVICES, { namespace, name }, path),
      body,
      contentType: STRATEGIC_MERGE_PATCH,
      timeout: TIMEOUT,
    });

  /** A reflector of our Services, and a function that waits for its calls. */
  function reflect(t: TestContext, resource: Resource = SERVICES) {
    const store = new Store<Service>(({ key }) => key);
    const calls: string[] = [];
    const states: ReflectorState[] = [];
    let wake: () => void = () => {};
    const record = (call: string): void => {
      calls.push(call);
      wake();
    };
    const reflector = new Reflector<Service>({
      client,
      resource,
      namespace,
      ...(resource === SERVICES ? { fieldSelector: 'spec.type=LoadBalancer' } : {}),
      clock: systemClock,
      random: Math.random,
      decode: decodeService,
      keyOf: ({ key }) => key,
      handler: {
        replaced: (items, version) => record(`all ${store.replace(items, version).length}`),
        changed: (item, type) => record(`${type} ${item.key} ${store.applyWatchEvent(item)}`),
        deleted: (key, last) => record(`DELETED ${key} ${store.applyWatchDeletion(last)}`),
        stateChanged: (state) => {
          states.push(state);
          wake();
        },
      },
    });
    const stop = new AbortController();
    const running = reflector.run(stop.signal);
    t.after(() => {
      stop.abort();
      return running;
    });
    const until = async (holds: () => boolean): Promise<void> => {
      while (!holds()) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    };
    return { store, calls, states, reflector, until };
  }

  it('supports the selector for load balancers, and a change of type is a deletion that the store applies', async (t) => {
    await make('plain', { type: 'ClusterIP' });
    await make('web');
    const { store, calls, states, until } = reflect(t);
    const key = `${namespace}/web`;
    await until(() => states.at(-1)?.phase === 'watching');
    assert.deepEqual(
      [...store.values()].map((service) => service.key),
      [key],
    );
    const outcome = await patch('web', 'status', {
      status: { loadBalancer: { ingress: [{ ip: '192.0.2.1' }] } },
    });
    assert.equal(outcome.kind, 'ok');
    const answer = decodeService(fieldsOf(outcome.kind === 'ok' ? outcome.body : null)) ?? assert.fail();
    const answerWasNews = store.applyResponse(answer);
    await until(() => calls.some((call) => call.startsWith('MODIFIED')));
    assert.equal(
      calls.at(-1),
      `MODIFIED ${key} ${!answerWasNews}`,
      'of response and watch only the first changes the store',
    );
    assert.equal(store.get(key)?.statusWriter, 'berth');
    await patch('web', '', { spec: { type: 'ClusterIP' } });
    await until(() => calls.some((call) => call.startsWith('DELETED')));
    assert.equal(calls.at(-1), `DELETED ${key} true`);
    await patch('web', '', { spec: { type: 'LoadBalancer' } });
    await until(() => calls.some((call) => call.startsWith('ADDED')));
    assert.equal(calls.at(-1), `ADDED ${key} true`);
    assert.equal(states.at(-1)?.filtersLocally, false);
  });

  it('refuses a patch whose preconditions fail, with a code for each', async () => {
    const { uid, resourceVersion } = await make('conditions');
    const write = (metadata: object, ip: string): Promise<ApiOutcome> =>
      patch('conditions', 'status', { metadata, status: { loadBalancer: { ingress: [{ ip }] } } });
    const statuses: (number | string)[] = [];
    for (const metadata of [{ uid, resourceVersion }, { uid, resourceVersion }, { uid: 'another' }]) {
      const outcome = await write(metadata, `192.0.2.${statuses.length + 1}`);
      statuses.push(outcome.kind === 'ok' || outcome.kind === 'refused' ? outcome.status : outcome.kind);
    }
    assert.deepEqual(statuses, [200, 409, 422]);
  });

  it('pages its lists', async () => {
    for (let n = 0; n < 5; n++) await make(`page-${n}`);
    const request = { resource: SERVICES, namespace, from: 'consistent' } as const;
    const [paged, whole] = [
      await listAll(client, { ...request, pageItems: 2 }),
      await listAll(client, request),
    ];
    assert.ok(paged.kind === 'ok' && whole.kind === 'ok');
    assert.ok(paged.items.length >= 5);
    assert.deepEqual(paged.items, whole.items);
  });

  it('answers for a resource that is not served with an error, not with an empty list', async (t) => {
    const nowhere: Resource = { ...SERVICES, group: 'nowhere.test', version: 'v1', plural: 'things' };
    const { states, calls, until } = reflect(t, nowhere);
    await until(() => states.at(-1)?.phase === 'waiting');
    assert.deepEqual([states.at(-1)?.problem?.kind, calls], ['absent', []]);
  });

  it('lets electors acquire, release and take over a lease', async () => {
    const log: string[] = [];
    let wake: () => void = () => {};
    const join = (identity: string) => {
      const say = (what: string): void => {
        log.push(`${identity} ${what}`);
        wake();
      };
      const elector = new Elector({
        client,
        clock: systemClock,
        random: Math.random,
        namespace,
        name: 'berth-controller',
        identity,
        on: { elected: () => say('elected'), lost: () => say('lost'), requestFailed: say },
      });
      const stop = new AbortController();
      return { elector, stop, running: elector.run(stop.signal) };
    };
    const waitForLog = async (line: string): Promise<void> => {
      while (!log.includes(line)) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    };
    const first = join('first');
    await waitForLog('first elected');
    const second = join('second');
    assert.equal(first.elector.mayWrite(), true);
    first.stop.abort();
    assert.equal(first.elector.mayWrite(), false);
    await waitForLog('second elected');
    await first.running;
    second.stop.abort();
    await second.running;
    assert.deepEqual(log, ['first elected', 'first lost', 'second elected', 'second lost']);
    const lease = await api.requestOk<{ spec: object }>(
      'GET',
      objectPath(LEASES, { namespace, name: 'berth-controller' }),
    );
    const { holderIdentity, leaseTransitions, leaseDurationSeconds } = lease.spec as Record<string, unknown>;
    assert.deepEqual([holderIdentity ?? '', leaseTransitions, leaseDurationSeconds], ['', 1, 1]);
  });

  it('accepts our Events, and counts their repeats', async () => {
    const { uid, resourceVersion } = await make('eventful');
    const poster = new EventRecorder({
      client,
      clock: systemClock,
      random: Math.random,
      component: 'metallb-controller',
      instance: 'e2e',
      timeout: TIMEOUT,
    });
    const about = { apiVersion: 'v1', kind: 'Service', namespace, name: 'eventful', uid, resourceVersion };
    const text = { type: 'Normal', reason: 'IPAllocated', message: 'Assigned IP ["192.0.2.1"]' } as const;
    for (let n = 0; n < 2; n++) {
      const outcome = await poster.record(about, text);
      assert.equal(outcome.kind, 'ok', JSON.stringify(outcome));
    }
    const listed = await listAll(client, {
      resource: EVENTS,
      namespace,
      fieldSelector: `involvedObject.uid=${uid}`,
      from: 'consistent',
    });
    const counts = listed.kind === 'ok' && listed.items.map((event) => [event['reason'], event['count']]);
    assert.deepEqual(counts, [['IPAllocated', 2]]);
  });

  it('authenticates and authorizes a token', async () => {
    const reviewer = new DelegatedAuthorizer({ client, clock: systemClock, path: '/metrics' });
    assert.equal(await reviewer.authorize(api.token), 'ok');
    assert.equal(await reviewer.authorize('made-up'), 'unauthenticated');
  });
});
