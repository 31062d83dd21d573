/** The playground as the clients of a cluster use it: kubectl of three releases, and helm. */
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { findClient } from '../support/client-binaries.ts';
import { eventually } from '../support/eventually.ts';
import { findKubernetesBinaries } from '../support/kubernetes-binaries.ts';
import { PlaygroundClients } from './support/playground-clients.ts';

const POOL = `apiVersion: metallb.io/v1beta1
kind: IPAddressPool
metadata: {name: p, namespace: metallb-system}
spec: {addresses: [192.0.2.0/24]}
`;

const container = 'containers: [{name: web, image: web, ports: [{containerPort: 80}]}]';
const APP = `apiVersion: apps/v1
kind: Deployment
metadata: {name: app}
spec:
  replicas: 2
  selector: {matchLabels: {app: app}}
  template: {metadata: {labels: {app: app}}, spec: {${container}}}
---
apiVersion: v1
kind: Service
metadata: {name: app}
spec: {type: LoadBalancer, selector: {app: app}, ports: [{port: 80, name: http}]}
`;

const NODE_AND_POD = `apiVersion: v1
kind: Node
metadata: {name: n1}
---
apiVersion: v1
kind: Pod
metadata:
  name: on-n1
  ownerReferences: [{apiVersion: apps/v1, kind: ReplicaSet, name: r, uid: u, controller: true}]
spec: {nodeName: n1, ${container}}
`;

const INGRESS = 'apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: a}\n';

/** kubectl 1.35 is built with the API server; the older ones for `npm run test:full`. */
function kubectls(): readonly (readonly [version: string, path: string])[] {
  const current = findKubernetesBinaries();
  if (!current.isAvailable) return [];
  const older = process.env['BERTH_FULL'] === '1' ? ['1.27', '1.31'] : [];
  return [
    ['1.35', current.kubectl],
    ...older.flatMap((version): readonly (readonly [string, string])[] => {
      const client = findClient(`kubectl-${version}`);
      return client.isAvailable ? [[version, client.path]] : [];
    }),
  ];
}

const noKubectl = kubectls().length === 0 ? 'kubectl is not built' : false;

describe('kubectl uses the playground', { skip: noKubectl }, () => {
  for (const [version, kubectl] of kubectls()) {
    describe(version, () => {
      let clients: PlaygroundClients;
      before(() => {
        clients = new PlaygroundClients(POOL);
      });
      after(() => clients.close());
      const must = (args: readonly string[], input = ''): Promise<string> =>
        clients.must(kubectl, args, input);
      const refused = async (args: readonly string[], input = ''): Promise<string> => {
        const { code, stderr } = await clients.run(kubectl, args, input);
        assert.equal(code, 1, args.join(' '));
        return stderr;
      };

      it('creates objects without a file, and a Service gets an address', async () => {
        await must(['create', 'namespace', 'shop']);
        await must(['create', 'configmap', 'c', '--from-literal=a=b', '-n', 'shop']);
        await must(['create', 'secret', 'generic', 's', '--from-literal=a=b', '-n', 'shop']);
        await must(['create', 'deployment', 'web', '--image=web', '-n', 'shop']);
        await must(['expose', 'deployment', 'web', '-n', 'shop', '--port=80', '--type=LoadBalancer']);
        await eventually(async () =>
          assert.match(
            await must(['get', 'service', 'web', '-n', 'shop']),
            /LoadBalancer .* 192\.0\.2\.\d+ /,
          ),
        );
        assert.match(await must(['auth', 'can-i', 'create', 'services']), /^yes/);
      });

      it('applies on the server, with conflicts and by force', async () => {
        const apply = ['apply', '--server-side', '-f', '-'];
        assert.match(await must(apply, APP), /deployment\.apps\/app serverside-applied/);
        // What the controller writes meanwhile would be a difference.
        const conditions = ['get', 'service', 'app', '-o', 'jsonpath={.status.conditions[*].type}'];
        await eventually(async () => assert.match(await must(conditions), /Announced/));
        assert.equal(await must(['diff', '--server-side', '-f', '-'], APP), '');
        await must(['scale', 'deployment', 'app', '--replicas=5']);
        assert.match(await refused(apply, APP), /conflict with "kubectl[^"]*" .*: \.spec\.replicas/);
        await must([...apply, '--force-conflicts'], APP);
        assert.equal(await must(['get', 'deployment', 'app', '-o', 'jsonpath={.spec.replicas}']), '2');
        const other = APP.replace('port: 80, name: http', 'port: 443, name: https');
        await must([...apply, '--field-manager=other'], other.slice(other.indexOf('---\n')));
        const ports = ['get', 'service', 'app', '-o', 'jsonpath={.spec.ports[*].port}'];
        assert.deepEqual((await must(ports)).split(' ').sort(), ['443', '80']);
      });

      it('goes over from client-side apply to server-side apply', async () => {
        const mine = APP.replaceAll('name: app', 'name: mine');
        await must(['apply', '-f', '-'], mine);
        const less = mine.replace(', name: http', '');
        await must(['apply', '--server-side', '-f', '-'], less);
        const name = ['get', 'service', 'mine', '-o', 'jsonpath={.spec.ports[0].name}'];
        assert.equal(await must(name), '', 'what the last client-side apply owned is removed');
      });

      it('drains a node', async () => {
        await must(['apply', '-f', '-'], NODE_AND_POD);
        assert.match(await must(['drain', 'n1']), /pod\/on-n1 evicted[\s\S]*node\/n1 drained/);
        assert.match(await must(['get', 'nodes']), /n1 .*SchedulingDisabled/);
        assert.equal(await must(['get', 'pods', '-o', 'name']), '');
        await must(['uncordon', 'n1']);
      });

      it('says in its own words what is unknown', async () => {
        assert.match(
          await refused(['apply', '-f', '-'], INGRESS),
          /no matches for kind "Ingress" in version "networking\.k8s\.io\/v1"\nensure CRDs are installed first/,
        );
        assert.match(
          await refused(['apply', '-f', '-'], APP.replace('replicas', 'replicaz')),
          /strict decoding error: unknown field "spec\.replicaz"/,
        );
        assert.match(
          await refused(['apply', '--server-side', '-f', '-'], APP.replace('replicas', 'replicaz')),
          /\.spec\.replicaz: field not declared in schema/,
        );
      });

      it('explains built-in and custom kinds', async () => {
        assert.match(await must(['explain', 'service.spec.ports']), /nodePort\s+<integer>/);
        assert.match(await must(['explain', 'deployment.spec.template.spec.containers']), /image\s+<string>/);
        assert.match(await must(['explain', 'ipaddresspool.spec']), /addresses\s+<\[\]string>/);
      });
    });
  }
});

const helm = findClient('helm');

describe('helm uses the playground', { skip: helm.isAvailable ? false : helm.reason }, () => {
  let clients: PlaygroundClients;
  let chart: string;
  before(() => {
    clients = new PlaygroundClients(POOL);
    chart = join(clients.folder, 'chart');
    mkdirSync(join(chart, 'templates'), { recursive: true });
    writeFileSync(join(chart, 'Chart.yaml'), 'apiVersion: v2\nname: app\nversion: 0.1.0\n');
    writeFileSync(join(chart, 'values.yaml'), 'port: 80\n');
    writeFileSync(join(chart, 'templates/app.yaml'), APP.replace('port: 80,', 'port: {{ .Values.port }},'));
  });
  after(() => clients.close());

  const run = (...args: readonly string[]): Promise<string> =>
    clients.must(helm.isAvailable ? helm.path : '', [...args, '--namespace', 'shop']);
  const service = async (): Promise<string> => {
    const manifest = await run('status', 'app', '--show-resources');
    return /^app .*LoadBalancer.*$/m.exec(manifest)?.[0] ?? '';
  };

  it('installs into a new namespace, and the Service gets an address', async () => {
    assert.match(await run('install', 'app', chart, '--create-namespace'), /STATUS: deployed/);
    await eventually(async () => assert.match(await service(), / 192\.0\.2\.\d+ +80:/));
  });

  it('upgrades and rolls back, with the same address', async () => {
    const address = / (192\.0\.2\.\d+) /.exec(await service())?.[1] ?? '?';
    assert.match(await run('upgrade', 'app', chart, '--set', 'port=81'), /REVISION: 2/);
    assert.match(await service(), new RegExp(` ${address.replaceAll('.', '\\.')} +81:`));
    await run('rollback', 'app', '1');
    assert.match(await service(), new RegExp(` ${address.replaceAll('.', '\\.')} +80:`));
    assert.match(await run('history', 'app'), /3 .*Rollback to 1/);
  });

  it('refuses a kind that is not served, and changes nothing', async () => {
    writeFileSync(join(chart, 'templates/ingress.yaml'), INGRESS);
    const args = ['upgrade', 'app', chart, '--namespace', 'shop'];
    const { code, stderr } = await clients.run(helm.isAvailable ? helm.path : '', args);
    assert.equal(code, 1);
    assert.match(stderr, /no matches for kind "Ingress" in version "networking\.k8s\.io\/v1"/);
    assert.match(await service(), / 80:/);
  });

  it('uninstalls', async () => {
    await run('uninstall', 'app');
    assert.doesNotMatch(await run('list', '--all'), /^app/m);
  });
});
