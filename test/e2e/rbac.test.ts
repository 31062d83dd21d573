/**
 * The RBAC rules of `deploy/controller-only` are exactly those that the controller uses: no request is refused, and no
 * granted verb is unused. The audit log of kube-apiserver shows it.
 */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { root } from '../../dev/place.mjs';
import type { Program } from '../controller/support/program.ts';
import { type AnyObject, NAMESPACE, poolOf, type Rig } from '../controller/support/rig.ts';
import { sendRequest } from '../http-server/support/client.ts';
import { eventually, eventuallyEqual } from '../support/eventually.ts';
import { skipWithoutKubernetesBinaries } from '../support/kubernetes-binaries.ts';
import { requestToken } from './support/rbac/account.ts';
import { AuditedCluster } from './support/rbac/audited-cluster.ts';
import { permissionsOf } from './support/rbac/rules.ts';

const ACCOUNT = 'berth-controller';
const DEPLOYMENTS = `/apis/apps/v1/namespaces/${NAMESPACE}/deployments`;
const CONFIG_MAPS = `/api/v1/namespaces/${NAMESPACE}/configmaps`;

describe('the RBAC rules of the controller', { skip: skipWithoutKubernetesBinaries() }, () => {
  let cluster: AuditedCluster;
  let rig: Rig;

  before(async () => {
    cluster = await AuditedCluster.start({ account: ACCOUNT, manifests: ['controller-only', 'policies'] });
    rig = cluster.rig;
  });
  after(() => cluster?.stop());

  type Started = { readonly program: Program; readonly metrics: number; readonly probes: number };

  async function start(name: string, ...flags: string[]): Promise<Started> {
    const portFlags = ['port', 'health-probe-port'];
    const { program, ports } = await cluster.startPod(name, 'deployments/berth-controller', portFlags, flags);
    return { program, metrics: ports['port'] ?? 0, probes: ports['health-probe-port'] ?? 0 };
  }

  it('come with manifests that change nothing when applied again', async () => {
    const budget = `/apis/policy/v1/namespaces/${NAMESPACE}/poddisruptionbudgets/berth-controller`;
    const before = await rig.api.requestOk<AnyObject>('GET', budget);
    const output = await rig.kubectl(['apply', '-k', join(root, 'deploy/controller-only')]);
    const lines = output.trim().split('\n');
    assert.ok(lines.length > 15);
    // kubectl reports a PodDisruptionBudget as configured each time: its selector is replaced, not merged.
    const changed = lines.filter((line) => !/ unchanged$|^poddisruptionbudget\./.test(line));
    assert.deepEqual(changed, []);
    assert.deepEqual(await rig.api.requestOk('GET', budget), before);
  });

  it('suffice for each feature, and none is unused', async () => {
    const scaleMetalLB = await leaveThingsBehind();
    const first = await start('first');
    await first.program.waitForLog('MetalLB is running here');
    await scaleMetalLB(0);
    await first.program.waitUntilServing();
    await findsWhatWasLeftBehind(first.program);
    await servesFromPools();
    await complainsOfPools();
    await showsMetricsToThoseWhoMay(first.metrics);
    await handsOver(first.program);
    await runsFromTheConfigMap();

    const roles = [await cluster.clusterRole(ACCOUNT), await cluster.role(ACCOUNT)];
    const granted = roles.flatMap(permissionsOf);
    cluster.assertAllGranted(granted);
    assert.deepEqual(cluster.unused(granted), [], 'granted and never used');
    assert.ok(granted.length > 20 && cluster.audit.requests().length > granted.length);
    cluster.assertNoSecrets();
  });

  /** MetalLB's controller and webhooks, the old ConfigMap, a Service that was of our class, a node. */
  async function leaveThingsBehind(): Promise<(readyReplicas: number) => Promise<void>> {
    const labels = { app: 'metallb', component: 'controller' };
    const containers = [{ name: 'controller', image: 'metallb' }];
    await rig.api.requestOk('POST', DEPLOYMENTS, {
      metadata: { name: 'controller', labels },
      spec: { selector: { matchLabels: labels }, template: { metadata: { labels }, spec: { containers } } },
    });
    const scale = async (readyReplicas: number): Promise<void> => {
      const status = { replicas: readyReplicas, readyReplicas, availableReplicas: readyReplicas };
      await rig.api.requestOk('PATCH', `${DEPLOYMENTS}/controller`, { spec: { replicas: readyReplicas } });
      await rig.api.requestOk('PATCH', `${DEPLOYMENTS}/controller/status`, { status });
    };
    await scale(1);
    const webhooks = '/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations';
    await rig.api.requestOk('POST', webhooks, {
      metadata: { name: 'metallb-webhook-configuration' },
      webhooks: [],
    });
    await rig.api.requestOk('POST', CONFIG_MAPS, { metadata: { name: 'config' }, data: { config: '' } });
    const annotations = { 'metallb.io/ip-allocated-from-pool': 'old' };
    await rig.service('stray', { type: 'ClusterIP' }, { annotations });
    await rig.api.requestOk('POST', '/api/v1/nodes', { metadata: { name: 'one' } });
    await rig.api.requestOk('PATCH', '/api/v1/nodes/one/status', {
      status: { addresses: [{ type: 'InternalIP', address: '192.0.2.200' }] },
    });
    return scale;
  }

  async function findsWhatWasLeftBehind(program: Program): Promise<void> {
    await eventuallyEqual(async () => poolOf(await rig.get('stray')), undefined);
    await program.waitForLog('the webhook configuration metallb-webhook-configuration exists');
    await program.waitForLog('there is a ConfigMap "config" and no IPAddressPool');
  }

  async function servesFromPools(): Promise<void> {
    await rig.pool('p', ['192.0.2.0/24']);
    await rig.service('web');
    await rig.waitForAddresses('web', '192.0.2.0');
    await eventually(async () => assert.equal((await rig.getPool('p')).status?.assignedIPv4, 1));
    const object = { apiVersion: 'metallb.io/v1beta1', metadata: { name: 'all', namespace: NAMESPACE } };
    await rig.kubectl(['apply', '-f', '-'], JSON.stringify({ ...object, kind: 'L2Advertisement' }));
    await rig.waitForReason('web', 'Layer2Only');
    await rig.kubectl(['apply', '-f', '-'], JSON.stringify({ ...object, kind: 'BGPAdvertisement' }));
    await rig.waitForReason('web', 'Assigned');
    await rig.kubectl(['label', 'namespace', 'default', 'team=a']);
    await comesAndGoes('web', '192.0.2.0');
    await rig.delete('web');
    await rig.service('next', { loadBalancerIP: '192.0.2.0' });
    await rig.waitForAddresses('next', '192.0.2.0');
  }

  /** A repeated Event raises the count of the first. */
  async function comesAndGoes(name: string, address: string): Promise<void> {
    await rig.waitForEvent(name, 'IPAllocated');
    await rig.edit(name, { spec: { type: 'ClusterIP' } });
    await eventuallyEqual(async () => poolOf(await rig.get(name)), undefined);
    await rig.edit(name, { spec: { type: 'LoadBalancer' } });
    await rig.waitForAddresses(name, address);
    const path = `/api/v1/namespaces/default/events?fieldSelector=involvedObject.name%3D${name}`;
    await eventually(async () => {
      const { items } = await rig.api.requestOk<AnyObject>('GET', path);
      assert.ok(
        items.some((event: AnyObject) => event.reason === 'IPAllocated' && event.count === 2),
        JSON.stringify(items),
      );
    });
  }

  async function complainsOfPools(): Promise<void> {
    assert.match(await rig.waitForEvent('p', 'PoolWarning', NAMESPACE), /192\.0\.2\.200 of node one/);
    await rig.pool('cluster', ['10.100.0.0/24']);
    assert.match(
      await rig.waitForEvent('cluster', 'PoolWarning', NAMESPACE),
      /10\.96\.0\.0\/12, the cluster IPs/,
    );
    await rig.pool('bad', ['198.51.100.9-198.51.100.1']);
    assert.match(await rig.waitForEvent('bad', 'PoolInvalid', NAMESPACE), /ends before it begins/);
    const state = `/apis/metallb.io/v1beta1/namespaces/${NAMESPACE}/configurationstates/controller`;
    const result = async () => (await rig.api.requestOk<AnyObject>('GET', state)).status?.result;
    await eventuallyEqual(result, 'Invalid');
    await rig.deletePool('bad');
    await eventuallyEqual(result, 'Valid');
    await rig.api.requestOk('DELETE', state); // it is written again
    await eventuallyEqual(result, 'Valid');
    const { metadata } = await rig.api.requestOk<AnyObject>('GET', state);
    assert.ok(metadata.managedFields.some(({ manager }: AnyObject) => manager === 'poolReconciler'));
  }

  async function showsMetricsToThoseWhoMay(port: number): Promise<void> {
    const account = { metadata: { name: 'prometheus', namespace: 'default' } };
    await rig.api.requestOk('POST', '/api/v1/namespaces/default/serviceaccounts', account);
    const token = await requestToken(rig.api, 'default', 'prometheus');
    const scrape = (bearer: string) =>
      sendRequest({ port, path: '/metrics', headers: { authorization: `Bearer ${bearer}` }, tls: {} });
    assert.equal((await scrape('made-up')).status, 401);
    assert.equal((await scrape(token)).status, 403);
    const binding = ['prometheus-reads-berth', '--clusterrole=berth-metrics-reader'];
    await rig.kubectl(['create', 'clusterrolebinding', ...binding, '--serviceaccount=default:prometheus']);
    // Another token, since reviews are cached.
    const granted = await requestToken(rig.api, 'default', 'prometheus');
    await eventually(async () => assert.equal((await scrape(granted)).status, 200));
  }

  async function handsOver(leader: Program): Promise<void> {
    const standby = await start('second');
    await eventually(async () =>
      assert.equal((await sendRequest({ port: standby.probes, path: '/readyz' })).status, 200),
    );
    assert.equal(await leader.stop(), 0);
    await standby.program.waitUntilServing();
    assert.equal(await standby.program.stop(), 0);
  }

  async function runsFromTheConfigMap(): Promise<void> {
    const text = 'address-pools:\n- {name: old, protocol: layer2, addresses: [203.0.113.0/28]}\n';
    await rig.api.requestOk('PATCH', `${CONFIG_MAPS}/config`, { data: { config: text } });
    const { program } = await start('third', '--config=config');
    await program.waitUntilServing();
    await rig.service('legacy', {}, { annotations: { 'metallb.io/address-pool': 'old' } });
    await rig.waitForAddresses('legacy', '203.0.113.0');
    assert.equal(await program.stop(), 0);
  }
});
