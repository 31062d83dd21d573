/**
 * The rights that `deploy/native` adds for the controller are exactly those that it uses: no request is refused,
 * and none is unused, by the audit log. The test writes what a speaker would write.
 */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { root } from '../../../dev/place.mjs';
import { ANNOUNCED_CONDITION } from '../../../src/controller/announced/condition-writer.ts';
import type { Program } from '../../controller/support/program.ts';
import { type AnyObject, NAMESPACE, Rig } from '../../controller/support/rig.ts';
import { eventually } from '../../support/eventually.ts';
import { skipWithoutKubernetesBinaries } from '../../support/kubernetes-binaries.ts';
import { freePort } from '../../support/real-api/ports.ts';
import { PodProcesses, podEnvironment } from '../support/rbac/account.ts';
import { AuditLog } from '../support/rbac/audit.ts';
import {
  covers,
  describePermission,
  describeRequest,
  type Permission,
  permissionsOf,
  type Role,
} from '../support/rbac/rules.ts';

const ACCOUNT = 'berth-controller';
const ADDED = 'berth-controller-native';
const NODE = 'w1';
const RBAC = '/apis/rbac.authorization.k8s.io/v1';
const DEPLOYMENT = `/apis/apps/v1/namespaces/${NAMESPACE}/deployments/berth-controller`;
const SPEAKER_STATUSES = `/apis/berth.dev/v1alpha1/namespaces/${NAMESPACE}/speakerstatuses`;
const PODS = `/api/v1/namespaces/${NAMESPACE}/pods`;

describe('the rights of the controller beside speakers', { skip: skipWithoutKubernetesBinaries() }, () => {
  let folder: string;
  let audit: AuditLog;
  let rig: Rig;
  let pods: PodProcesses;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'berth-rbac-beside-'));
    audit = new AuditLog(folder, `system:serviceaccount:${NAMESPACE}:${ACCOUNT}`);
    rig = await Rig.start({ authorization: 'RBAC', flags: audit.flags, crds: false });
    for (const base of ['native', 'policies']) await rig.kubectl(['apply', '-k', join(root, 'deploy', base)]);
    await eventually(() => rig.pools());
    const environment = await podEnvironment(rig.api, { namespace: NAMESPACE, account: ACCOUNT });
    pods = new PodProcesses(join(rig.api.folder, 'berth', 'berth.mjs'), environment);
  });
  after(async () => {
    await pods?.stop();
    await rig?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('suffice for the condition Announced, and none is unused', async () => {
    await clusterOfOneNode();
    const program = await start();
    await program.waitForLog('speakers are running');
    await eventually(async () => {
      const { conditions = [] } = (await rig.get('web')).status;
      const said = conditions.find(({ type }: AnyObject) => type === ANNOUNCED_CONDITION);
      assert.deepEqual([said?.status, said?.reason], ['True', 'Announced'], JSON.stringify(said));
    });
    const added = (await Promise.all([roleNamed(ADDED), clusterRoleNamed(ADDED)])).flatMap(permissionsOf);
    await eventually(() => assert.deepEqual(idle(added), [], 'granted and never used'));
    assert.equal(await program.stop(), 0);

    const asked = audit.requests();
    const refused = asked.filter(({ code }) => code === 401 || code === 403);
    assert.deepEqual(refused.map(describeRequest), []);
    const own = (await Promise.all([roleNamed(ACCOUNT), clusterRoleNamed(ACCOUNT)])).flatMap(permissionsOf);
    const uncovered = asked.filter((one) => ![...own, ...added].some((right) => covers(right, one)));
    assert.deepEqual(uncovered.map(describeRequest), [], 'granted by somebody else than our roles');
    const twice = added.filter((one) => own.some((other) => covers(other, { ...one, code: 200 })));
    assert.deepEqual(twice.map(describePermission), [], 'granted already');
    assert.ok(added.length >= 8);
    assert.deepEqual(
      asked.filter(({ resource }) => resource.startsWith('secrets')),
      [],
    );
  });

  const clusterRoleNamed = (name: string): Promise<Role> =>
    rig.api.requestOk('GET', `${RBAC}/clusterroles/${name}`);

  const roleNamed = (name: string): Promise<Role> =>
    rig.api.requestOk('GET', `${RBAC}/namespaces/${NAMESPACE}/roles/${name}`);

  const idle = (rights: readonly Permission[]): readonly string[] => {
    const asked = audit.requests();
    return rights.filter((right) => !asked.some((one) => covers(right, one))).map(describePermission);
  };

  /** With the arguments of the manifest, except for the ports. */
  async function start(): Promise<Program> {
    const { spec } = await rig.api.requestOk<AnyObject>('GET', DEPLOYMENT);
    const args: readonly string[] = spec.template.spec.containers[0].args;
    const rest = args.filter((arg) => !/^--(port|health-probe-port|log-level)=/.test(arg));
    const ports = [`--port=${await freePort()}`, `--health-probe-port=${await freePort()}`];
    return pods.start('controller', [...rest, ...ports, '--log-level=debug']);
  }

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
