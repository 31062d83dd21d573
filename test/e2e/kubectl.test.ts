/** Tests kubectl against the API server in memory. */

import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { uidOf } from '../../src/apiserver/object/value.ts';
import { type ApiServer, startApiServer } from '../../src/apiserver/server.ts';
import { systemClock } from '../../src/workqueue/system-clock.ts';
import { findKubernetesBinaries, skipWithoutKubernetesBinaries } from '../support/kubernetes-binaries.ts';

const skip = skipWithoutKubernetesBinaries();

const SERVICE = `apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop, labels: {app: web}}
spec: {type: LoadBalancer, selector: {app: web}, ports: [{port: 80}]}
`;
const NAMESPACE = 'apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}\n';
const POOL = `apiVersion: metallb.io/v1beta1
kind: IPAddressPool
metadata: {name: first, namespace: shop}
spec: {addresses: [192.0.2.0/28]}
`;

describe('kubectl works with the API server in memory', { skip }, () => {
  let server: ApiServer;
  let folder: string;
  const watching: ChildProcess[] = [];

  before(async () => {
    server = await startApiServer({ clock: systemClock });
    folder = await mkdtemp(join(tmpdir(), 'berth-kubectl-'));
    const kubeconfig = {
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [{ name: 'c', cluster: { server: server.url } }],
      contexts: [{ name: 'c', context: { cluster: 'c', user: 'u' } }],
      users: [{ name: 'u', user: {} }],
      'current-context': 'c',
    };
    await writeFile(join(folder, 'config'), JSON.stringify(kubeconfig));
    await kubectl(['apply', '-f', '-'], NAMESPACE);
    await kubectl(['apply', '-f', '-'], SERVICE);
    await kubectl(['apply', '-f', 'deploy/crds/ipaddresspools.yaml']);
  });
  after(async () => {
    for (const child of watching) child.kill();
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  });

  function start(args: readonly string[]): ChildProcess {
    const parts = findKubernetesBinaries();
    if (!parts.isAvailable) throw new Error(parts.reason);
    // A home directory of its own, where kubectl caches discovery.
    const env = { PATH: process.env['PATH'], HOME: folder, KUBECONFIG: join(folder, 'config') };
    return spawn(parts.kubectl, args, { env, stdio: ['pipe', 'pipe', 'pipe'] });
  }

  async function run(
    args: readonly string[],
    input = '',
  ): Promise<{ code: number; out: string; err: string }> {
    const child = start(args);
    let out = '';
    let err = '';
    child.stdout?.on('data', (chunk) => {
      out += chunk;
    });
    child.stderr?.on('data', (chunk) => {
      err += chunk;
    });
    child.stdin?.end(input);
    const code = await new Promise<number>((resolve) => child.on('close', (status) => resolve(status ?? -1)));
    return { code, out, err };
  }

  /** The output of kubectl, which must succeed without a warning. */
  async function kubectl(args: readonly string[], input = ''): Promise<string> {
    const { code, out, err } = await run(args, input);
    assert.deepEqual([code, err], [0, ''], `kubectl ${args.join(' ')}: ${out}`);
    return out;
  }

  it('get prints the right columns', async () => {
    const [head = '', row = ''] = (await kubectl(['get', 'svc', 'web', '-n', 'shop'])).split('\n');
    assert.deepEqual(head.split(/\s+/), ['NAME', 'TYPE', 'CLUSTER-IP', 'EXTERNAL-IP', 'PORT(S)', 'AGE']);
    assert.match(row, /^web +LoadBalancer +10\.\d+\.\d+\.\d+ +<pending> +80:3\d{4}\/TCP +\d+s$/);
  });

  it('get -A -o wide shows namespace and selector', async () => {
    assert.match(
      await kubectl(['get', 'services', '-A', '-o', 'wide']),
      /NAMESPACE .* SELECTOR\nshop +web .* app=web\n/,
    );
  });

  it('get -o yaml and -o jsonpath read the object', async () => {
    assert.match(
      await kubectl(['get', 'svc', 'web', '-n', 'shop', '-o', 'yaml']),
      /^apiVersion: v1\nkind: Service\n/m,
    );
    assert.equal(
      await kubectl(['get', 'svc', 'web', '-n', 'shop', '-o', 'jsonpath={.spec.type}']),
      'LoadBalancer',
    );
  });

  it('get -l and --field-selector select', async () => {
    assert.match(
      await kubectl(['get', 'svc', '-n', 'shop', '-l', 'app=web', '-o', 'name']),
      /^service\/web\n/,
    );
    assert.equal(
      await kubectl(['get', 'svc', '-n', 'shop', '--field-selector', 'spec.type=ClusterIP', '-o', 'name']),
      '',
    );
  });

  it('get of a missing object reports that', async () => {
    const { code, err } = await run(['get', 'svc', 'none', '-n', 'shop']);
    assert.deepEqual([code, err], [1, 'Error from server (NotFound): services "none" not found\n']);
  });

  it('get -w follows changes', async () => {
    const child = start(['get', 'svc', 'web', '-n', 'shop', '-w']);
    watching.push(child);
    let out = '';
    const seen = new Promise<void>((resolve, reject) => {
      child.stdout?.on('data', (chunk) => {
        const before = out;
        out += chunk;
        if (before === '')
          void kubectl([
            'patch',
            'svc',
            'web',
            '-n',
            'shop',
            '--subresource=status',
            '-p',
            '{"status":{"loadBalancer":{"ingress":[{"ip":"192.0.2.7"}]}}}',
          ]).catch(reject);
        if (out.includes('192.0.2.7')) resolve();
      });
      child.on('close', () => reject(new Error(`the watch ended: ${out}`)));
    });
    await seen;
    assert.equal(out.match(/CLUSTER-IP/g)?.length, 1, 'one header');
  });

  it('apply creates, changes, and leaves equal objects unchanged', async () => {
    const other = SERVICE.replaceAll('web', 'other');
    assert.equal(await kubectl(['apply', '-f', '-'], other), 'service/other created\n');
    assert.equal(await kubectl(['apply', '-f', '-'], other), 'service/other unchanged\n');
    assert.equal(
      await kubectl(['apply', '-f', '-'], other.replace('80', '81')),
      'service/other configured\n',
    );
    assert.equal(
      await kubectl(['get', 'svc', 'other', '-n', 'shop', '-o', 'jsonpath={.spec.ports[*].port}']),
      '81',
    );
    assert.match(await kubectl(['delete', 'svc', 'other', '-n', 'shop']), /^service "other" deleted/);
  });

  it('apply reports a field that does not exist', async () => {
    const { code, err } = await run(['apply', '-f', '-'], SERVICE.replace('type:', 'kind: x, type:'));
    assert.equal(code, 1);
    assert.match(err, /unknown field "spec\.kind"/);
  });

  it('apply of a custom resource, and its columns', async () => {
    assert.equal(await kubectl(['apply', '-f', '-'], POOL), 'ipaddresspool.metallb.io/first created\n');
    const changed = POOL.replace('/28', '/27');
    assert.equal(await kubectl(['apply', '-f', '-'], changed), 'ipaddresspool.metallb.io/first configured\n');
    const [head = '', row = ''] = (await kubectl(['get', 'ipaddresspools', '-n', 'shop'])).split('\n');
    assert.match(head, /^NAME +AUTO ASSIGN +AVOID BUGGY IPS +ADDRESSES /);
    assert.match(row, /^first +true +false +\["192\.0\.2\.0\/27"\] /);
  });

  it('describe shows a Service with its Events', async () => {
    server.objects.put({
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name: 'web.1', namespace: 'shop' },
      involvedObject: {
        kind: 'Service',
        namespace: 'shop',
        name: 'web',
        uid: uidOf(server.objects.get('services', 'shop', 'web') ?? {}),
      },
      reason: 'IPAllocated',
      message: 'Assigned IP ["192.0.2.7"]',
      type: 'Normal',
      source: { component: 'berth' },
    });
    const out = await kubectl(['describe', 'svc', 'web', '-n', 'shop']);
    assert.match(out, /^Type: +LoadBalancer$/m);
    assert.match(out, /IPAllocated .* Assigned IP \["192\.0\.2\.7"\]/);
  });

  it('label, annotate and patch change the object', async () => {
    assert.equal(await kubectl(['label', 'svc', 'web', '-n', 'shop', 'tier=front']), 'service/web labeled\n');
    assert.equal(
      await kubectl(['annotate', 'svc', 'web', '-n', 'shop', 'note=x']),
      'service/web annotated\n',
    );
    assert.equal(
      await kubectl(['patch', 'svc', 'web', '-n', 'shop', '-p', '{"spec":{"sessionAffinity":"ClientIP"}}']),
      'service/web patched\n',
    );
    assert.equal(
      await kubectl([
        'patch',
        'svc',
        'web',
        '-n',
        'shop',
        '--type=json',
        '-p',
        '[{"op":"remove","path":"/metadata/annotations/note"}]',
      ]),
      'service/web patched\n',
    );
    const path = '{.metadata.labels.tier} {.metadata.annotations.note} {.spec.sessionAffinity}';
    assert.equal(
      await kubectl(['get', 'svc', 'web', '-n', 'shop', '-o', `jsonpath=${path}`]),
      'front  ClientIP',
    );
  });

  it('explain reads the schema of a custom resource', async () => {
    assert.match(
      await kubectl(['explain', 'ipaddresspool.spec']),
      /FIELDS:[\s\S]*addresses\t<\[\]string> -required-/,
    );
  });

  it('api-resources and version work', async () => {
    assert.match(
      await kubectl(['api-resources', '--api-group=metallb.io']),
      /ipaddresspools +metallb\.io\/v1beta1 +true +IPAddressPool/,
    );
    assert.match(await kubectl(['version']), /Server Version: v1\.35\./);
  });

  it('delete waits until a namespace and its contents are deleted', async () => {
    const gone = NAMESPACE.replace('shop', 'gone');
    await kubectl(['apply', '-f', '-'], gone);
    await kubectl(['apply', '-f', '-'], SERVICE.replace('shop', 'gone'));
    assert.match(await kubectl(['delete', 'namespace', 'gone']), /^namespace "gone" deleted/);
    assert.equal(server.objects.get('services', 'gone', 'web'), undefined);
  });
});
