/**
 * The rights that `deploy/native` adds for the controller are exactly those that it uses: no request is refused,
 * and none is unused, by the audit log. The test writes what a speaker would write.
 */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { ANNOUNCED_CONDITION } from '../../../src/controller/announced/condition-writer.ts';
import { type AnyObject, NAMESPACE, type Rig } from '../../controller/support/rig.ts';
import { eventually } from '../../support/eventually.ts';
import { skipWithoutKubernetesBinaries } from '../../support/kubernetes-binaries.ts';
import { AuditedCluster } from '../support/rbac/audited-cluster.ts';
import { covers, describePermission, permissionsOf } from '../support/rbac/rules.ts';

const ACCOUNT = 'berth-controller';
const ADDED = 'berth-controller-native';
const NODE = 'w1';
const SPEAKER_STATUSES = `/apis/berth.dev/v1alpha1/namespaces/${NAMESPACE}/speakerstatuses`;
const PODS = `/api/v1/namespaces/${NAMESPACE}/pods`;

describe('the rights of the controller beside speakers', { skip: skipWithoutKubernetesBinaries() }, () => {
  let cluster: AuditedCluster;
  let rig: Rig;

  before(async () => {
    cluster = await AuditedCluster.start({ account: ACCOUNT, manifests: ['native', 'policies'] });
    rig = cluster.rig;
  });
  after(() => cluster?.stop());

  it('suffice for the condition Announced, and none is unused', async () => {
    await clusterOfOneNode();
    const portFlags = ['port', 'health-probe-port'];
    const { program } = await cluster.startPod('controller', 'deployments/berth-controller', portFlags);
    await program.waitForLog('speakers are running');
    await eventually(async () => {
      const { conditions = [] } = (await rig.get('web')).status;
      const said = conditions.find(({ type }: AnyObject) => type === ANNOUNCED_CONDITION);
      assert.deepEqual([said?.status, said?.reason], ['True', 'Announced'], JSON.stringify(said));
    });
    const added = [await cluster.role(ADDED), await cluster.clusterRole(ADDED)].flatMap(permissionsOf);
    await eventually(() => assert.deepEqual(cluster.unused(added), [], 'granted and never used'));
    assert.equal(await program.stop(), 0);

    const own = [await cluster.role(ACCOUNT), await cluster.clusterRole(ACCOUNT)].flatMap(permissionsOf);
    cluster.assertAllGranted([...own, ...added]);
    const twice = added.filter((one) => own.some((other) => covers(other, { ...one, code: 200 })));
    assert.deepEqual(twice.map(describePermission), [], 'granted already');
    assert.ok(added.length >= 8);
    cluster.assertNoSecrets();
  });

  /** A Service with an endpoint, its configuration, and a speaker: its Pod and its status. */
  async function clusterOfOneNode(): Promise<void> {
    await rig.api.requestOk('POST', '/api/v1/nodes', { metadata: { name: NODE } });
    await rig.pool('services', ['192.168.5.0/24']);
    await metallb('Community', { communities: [{ name: 'ours', value: '65001:100' }] });
    await metallb('BGPAdvertisement', { communities: ['ours'] });
    const router = { myASN: 65_001, peerASN: 65_116, peerAddress: '192.0.2.1' };
    await metallb('BGPPeer', router, 'v1beta2');
    await rig.service('web');
    await rig.api.requestOk('POST', '/apis/discovery.k8s.io/v1/namespaces/default/endpointslices', {
      metadata: { name: 'web-1', labels: { 'kubernetes.io/service-name': 'web' } },
      addressType: 'IPv4',
      endpoints: [{ addresses: ['10.244.0.1'], conditions: { ready: true }, nodeName: NODE }],
    });
    const labels = { 'app.kubernetes.io/name': 'berth', 'app.kubernetes.io/component': 'speaker' };
    const containers = [{ name: 'speaker', image: 'berth' }];
    await rig.api.requestOk('POST', PODS, {
      metadata: { name: 'berth-speaker-1', labels },
      spec: { nodeName: NODE, containers },
    });
    const conditions = [{ type: 'Ready', status: 'True' }];
    await rig.api.requestOk('PATCH', `${PODS}/berth-speaker-1/status`, { status: { conditions } });
    const status = { node: NODE, phase: 'speaking', sessions: [{ peer: 'one', state: 'Established' }] };
    await rig.api.requestOk('POST', SPEAKER_STATUSES, {
      ...{ apiVersion: 'berth.dev/v1alpha1', kind: 'SpeakerStatus', metadata: { name: NODE } },
    });
    await rig.api.requestOk('PATCH', `${SPEAKER_STATUSES}/${NODE}/status`, { status });
  }

  const metallb = (kind: string, spec: AnyObject, version = 'v1beta1'): Promise<string> => {
    const metadata = { name: 'one', namespace: NAMESPACE };
    return rig.kubectl(
      ['apply', '-f', '-'],
      JSON.stringify({ apiVersion: `metallb.io/${version}`, kind, metadata, spec }),
    );
  };
});
