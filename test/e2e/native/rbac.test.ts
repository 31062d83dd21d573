/**
 * The rights that `deploy/native` gives a speaker are exactly those that it uses: no request is refused, and none is
 * unused, by the audit log. `deploy/policies` refuses none of them. No router is needed: the routes follow from the objects.
 */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Program } from '../../controller/support/program.ts';
import { type AnyObject, NAMESPACE, type Rig } from '../../controller/support/rig.ts';
import { sendRequest } from '../../http-server/support/client.ts';
import { eventually, eventuallyEqual } from '../../support/eventually.ts';
import { skipWithoutKubernetesBinaries } from '../../support/kubernetes-binaries.ts';
import { type BoundPod, createPodOn, requestToken } from '../support/rbac/account.ts';
import { AuditedCluster, isRejected } from '../support/rbac/audited-cluster.ts';
import { describeRequest, permissionsOf } from '../support/rbac/rules.ts';

const ACCOUNT = 'berth-speaker';
const PASSWORDS = 'berth-speaker-passwords';
const NODE = 'w1';
const ROLES = `/apis/rbac.authorization.k8s.io/v1/namespaces/${NAMESPACE}/roles`;
const STATE = `/apis/metallb.io/v1beta1/namespaces/${NAMESPACE}/configurationstates/speaker-${NODE}`;
/** Both groups in which its kinds are served. */
const CALICO = [
  ['projectcalico.org', 'v3'],
  ['crd.projectcalico.org', 'v1'],
] as const;

describe('the rights of the speaker', { skip: skipWithoutKubernetesBinaries() }, () => {
  let cluster: AuditedCluster;
  let rig: Rig;

  before(async () => {
    cluster = await AuditedCluster.start({ account: ACCOUNT, manifests: ['native', 'policies'], createPod });
    rig = cluster.rig;
    for (const [group, version] of CALICO) await installPeersOf(group, version);
  });
  after(() => cluster?.stop());

  async function createPod({ api }: Rig): Promise<BoundPod> {
    await api.requestOk('POST', '/api/v1/nodes', { metadata: { name: NODE } });
    return createPodOn(api, {
      ...{ namespace: NAMESPACE, name: 'berth-speaker-1', account: ACCOUNT, node: NODE },
    });
  }

  /** The fields that a speaker reads. */
  async function installPeersOf(group: string, version: string): Promise<void> {
    const schema = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };
    await apply({
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata: { name: `bgppeers.${group}` },
      spec: {
        group,
        scope: 'Cluster',
        names: { kind: 'BGPPeer', plural: 'bgppeers' },
        versions: [{ name: version, served: true, storage: true, schema: { openAPIV3Schema: schema } }],
      },
    });
    await eventually(() => rig.api.requestOk('GET', `/apis/${group}/${version}/bgppeers`));
  }

  type Started = { readonly program: Program; readonly metrics: number };

  async function start(name: string): Promise<Started> {
    const portFlags = ['port', 'health-probe-port', 'view-port'];
    // In the namespace of this machine, no address is to be answered for.
    const flags = [`--node-name=${NODE}`, '--layer2=off'];
    const { program, ports } = await cluster.startPod(name, 'daemonsets/berth-speaker', portFlags, flags);
    await program.waitForLog('speaking');
    return { program, metrics: ports['port'] ?? 0 };
  }

  const apply = (object: AnyObject): Promise<string> =>
    rig.kubectl(['apply', '-f', '-'], JSON.stringify(object));

  const metallb = (kind: string, name: string, spec: AnyObject, version = 'v1beta1'): Promise<string> =>
    apply({ apiVersion: `metallb.io/${version}`, kind, metadata: { name, namespace: NAMESPACE }, spec });

  /** Nothing listens there. */
  const peer = async (name: string, secret: string): Promise<string> =>
    metallb(
      'BGPPeer',
      name,
      {
        ...{ myASN: 65_001, peerASN: 65_116, peerAddress: '127.0.0.1', peerPort: 1 },
        passwordSecret: { name: secret },
      },
      'v1beta2',
    );

  const password = (name: string): Promise<string> => {
    const literal = ['--type=kubernetes.io/basic-auth', '--from-literal=password=s3cret'];
    return rig.kubectl(['-n', NAMESPACE, 'create', 'secret', 'generic', name, ...literal]);
  };

  const state = async (): Promise<AnyObject> => (await rig.api.requestOk<AnyObject>('GET', STATE)).status;

  const result = async (): Promise<string | undefined> => (await state())?.result;

  it('suffice for every feature, and none is unused', async () => {
    await clusterOfOneNode();
    const { program, metrics } = await start('first');
    await takesPasswords();
    await saysWhatIsWrong();
    await saysToWhom();
    await leavesRoutersToCalico();
    await showsWhatItAnnounces(metrics);
    assert.equal(await program.stop(), 0);

    const roles = [
      await cluster.clusterRole(ACCOUNT),
      await cluster.role(ACCOUNT),
      await cluster.role(PASSWORDS),
    ];
    const granted = roles.flatMap(permissionsOf);
    cluster.assertAllGranted(granted);
    assert.deepEqual(cluster.unused(granted), [], 'granted and never used');
    assert.ok(granted.length > 20 && cluster.audit.requests().length > granted.length);
  });

  it('can be narrowed to the Secrets that peers name: no other is ever requested', async () => {
    await password('other');
    const [rule] = (await cluster.role(PASSWORDS)).rules;
    const rules = [{ ...rule, resourceNames: ['tor'] }];
    await rig.api.requestOk('PATCH', `${ROLES}/${PASSWORDS}`, { rules });
    const known = cluster.audit.requests().length;
    const { program } = await start('second');
    await eventuallyEqual(result, 'Valid');
    // A change that only a watch delivers; the audit log records a watch at its end.
    await rig.kubectl(['-n', NAMESPACE, 'delete', 'secret', 'tor']);
    await eventuallyEqual(result, 'Invalid');
    await password('tor');
    await eventuallyEqual(result, 'Valid');
    assert.equal(await program.stop(), 0);
    const asked = () => cluster.audit.requests().slice(known);
    await eventuallyEqual(() => {
      const secrets = asked().filter(({ resource }) => resource === 'secrets');
      return [...new Set(secrets.map(({ verb, name }) => `${verb} ${name}`))].sort();
    }, ['list tor', 'watch tor']);
    assert.deepEqual(asked().filter(isRejected).map(describeRequest), []);
  });

  /** A Service with an endpoint and an address of an advertised pool. */
  async function clusterOfOneNode(): Promise<void> {
    await rig.api.requestOk('PATCH', `/api/v1/nodes/${NODE}/status`, {
      status: { addresses: [{ type: 'InternalIP', address: '192.0.2.200' }] },
    });
    await rig.pool('services', ['192.168.5.0/24']);
    await metallb('Community', 'names', { communities: [{ name: 'ours', value: '65001:100' }] });
    await metallb('BGPAdvertisement', 'all', { communities: ['ours'] });
    await metallb('L2Advertisement', 'all', {});
    await metallb('BFDProfile', 'fast', {});
    await rig.service('web');
    await rig.editStatus('web', { loadBalancer: { ingress: [{ ip: '192.168.5.7' }] } });
    await endpoint();
  }

  const endpoint = (): Promise<AnyObject> =>
    rig.api.requestOk('POST', '/apis/discovery.k8s.io/v1/namespaces/default/endpointslices', {
      metadata: { name: 'web-1', labels: { 'kubernetes.io/service-name': 'web' } },
      addressType: 'IPv4',
      endpoints: [{ addresses: ['10.244.0.1'], conditions: { ready: true }, nodeName: NODE }],
    });

  async function takesPasswords(): Promise<void> {
    await peer('router', 'tor');
    await eventually(async () => assert.match((await state())?.errorSummary ?? '', /secret ref not found/));
    await password('tor');
    await eventuallyEqual(result, 'Valid');
  }

  async function saysWhatIsWrong(): Promise<void> {
    await metallb('BGPAdvertisement', 'wrong', { communities: ['nobody-knows'] });
    await eventuallyEqual(result, 'Invalid');
    await rig.kubectl(['-n', NAMESPACE, 'delete', 'bgpadvertisement', 'wrong']);
    await eventuallyEqual(result, 'Valid');
    await rig.api.requestOk('DELETE', STATE); // it is written again
    await eventuallyEqual(result, 'Valid');
    const { metadata } = await rig.api.requestOk<AnyObject>('GET', STATE);
    assert.ok(metadata.managedFields.some(({ manager }: AnyObject) => manager === 'configReconciler'));
  }

  /** A repeated event is counted; the object is removed with the announcement. */
  async function saysToWhom(): Promise<void> {
    await eventuallyEqual(toldPeers, [['router']]);
    await rig.waitForEvent('web', 'nodeAssigned');
    await rig.kubectl(['delete', 'endpointslice', 'web-1']);
    await eventuallyEqual(toldPeers, []);
    await endpoint();
    await eventuallyEqual(toldPeers, [['router']]);
    const events = '/api/v1/namespaces/default/events?fieldSelector=reason%3DnodeAssigned';
    await eventually(async () => {
      const { items } = await rig.api.requestOk<AnyObject>('GET', events);
      assert.deepEqual(
        items.map(({ count }: AnyObject) => count),
        [2],
      );
    });
  }

  const toldPeers = async (): Promise<readonly AnyObject[]> => {
    const path = `/apis/metallb.io/v1beta1/namespaces/${NAMESPACE}/servicebgpstatuses`;
    return (await rig.api.requestOk<AnyObject>('GET', path)).items.map(
      ({ status }: AnyObject) => status?.peers,
    );
  };

  async function leavesRoutersToCalico(): Promise<void> {
    const [[group, version]] = CALICO;
    await apply({
      apiVersion: `${group}/${version}`,
      kind: 'BGPPeer',
      metadata: { name: 'same' },
      spec: { peerIP: '127.0.0.1', asNumber: 65_116 },
    });
    await eventually(async () => assert.match((await state()).errorSummary, /Calico's BGPPeer "same"/));
    await rig.kubectl(['delete', `bgppeers.${group}`, 'same']);
    await eventuallyEqual(result, 'Valid');
  }

  async function showsWhatItAnnounces(port: number): Promise<void> {
    const account = { metadata: { name: 'prometheus', namespace: 'default' } };
    await rig.api.requestOk('POST', '/api/v1/namespaces/default/serviceaccounts', account);
    const scrape = (bearer: string) =>
      sendRequest({ port, path: '/metrics', headers: { authorization: `Bearer ${bearer}` }, tls: {} });
    const token = await requestToken(rig.api, 'default', 'prometheus');
    assert.equal((await scrape('made-up')).status, 401);
    assert.equal((await scrape(token)).status, 403);
    const binding = ['prometheus-reads-berth', '--clusterrole=berth-metrics-reader'];
    await rig.kubectl(['create', 'clusterrolebinding', ...binding, '--serviceaccount=default:prometheus']);
    // Another token, since results are cached for a while.
    const granted = await requestToken(rig.api, 'default', 'prometheus');
    const announced = /^metallb_speaker_announced\{.*ip="192\.168\.5\.7".*\} 1$/m;
    await eventually(async () => assert.match((await scrape(granted)).body, announced));
  }
});
