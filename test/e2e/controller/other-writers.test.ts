/** Other writers of a Service: foreign addresses and conditions, conflicting writers, and a former MetalLB. */
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import { type AnyObject, ASSIGNED, NAMESPACE, poolOf, Rig } from '../../controller/support/rig.ts';
import { eventually, unchangedFor } from '../../support/eventually.ts';
import { skipWithoutKubernetesBinaries } from '../../support/kubernetes-binaries.ts';

const FROM = 'metallb.io/ip-allocated-from-pool';
const ingress = (...ips: readonly string[]): AnyObject => ({
  loadBalancer: { ingress: ips.map((ip) => ({ ip })) },
});

describe('other writers on a real API server', { skip: skipWithoutKubernetesBinaries() }, () => {
  let rig: Rig;
  before(async () => {
    rig = await Rig.borrow();
  });
  afterEach(() => rig.clean());
  after(() => rig?.stop());

  const writesAs = (manager: string, name: string, status: AnyObject): Promise<AnyObject> =>
    rig.api.requestOk('PATCH', `/api/v1/namespaces/default/services/${name}/status?fieldManager=${manager}`, {
      status,
    });

  it('keeps foreign addresses, names their writer, and replaces them on request', async () => {
    await rig.pool('p', ['192.0.2.0/28']);
    await rig.service('cloud');
    await writesAs('cloud-controller', 'cloud', ingress('203.0.113.9'));
    await rig.service('named');
    await writesAs('cloud-controller', 'named', {
      loadBalancer: { ingress: [{ hostname: 'lb.example.com' }] },
    });
    await rig.startServing();
    const { status, message } = await rig.waitForReason('cloud', 'ForeignAddress');
    assert.equal(status, 'Unknown');
    assert.match(message, /"cloud-controller" wrote 203\.0\.113\.9.*berth\.dev\/foreign-addresses=replace/);
    assert.match((await rig.waitForReason('named', 'ForeignAddress')).message, /lb\.example\.com/);
    assert.deepEqual(await rig.addresses('cloud'), ['203.0.113.9']);
    assert.equal(poolOf(await rig.get('cloud')), undefined);
    await rig.kubectl(['annotate', 'service', 'cloud', 'berth.dev/foreign-addresses=replace']);
    await rig.waitForAddresses('cloud', '192.0.2.0');
    await rig.pool('theirs', ['198.51.100.0/28']);
    await rig.service('inside', {}, { annotations: { 'berth.dev/foreign-addresses': 'keep' } });
    await rig.waitForAddresses('inside', '192.0.2.1');
  });

  it('counts foreign addresses in the pool that contains them', async () => {
    await rig.service('cloud');
    await writesAs('cloud-controller', 'cloud', ingress('203.0.113.9'));
    await rig.pool('p', ['192.0.2.0/28']);
    await rig.startServing();
    await rig.waitForReason('cloud', 'ForeignAddress');
    await rig.pool('theirs', ['203.0.113.0/28']);
    await rig.waitForReason('cloud', 'Assigned');
    assert.deepEqual(await rig.addresses('cloud'), ['203.0.113.9']);
    assert.equal(poolOf(await rig.get('cloud')), 'theirs');
  });

  it('replaces them with --foreign-addresses=replace, except for Services that opt out', async () => {
    await rig.pool('p', ['192.0.2.0/28']);
    await rig.service('a');
    await writesAs('cloud-controller', 'a', ingress('203.0.113.9'));
    await rig.service('b', {}, { annotations: { 'berth.dev/foreign-addresses': 'keep' } });
    await writesAs('cloud-controller', 'b', ingress('203.0.113.10'));
    await rig.startServing('--foreign-addresses', 'replace');
    await rig.waitForAddresses('a', '192.0.2.0');
    await rig.waitForReason('b', 'ForeignAddress');
    assert.deepEqual(await rig.addresses('b'), ['203.0.113.10']);
  });

  it('stops after a writer replaced its status three times, with one event', async () => {
    await rig.pool('p', ['192.0.2.0/28']);
    await rig.startServing();
    await rig.service('web');
    await rig.waitForAddresses('web', '192.0.2.0');
    for (let round = 1; round <= 3; round++) {
      await rig.waitForAddresses('web', '192.0.2.0');
      await writesAs('stubborn', 'web', ingress('203.0.113.9'));
    }
    const { status, message } = await rig.waitForReason('web', 'StatusContested');
    assert.equal(status, 'Unknown');
    assert.match(message, /"stubborn" keeps replacing what Berth writes/);
    await rig.waitForEvent('web', 'AddressesReplaced');
    await writesAs('stubborn', 'web', ingress('203.0.113.10'));
    await unchangedFor(500, async () => (await rig.get('web')).metadata.resourceVersion);
    assert.deepEqual(await rig.addresses('web'), ['203.0.113.10']);
    const told = (await rig.events('web')).filter(({ reason }) => reason === 'AddressesReplaced');
    assert.equal(told.length, 1);
    // Its address stays reserved.
    await rig.service('other');
    await rig.waitForAddresses('other', '192.0.2.1');
  });

  it('keeps the conditions of others', async () => {
    await rig.pool('p', ['192.0.2.0/32']);
    await rig.service('web');
    const foreign = {
      type: 'example.com/Checked',
      status: 'True',
      reason: 'Fine',
      message: 'looked at',
      lastTransitionTime: '2026-01-01T00:00:00Z',
    };
    await rig.editStatus('web', { conditions: [foreign] });
    await rig.startServing();
    await rig.waitForReason('web', 'Assigned');
    const conditions = async (): Promise<AnyObject[]> => (await rig.get('web')).status.conditions;
    assert.deepEqual(
      (await conditions()).find(({ type }) => type === foreign.type),
      foreign,
    );
    await rig.edit('web', { spec: { type: 'ClusterIP' } });
    await eventually(async () => assert.deepEqual(await conditions(), [foreign]));
  });

  it('restores a removed address, annotation or condition', async () => {
    await rig.pool('p', ['192.0.2.0/28']);
    await rig.startServing();
    await rig.service('web');
    await rig.waitForReason('web', 'Assigned');
    await rig.editStatus('web', { loadBalancer: { ingress: null } });
    await rig.waitForAddresses('web', '192.0.2.0');
    await rig.edit('web', { metadata: { annotations: { [FROM]: null } } });
    await eventually(async () => assert.equal(poolOf(await rig.get('web')), 'p'));
    assert.deepEqual(await rig.addresses('web'), ['192.0.2.0']);
    // Another Service: a third removal in a row from the same one is a conflict.
    await rig.service('second');
    await rig.waitForReason('second', 'Assigned');
    await rig.editStatus('second', { conditions: null });
    await rig.waitForReason('second', 'Assigned');
    assert.deepEqual(await rig.addresses('second'), ['192.0.2.1']);
  });

  it('takes over from MetalLB with conditions only, after new Services', async () => {
    await rig.pool('p', ['192.0.2.0/24']);
    const count = 60;
    const names = Array.from({ length: count }, (_, index) => `old-${index}`);
    for (const [index, name] of names.entries()) {
      await rig.service(name, {}, { annotations: { [FROM]: 'p' } });
      await writesAs('controller', name, ingress(`192.0.2.${200 - index}`));
    }
    const before = new Map((await rig.services()).map((service) => [service.metadata.name, service]));
    const started = performance.now();
    await rig.startServing();
    await rig.service('newcomer');
    await rig.waitForAddresses('newcomer', '192.0.2.0');
    await eventually(async () => {
      for (const name of names) assert.equal(await rig.reason(name), 'Assigned', name);
    });
    // Ten at once and then fifty a second: sixty take a second at the least.
    assert.ok(performance.now() - started > ((count - 10) / 50) * 1000);
    for (const service of await rig.services()) {
      const old = before.get(service.metadata.name);
      if (old === undefined || service.metadata.name === 'kubernetes') continue;
      assert.deepEqual(service.status.loadBalancer, old.status.loadBalancer);
      assert.deepEqual(service.metadata.annotations, old.metadata.annotations);
      assert.deepEqual(service.spec, old.spec);
      assert.deepEqual(
        service.status.conditions.map(({ type }: AnyObject) => type),
        [ASSIGNED],
      );
    }
    assert.deepEqual(await rig.events('old-1'), []);
  });

  it('resolves at its start which of two Services keeps a common address', async () => {
    await rig.pool('p', ['192.0.2.0/28']);
    for (const [name, annotations] of [
      ['elder', {}],
      ['marked', { [FROM]: 'p' }],
    ] as const) {
      await rig.service(name, {}, { annotations });
      await rig.editStatus(name, ingress('192.0.2.5'));
    }
    await rig.startServing();
    await rig.waitForAddresses('elder', '192.0.2.0');
    await rig.waitForAddresses('marked', '192.0.2.5');
    assert.match(
      await rig.waitForEvent('elder', 'ClearAssignment'),
      /"192\.0\.2\.5" belongs to default\/marked/,
    );
  });

  it('stands down while MetalLB is ready, and serves once it is scaled down', async () => {
    const deployments = `/apis/apps/v1/namespaces/${NAMESPACE}/deployments`;
    const labels = { app: 'metallb', component: 'controller' };
    const container = { name: 'controller', image: 'metallb' };
    await rig.api.requestOk('POST', deployments, {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'controller', labels },
      spec: {
        replicas: 1,
        selector: { matchLabels: labels },
        template: { metadata: { labels }, spec: { containers: [container] } },
      },
    });
    const ready = (readyReplicas: number): Promise<AnyObject> =>
      rig.api.requestOk('PATCH', `${deployments}/controller/status`, {
        status: { replicas: readyReplicas, readyReplicas, availableReplicas: readyReplicas },
      });
    const scale = (replicas: number): Promise<AnyObject> =>
      rig.api.requestOk('PATCH', `${deployments}/controller`, { spec: { replicas } });
    await ready(1);
    await rig.pool('p', ['192.0.2.0/28']);
    await rig.service('web');
    const program = rig.controller('--leader-elect');
    await program.waitForLog('MetalLB is running here');
    assert.match(
      await rig.waitForEvent('controller', 'BerthStandsBack', NAMESPACE),
      /Scale this Deployment to 0/,
    );
    await unchangedFor(500, async () => (await rig.get('web')).metadata.resourceVersion);
    await ready(0); // a restart: it will be back
    await unchangedFor(500, async () => (await rig.get('web')).metadata.resourceVersion);
    await scale(0);
    await rig.waitForAddresses('web', '192.0.2.0');
    await scale(1);
    await ready(1);
    await program.waitForLog('no longer serving');
    await rig.service('second');
    await unchangedFor(500, async () => (await rig.get('second')).metadata.resourceVersion);
    await rig.api.requestOk('DELETE', `${deployments}/controller`);
    await rig.waitForAddresses('second', '192.0.2.1');
    assert.deepEqual(await rig.addresses('web'), ['192.0.2.0']);
  });

  it('reports a webhook configuration without a server', async () => {
    const path = '/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations';
    await rig.api.requestOk('POST', path, {
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'ValidatingWebhookConfiguration',
      metadata: { name: 'metallb-webhook-configuration' },
      webhooks: [],
    });
    try {
      const program = await rig.startServing();
      await program.waitForLog('the webhook configuration metallb-webhook-configuration exists');
    } finally {
      await rig.api.requestOk('DELETE', `${path}/metallb-webhook-configuration`);
    }
  });
});
