/** The playground as Flux and Argo CD use a cluster: through the libraries that these apply, compare, wait and prune with. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
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

const APP = `apiVersion: v1
kind: Namespace
metadata: {name: shop}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: app, namespace: shop}
spec:
  replicas: 2
  selector: {matchLabels: {app: app}}
  template:
    metadata: {labels: {app: app}}
    spec: {containers: [{name: web, image: web, ports: [{containerPort: 80}]}]}
`;

const SERVICE = `apiVersion: v1
kind: Service
metadata: {name: app, namespace: shop}
spec: {type: LoadBalancer, selector: {app: app}, ports: [{port: 80, name: http}]}
`;

const ALL = [APP, SERVICE, POOL].join('---\n');

const binaries = findKubernetesBinaries();
const kubectl = binaries.isAvailable ? binaries.kubectl : '';

/** A playground in which nothing but the Namespace of Berth is; files are written for the program. */
class Cluster {
  readonly clients = new PlaygroundClients('apiVersion: v1\nkind: Namespace\nmetadata: {name: other}\n');

  file(name: string, text: string): string {
    const path = join(this.clients.folder, name);
    writeFileSync(path, text);
    return path;
  }

  kubectl(...args: readonly string[]): Promise<string> {
    return this.clients.must(kubectl, args);
  }

  scale(replicas: number): Promise<string> {
    return this.kubectl('scale', 'deployment', 'app', '-n', 'shop', `--replicas=${replicas}`);
  }

  replicas(): Promise<string> {
    return this.kubectl('get', 'deployment', 'app', '-n', 'shop', '-o', 'jsonpath={.spec.replicas}');
  }

  async waitForAddress(): Promise<void> {
    await eventually(async () =>
      assert.match(await this.kubectl('get', 'service', 'app', '-n', 'shop'), / 192\.0\.2\.\d+ /),
    );
  }
}

const flux = findClient('flux-apply');

describe('Flux uses the playground', { skip: flux.isAvailable ? false : flux.reason }, () => {
  let cluster: Cluster;
  let all: string;
  before(() => {
    cluster = new Cluster();
    all = cluster.file('all.yaml', ALL);
  });
  after(() => cluster.clients.close());
  const run = (verb: string, path: string): Promise<string> =>
    cluster.clients.must(flux.isAvailable ? flux.path : '', [verb, path]);
  const states = (output: string): readonly string[] => output.trimEnd().split('\n').sort();
  const NAMES = [
    ...['Deployment/shop/app', 'IPAddressPool/metallb-system/p', 'Namespace/shop', 'Service/shop/app'],
  ];
  const each = (state: string): readonly string[] => NAMES.map((name) => `${name} ${state}`);

  it('applies on the server, and a second time changes nothing', async () => {
    assert.deepEqual(states(await run('apply', all)), each('created'));
    await cluster.waitForAddress();
    assert.deepEqual(states(await run('diff', all)), each('unchanged'));
    assert.deepEqual(states(await run('apply', all)), each('unchanged'));
  });

  it('waits for a Service and a pool', async () => {
    await run('wait', cluster.file('ready.yaml', [SERVICE, POOL].join('---\n')));
  });

  it('finds and mends what others changed', async () => {
    await cluster.scale(5);
    assert.match(await run('diff', all), /^Deployment\/shop\/app configured$/m);
    assert.match(await run('apply', all), /^Deployment\/shop\/app configured$/m);
    assert.equal(await cluster.replicas(), '2');
  });

  it('refuses what the API server would refuse, before anything is applied', async () => {
    const wrong = cluster.file('wrong.yaml', ALL.replace('port: 80,', 'port: 99999,'));
    const { code, stderr } = await cluster.clients.run(flux.isAvailable ? flux.path : '', ['apply', wrong]);
    assert.equal(code, 1);
    assert.match(stderr, /Service\/shop\/app dry-run failed/);
  });

  it('deletes, and waits until all is gone', async () => {
    assert.deepEqual(states(await run('delete', all)), each('deleted'));
    assert.doesNotMatch(await cluster.kubectl('get', 'namespaces'), /shop/);
  });
});

const argo = findClient('argo-sync');

describe('Argo CD uses the playground', { skip: argo.isAvailable ? false : argo.reason }, () => {
  let cluster: Cluster;
  let all: string;
  before(() => {
    cluster = new Cluster();
    all = cluster.file('all.yaml', ALL);
  });
  after(() => cluster.clients.close());
  const run = (...args: readonly string[]): Promise<string> =>
    cluster.clients.must(argo.isAvailable ? argo.path : '', args);
  const outOfSync = async (): Promise<readonly string[]> =>
    [...(await run('-diff', all)).matchAll(/^(\S+) OutOfSync/gm)].map(([, name = '']) => name);

  for (const [way, ...flags] of [['on the client'], ['on the server', '-server-side']] as const) {
    it(`applies ${way}, and all is in sync and healthy`, async () => {
      await run(...flags, all);
      await cluster.waitForAddress();
      assert.deepEqual(await outOfSync(), []);
      assert.match(await run('-diff', all), /^Service\/app Synced Healthy$/m);
    });

    it(`finds and mends what others changed, ${way}`, async () => {
      await cluster.scale(5);
      assert.deepEqual(await outOfSync(), ['Deployment/app']);
      await run(...flags, all);
      assert.equal(await cluster.replicas(), '2');
      assert.deepEqual(await outOfSync(), []);
    });
  }

  it('prunes what is not wanted any more', async () => {
    const output = await run(cluster.file('less.yaml', [APP, POOL].join('---\n')));
    assert.match(output, /^Service\/app Pruned/m);
    assert.equal(await cluster.kubectl('get', 'services', '-n', 'shop', '-o', 'name'), '');
  });
});
