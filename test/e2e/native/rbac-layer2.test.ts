/**
 * The rights that `deploy/layer2` adds for a speaker are exactly those that it uses to answer by ARP and NDP: no request is refused,
 * and none is unused, by the audit log. `deploy/policies` refuses none of them.
 */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type AnyObject, NAMESPACE, NO_PORTS, type Rig } from '../../controller/support/rig.ts';
import { eventually, eventuallyEqual } from '../../support/eventually.ts';
import { skipWithoutKubernetesBinaries } from '../../support/kubernetes-binaries.ts';
import { TestNetwork } from '../../support/netns/network.ts';
import { relayInto } from '../../support/netns/relay.ts';
import { skipWithoutNetworkBinaries } from '../../support/network-binaries.ts';
import type { ServerProcess } from '../../support/real-api/server-process.ts';
import type { RealApi } from '../../support/real-api/start.ts';
import { type BoundPod, createPodOn, podEnvironment } from '../support/rbac/account.ts';
import { AuditedCluster } from '../support/rbac/audited-cluster.ts';
import { permissionsOf } from '../support/rbac/rules.ts';

const ACCOUNT = 'berth-speaker';
const ADDED = 'berth-speaker-layer2';
const NODE = 'w1';
const ADDRESS = '192.168.5.7';
const RECORDS = `/apis/metallb.io/v1beta1/namespaces/${NAMESPACE}/servicel2statuses`;
const SECRETS = `/api/v1/namespaces/${NAMESPACE}/secrets`;

describe('the rights of a speaker by layer 2', {
  skip: skipWithoutKubernetesBinaries() || skipWithoutNetworkBinaries(),
}, () => {
  const net = new TestNetwork();
  let cluster: AuditedCluster;
  let rig: Rig<RealApi>;
  let pod: BoundPod;

  before(async () => {
    cluster = await AuditedCluster.start({ account: ACCOUNT, manifests: ['layer2', 'policies'], createPod });
    rig = cluster.rig;
  });
  after(async () => {
    net.destroy();
    await cluster?.stop();
  });

  async function createPod({ api }: Rig): Promise<BoundPod> {
    await api.requestOk('POST', '/api/v1/nodes', { metadata: { name: NODE } });
    pod = await createPodOn(api, {
      namespace: NAMESPACE,
      name: 'berth-speaker-1',
      account: ACCOUNT,
      node: NODE,
    });
    return pod;
  }

  /** In a network of its own, with one interface, as the account. */
  async function startSpeaker(): Promise<ServerProcess> {
    const space = net.namespace(NODE);
    space.addVeth('eth0', net.namespace('segment'), 'port');
    space.ip('address add 192.168.5.1/24 dev eth0');
    const { port } = new URL(rig.api.url);
    await relayInto(space, { address: '127.0.0.1', port: Number(port) }, Number(port));
    const environment = await podEnvironment(rig.api, { namespace: NAMESPACE, account: ACCOUNT, pod });
    const settings = { ...environment, METALLB_POD_NAME: pod.name, METALLB_NODE_NAME: NODE };
    const variables = Object.entries(settings).map(([name, value]) => `${name}=${value}`);
    return space.start('speaker', 'env', ...variables, process.execPath, rig.script, 'speaker', ...NO_PORTS);
  }

  const apply = (object: AnyObject): Promise<string> =>
    rig.kubectl(['apply', '-f', '-'], JSON.stringify(object));

  const endpoint = (): Promise<AnyObject> =>
    rig.api.requestOk('POST', '/apis/discovery.k8s.io/v1/namespaces/default/endpointslices', {
      metadata: { name: 'web-1', labels: { 'kubernetes.io/service-name': 'web' } },
      addressType: 'IPv4',
      endpoints: [{ addresses: ['10.244.0.1'], conditions: { ready: true }, nodeName: NODE }],
    });

  const records = async (): Promise<readonly AnyObject[]> =>
    (await rig.api.requestOk<AnyObject>('GET', RECORDS)).items;
  const recorded = async (): Promise<readonly string[]> =>
    (await records()).map(({ status }: AnyObject) => status?.node);

  it('suffice for every feature, and none is unused', async () => {
    await rig.pool('services', ['192.168.5.0/24']);
    await apply({
      ...{ apiVersion: 'metallb.io/v1beta1', kind: 'L2Advertisement', spec: {} },
      metadata: { name: 'all', namespace: NAMESPACE },
    });
    await rig.api.requestOk('PATCH', `${SECRETS}/memberlist`, {
      stringData: { secretkey: 'secret of the speakers' },
    });
    await rig.service('web');
    await rig.editStatus('web', { loadBalancer: { ingress: [{ ip: ADDRESS }] } });
    await endpoint();
    const speaker = await startSpeaker();
    await eventually(async () => assert.deepEqual(await recorded(), [NODE], speaker.tail()));
    await rig.waitForEvent('web', 'nodeAssigned');

    // It removes an order that it cannot obey, and its record when nobody answers any more.
    const [record] = await records();
    const order = { metadata: { annotations: { 'berth.dev/hand-over-to': 'nobody' } } };
    await rig.api.requestOk('PATCH', `${RECORDS}/${record?.metadata.name}`, order);
    await eventually(async () => {
      const [now] = await records();
      assert.equal(now?.metadata.annotations?.['berth.dev/hand-over-to'], undefined, speaker.tail());
    });
    await rig.kubectl(['delete', 'endpointslice', 'web-1']);
    await eventuallyEqual(recorded, []);
    await speaker.end('SIGTERM');

    const roles = [
      ...[await cluster.clusterRole(ACCOUNT), await cluster.role(ACCOUNT), await cluster.role(ADDED)],
      await cluster.role('berth-speaker-passwords'),
    ];
    const added = permissionsOf(await cluster.role(ADDED));
    await eventually(() => {
      cluster.assertAllGranted(roles.flatMap(permissionsOf));
      assert.deepEqual(cluster.unused(added), [], 'granted and never used');
    });
    assert.ok(added.length >= 9);
  });
});
