/**
 * The rights of `deploy/calico` are exactly those that the controller uses beside Calico, with either of Calico's two API
 * groups: the audit log has no rejected request, and each right is used.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { root } from '../../../dev/place.mjs';
import { ANNOUNCED_CONDITION } from '../../../src/controller/announced/condition-writer.ts';
import type { Program } from '../../controller/support/program.ts';
import type { AnyObject, Rig } from '../../controller/support/rig.ts';
import { eventually } from '../../support/eventually.ts';
import { skipWithoutKubernetesBinaries } from '../../support/kubernetes-binaries.ts';
import { AuditedCluster } from '../support/rbac/audited-cluster.ts';
import { describeRequest, permissionsOf } from '../support/rbac/rules.ts';

const ACCOUNT = 'berth-controller';
const ADDED = 'berth-controller-calico';

const NEWER = 'projectcalico.org';
const OLDER = 'crd.projectcalico.org';
const VERSIONS: Readonly<Record<string, string>> = { [NEWER]: 'v3', [OLDER]: 'v1' };

const read = (path: string): string => readFileSync(join(root, path), 'utf8');

/** The manifests are of the newer group; the older one has the same kinds with another version. */
const inGroup = (text: string, group: string): string =>
  group === NEWER
    ? text
    : text
        .replaceAll(/\bprojectcalico\.org\/v3\b/g, `${OLDER}/v1`)
        .replaceAll(/^( {2}name: \w+\.| {2}group: )projectcalico\.org$/gm, `$1${OLDER}`)
        .replaceAll(/^( {4}- name: )v3$/gm, '$1v1');

describe('the rights of the controller beside Calico', { skip: skipWithoutKubernetesBinaries() }, () => {
  let cluster: AuditedCluster;
  let rig: Rig;

  before(async () => {
    cluster = await AuditedCluster.start({ account: ACCOUNT, manifests: ['calico', 'policies'] });
    rig = cluster.rig;
  });
  after(() => cluster?.stop());

  const apply = (text: string): Promise<string> => rig.kubectl(['apply', '-f', '-'], text);

  async function start(name: string): Promise<Program> {
    const portFlags = ['port', 'health-probe-port'];
    const started = await cluster.startPod(name, 'deployments/berth-controller', portFlags);
    assert.ok(started.manifestArgs.includes('--calico=auto'), started.manifestArgs.join(' '));
    return started.program;
  }

  it('suffice for either API group of Calico, and none is unused', async () => {
    await clusterWithCalico();
    const added = permissionsOf(await cluster.clusterRole(ADDED));
    // Without the newer group there is a fall-back to be seen, so the older one goes first.
    for (const group of [OLDER, NEWER]) {
      await kindsOfCalico(group);
      const program = await start(group);
      await program.waitForLog('Calico announces by BGP here');
      await isAnnounced(group);
      await eventually(() =>
        assert.deepEqual(cluster.unused(added.filter((right) => right.group === group)), []),
      );
      assert.equal(await program.stop(), 0);
    }
    const own = [await cluster.clusterRole(ACCOUNT), await cluster.role(ACCOUNT)].flatMap(permissionsOf);
    cluster.assertAllGranted([...own, ...added]);
    assert.deepEqual(cluster.unused(added), [], 'granted and never used');
    assert.ok(added.length > 35);
    const written = cluster.audit
      .requests()
      .filter(({ group, verb }) => group.endsWith(NEWER) && verb !== 'list' && verb !== 'watch');
    assert.deepEqual(written.map(describeRequest), [], 'nothing of Calico is written');
    cluster.assertNoSecrets();
  });

  /** A Node for each worker, and the DaemonSet that shows Calico's BGP. */
  async function clusterWithCalico(): Promise<void> {
    await rig.api.request('POST', '/api/v1/namespaces', { metadata: { name: 'kube-system' } });
    const labels = { app: 'calico' };
    const env = [{ name: 'CALICO_NETWORKING_BACKEND', value: 'bird' }];
    const containers = [{ name: 'calico-node', image: 'calico/node', env }];
    await rig.api.requestOk('POST', '/apis/apps/v1/namespaces/kube-system/daemonsets', {
      metadata: { name: 'calico-node' },
      spec: { selector: { matchLabels: labels }, template: { metadata: { labels }, spec: { containers } } },
    });
    for (const last of [11, 12, 13]) {
      const annotations = { 'projectcalico.org/IPv4Address': `10.10.0.${last}/24` };
      await rig.api.requestOk('POST', '/api/v1/nodes', { metadata: { name: `w${last}`, annotations } });
    }
    await apply(read('examples/ipaddresspool.yaml'));
  }

  async function kindsOfCalico(group: string): Promise<void> {
    await apply(inGroup(read('examples/playground-kinds/calico.yaml'), group));
    const served = `/apis/${group}/${VERSIONS[group]}`;
    await eventually(() => rig.api.requestOk('GET', `${served}/caliconodestatuses`));
    for (const name of ['bgpconfiguration', 'bgppeer']) {
      await apply(inGroup(read(`examples/${name}.yaml`), group));
    }
  }

  /** A new Service, since one that exists would keep the condition of another controller. */
  async function isAnnounced(group: string): Promise<void> {
    const name = group === OLDER ? 'older' : 'newer';
    await apply(read('examples/service.yaml').replace('name: web', `name: ${name}`));
    await rig.api.requestOk('POST', '/apis/discovery.k8s.io/v1/namespaces/default/endpointslices', {
      metadata: { name: `${name}-1`, labels: { 'kubernetes.io/service-name': name } },
      addressType: 'IPv4',
      endpoints: [{ addresses: ['10.244.0.1'], conditions: { ready: true }, nodeName: 'w11' }],
    });
    await eventually(async () => {
      const { conditions = [] } = (await rig.get(name)).status;
      const said = conditions.find(({ type }: AnyObject) => type === ANNOUNCED_CONDITION);
      assert.deepEqual([said?.status, said?.reason], ['True', 'Predicted'], JSON.stringify(said));
    });
  }
});
