/** `explain` and `plan` where Calico's own allocator claims Services: they say what the controller says. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { runExplain } from '../../../src/cli/explain/run.ts';
import { runPlan } from '../../../src/cli/plan/run.ts';
import { CLUSTER } from '../support/cluster-manifests.ts';
import { runCommand } from '../support/run-command.ts';
import { createTempFolder } from '../support/temp-folder.ts';

const IP_POOL = `apiVersion: projectcalico.org/v3
kind: IPPool
metadata: {name: balancers}
spec: {cidr: 198.51.100.0/24, allowedUses: [LoadBalancer]}
`;
const ON_REQUEST = `apiVersion: projectcalico.org/v3
kind: KubeControllersConfiguration
metadata: {name: default}
spec: {controllers: {loadBalancer: {assignIPs: RequestedServicesOnly}}}
`;
const WITHOUT_BGP = `apiVersion: apps/v1
kind: DaemonSet
metadata: {name: calico-node, namespace: kube-system}
spec: {template: {spec: {containers: [{name: calico-node, env: [{name: CALICO_NETWORKING_BACKEND, value: vxlan}]}]}}}
`;
const NEW_SERVICE = `apiVersion: v1
kind: Service
metadata: {name: new, namespace: shop}
spec: {type: LoadBalancer, ports: [{port: 80}]}
`;
const ANNOTATED = NEW_SERVICE.replace(
  'namespace: shop',
  `namespace: shop, annotations: {projectcalico.org/ipv4pools: '["balancers"]'}`,
);

const files = (...documents: readonly string[]): string => documents.join('---\n');

describe('explain', () => {
  const explain = (stdin: string, ...args: readonly string[]) =>
    runCommand(runExplain, ['service', 'new', '-n', 'shop', '-f', '-', ...args], { stdin });

  it('says CalicoAllocates, and tries no pool', async () => {
    assert.deepEqual(await explain(files(CLUSTER, IP_POOL, NEW_SERVICE)), {
      code: 0,
      out: `Service shop/new
  address    none
  condition  CalicoAllocates: Calico's LoadBalancer controller (AllServices) assigns addresses to
             this Service. Set assignIPs: RequestedServicesOnly in KubeControllersConfiguration
             default, or give the Service a loadBalancerClass that Berth manages.
  requests   IPv4
`,
      err: '',
    });
  });

  it('says so to programs', async () => {
    const { out } = await explain(files(CLUSTER, IP_POOL, NEW_SERVICE), '-o', 'json');
    const value = JSON.parse(out);
    assert.deepEqual(
      [value.addresses, value.condition.reason, value.claim.reason, value.pools, value.remedies],
      [[], 'CalicoAllocates', 'CalicoAllocates', [], []],
    );
    assert.equal(value.notOurs, value.claim.message);
  });

  const rows: readonly [title: string, stdin: string, args: readonly string[], condition: string][] = [
    [
      'a Service that asks Calico by annotation',
      files(CLUSTER, ON_REQUEST, ANNOTATED),
      [],
      'CalicoAllocates',
    ],
    ['RequestedServicesOnly', files(CLUSTER, IP_POOL, ON_REQUEST, NEW_SERVICE), [], 'Assigned'],
    [
      'an IPPool for pods',
      files(CLUSTER, IP_POOL.replace('LoadBalancer', 'Workload'), NEW_SERVICE),
      [],
      'Assigned',
    ],
    ['Calico without BGP', files(CLUSTER, IP_POOL, WITHOUT_BGP, NEW_SERVICE), [], 'Assigned'],
    ['an annotation for Calico without Calico', files(CLUSTER, ANNOTATED), [], 'Assigned'],
    ['a controller with --calico=off', files(CLUSTER, IP_POOL, NEW_SERVICE), ['--calico', 'off'], 'Assigned'],
    [
      'Calico without BGP, and a controller with --calico=required',
      files(CLUSTER, IP_POOL, WITHOUT_BGP, NEW_SERVICE),
      ['--calico', 'required'],
      'CalicoAllocates',
    ],
  ];
  for (const [title, stdin, args, condition] of rows) {
    it(`${title}: ${condition}`, async () => {
      const { out } = await explain(stdin, '-o', 'json', ...args);
      const value = JSON.parse(out);
      assert.equal(value.condition.reason, condition);
      assert.equal(value.claim === null, condition === 'Assigned');
    });
  }
});

describe('plan', () => {
  it('says CalicoAllocates of a new Service, and of those that an edit lets Calico claim', async (test) => {
    const folder = createTempFolder(test, { 'cluster.yaml': CLUSTER });
    const plan = await runCommand(runPlan, ['--cluster', folder, '-f', '-'], {
      stdin: files(IP_POOL, NEW_SERVICE),
    });
    assert.deepEqual(plan, {
      code: 0,
      out: `1 new Service gets no address
  shop/new  no address
      CalicoAllocates: Calico's LoadBalancer controller (AllServices) assigns addresses to this
      Service. Set assignIPs: RequestedServicesOnly in KubeControllersConfiguration default, or give
      the Service a loadBalancerClass that Berth manages.

1 Service keeps its address, with another pool or condition
  shop/web  192.168.5.1 (first)
      CalicoAllocates: Calico's LoadBalancer controller (AllServices) assigns addresses to this
      Service. Set assignIPs: RequestedServicesOnly in KubeControllersConfiguration default, or give
      the Service a loadBalancerClass that Berth manages.

No address in use would change: 1 new Service gets no address, 1 Service keeps its address, with
another pool or condition, 1 Service still has no address.
`,
      err: '',
    });
  });

  const edits: readonly [title: string, edit: string, args: readonly string[], later: string][] = [
    ['assignIPs is set to RequestedServicesOnly', ON_REQUEST, [], 'Assigned'],
    ['the IPPool is deleted', '', ['--delete', 'ippool/balancers'], 'Assigned'],
    ['another Service is added', NEW_SERVICE.replace('name: new', 'name: other'), [], 'CalicoAllocates'],
  ];
  for (const [title, edit, args, later] of edits) {
    it(`a claimed Service when ${title}: ${later}`, async (test) => {
      const running = ON_REQUEST.replace('RequestedServicesOnly', 'AllServices').concat(
        'status: {runningConfig: {controllers: {loadBalancer: {assignIPs: AllServices}}}}\n',
      );
      const cluster = files(CLUSTER, IP_POOL, running, NEW_SERVICE);
      const folder = createTempFolder(test, { 'cluster.yaml': cluster });
      const input = edit === '' ? [] : ['-f', '-'];
      const { out, code } = await runCommand(
        runPlan,
        ['--cluster', folder, ...input, ...args, '-o', 'json'],
        { stdin: edit },
      );
      const { services, notes } = JSON.parse(out);
      const planned = services.find(({ service }: { service: string }) => service === 'shop/new');
      assert.deepEqual(
        [code, planned.before.reason, planned.after.reason, planned.later.reason, notes],
        [0, 'CalicoAllocates', later, later, []],
      );
    });
  }
});
