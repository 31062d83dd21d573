/** Tests of `berth playground` in this process, from its command line to its exit code. */
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { OutputStream, openPlayground } from './support/in-process-playground.ts';

const POOL = `apiVersion: metallb.io/v1beta1
kind: IPAddressPool
metadata: {name: one, namespace: metallb-system}
spec: {addresses: [192.0.2.7/32]}
`;
const service = (name: string, annotations = '{}'): string => `apiVersion: v1
kind: Service
metadata: {name: ${name}, annotations: ${annotations}}
spec: {type: LoadBalancer, ports: [{port: 80}]}
`;

describe('berth playground', () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'berth-playground-test-'));
  });
  after(() => rmSync(folder, { recursive: true }));

  function file(name: string, ...documents: readonly string[]): string {
    const path = join(folder, name);
    writeFileSync(path, documents.join('---\n'));
    return path;
  }

  const once = async (...args: readonly string[]) => {
    const opened = openPlayground(['--once', ...args]);
    return { code: await opened.ended, out: opened.stdout.text, err: opened.stderr.text };
  };

  it('shows hostile names, values and arguments without a character that steers the terminal', async () => {
    const hostile = '\\u001b]0;x\\u0007\\u009b31m\\u202e';
    const annotations = `{"metallb.io/address-pool": "pool${hostile}", "metallb.io/allow-shared-ip": "a${hostile}"}`;
    const unknown = `{"apiVersion": "v1", "kind": "Service", "metadata": {"name": "evil${hostile}"}}\n`;
    const runs = [
      await once('-f', file('hostile.yaml', POOL, service('web', annotations))),
      await once('-f', file('unknown.yaml', unknown)),
      await once('-f', join(folder, `none${JSON.parse(`"${hostile}"`)}`)),
      await once(`--none${JSON.parse(`"${hostile}"`)}`),
    ];
    for (const { out, err } of runs) {
      assert.doesNotMatch(out + err, /(?!\n)[\p{Cc}\p{Cf}]/u);
      assert.match(out + err, /none|evil|pool/);
    }
  });

  it('--once prints every Service of the examples with its address or reason, and ends with 0', async () => {
    const { code, out, err } = await once('--quiet');
    assert.deepEqual([code, err], [0, '']);
    // The tests of the condition cover its message.
    const sentence = /^(?: {45}\S.*\n)+(?=shop\/telemetry)/m.exec(out)?.[0] ?? '';
    const message = sentence.replace(/\s+/g, ' ');
    assert.match(message, /^ 203\.0\.113\.16 is learned by no router: .*BGPConfiguration default/);
    assert.equal(
      out.replace(sentence, ''),
      `SERVICE           REQUEST                    ADDRESS         POOL           ROUTER
payments/gateway  IPv4                       198.51.100.0    payments-only  10.10.0.1 via w1 w2 w3
shop/cart         IPv4 and IPv6              192.0.2.11      everyday       10.10.0.1 via w1 w2 w3
                                             2001:db8:5::10                 fd00:10::1 via w1 w2 w3
shop/coupons      IPv4, pool payments-only   PoolNotCompatible: Pool "payments-only" is not for this
                                             Service: its serviceAllocation does not include the
                                             namespace shop.
shop/dns-tcp      192.0.2.53, shared as dns  192.0.2.53      everyday       10.10.0.1 via w1 w2 w3
shop/dns-udp      192.0.2.53, shared as dns  192.0.2.53      everyday       10.10.0.1 via w1 w2 w3
shop/mail         192.0.2.25                 192.0.2.25      everyday       10.10.0.1 via w2
shop/partners     IPv4, pool on-request      203.0.113.16    on-request     RangeNotListed
shop/telemetry    IPv6                       2001:db8:5::11  everyday       fd00:10::1 via w1 w2 w3
shop/web          IPv4                       192.0.2.10      everyday       10.10.0.1 via w1 w2 w3
`,
    );
  });

  it('--once ends with 1 when a Service that should have an address has none', async () => {
    const { code, out, err } = await once('-f', file('two.yaml', POOL, service('a'), service('b')));
    assert.deepEqual([code, err], [1, '']);
    assert.match(out, /^SERVICE +REQUEST +ADDRESS +POOL$/m);
    assert.match(out, /^default\/a +IPv4 +192\.0\.2\.7 +one$/m);
    assert.match(out, /^default\/b +IPv4 +PoolExhausted: /m);
    assert.match(out, /^1 Service of 2 that should have an address has none: default\/b\.$/m);
  });

  it('--once ends with 0 when that Service is expected to have no address', async () => {
    const expected = '{playground.berth.dev/expect: waiting}';
    const { code, out } = await once('-f', file('meant.yaml', POOL, service('a'), service('b', expected)));
    assert.equal(code, 0);
    assert.match(out, /1 is meant to have none/);
  });

  it('namespaces are applied first, in any order of the manifests', async () => {
    const inShop = service('late').replace('name: late', 'name: late, namespace: shop');
    const namespace = 'apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}\n';
    const { code, out } = await once('-f', file('upside-down.yaml', inShop, POOL, namespace));
    assert.equal(code, 0, out);
    assert.match(out, /^shop\/late +IPv4 +192\.0\.2\.7 +one$/m);
  });

  it('of two manifests of one object the later one wins', async () => {
    const twice = file('twice.yaml', POOL, service('a'), service('a', '{metallb.io/address-pool: none}'));
    const { out, err } = await once('-f', twice);
    assert.match(out, /UnknownPool/);
    assert.match(
      err,
      /twice\.yaml:\d+: Service a is in .*twice\.yaml:\d+, too, and differs: leave one of them out/,
    );
  });

  it('an error names file and line, and the other objects are applied', async () => {
    const bad = POOL.replace('addresses', 'adresses').replace('name: one', 'name: two');
    const elsewhere = service('lost').replace('name: lost', 'name: lost, namespace: nowhere');
    const broken = file('broken.yaml', POOL, 'kind: [\n', bad, service('a'), elsewhere);
    const missing = join(folder, 'missing.yaml');
    const { code, out, err } = await once('-f', broken, '-f', missing);
    assert.equal(code, 1);
    assert.match(out, /^default\/a +IPv4 +192\.0\.2\.7 +one$/m);
    const lines = err.split('\n');
    assert.match(lines[0] ?? '', /broken\.yaml:\d+:\d+: is not YAML: /);
    assert.equal(lines[1], `${missing}: there is no such file or folder`);
    assert.match(
      lines[2] ?? '',
      /broken\.yaml:8: IPAddressPool "two" was refused: .*unknown field "spec\.adresses"/,
    );
    assert.match(
      lines[3] ?? '',
      /broken\.yaml:18: Service "lost" was refused: namespaces "nowhere" not found/,
    );
    assert.deepEqual(lines.slice(4), ['Fix these errors and run the command again.', '']);
  });

  it('--namespace is for objects that name none, and --create-namespace creates what is missing', async () => {
    const other = service('web').replace('{name: web', '{name: web, namespace: other');
    const path = file('namespaces.yaml', POOL.replace('/32', '/30'), service('web'), other);
    const refused = await once('-n', 'shop', '-f', path);
    assert.equal(refused.code, 1);
    assert.match(
      refused.err,
      /"web" was refused: namespaces "shop" not found \(--create-namespace creates it\)/,
    );
    const created = await once('-n', 'shop', '--create-namespace', '-f', path);
    assert.deepEqual([created.code, created.err], [0, '']);
    assert.match(created.out, /: 2 namespaces, 1 pool and 2 Services\.\n/);
    assert.match(created.out, /^other\/web .* 192\.0\.2\.\d .*\nshop\/web .* 192\.0\.2\.\d /m);
  });

  it("Calico's objects have both of their groups", async () => {
    const peer = (apiVersion: string, name: string): string =>
      `apiVersion: ${apiVersion}\nkind: BGPPeer\nmetadata: {name: ${name}}\nspec: {peerIP: 192.0.2.9, asNumber: 64512}\n`;
    const path = file(
      'calico.yaml',
      peer('projectcalico.org/v3', 'a'),
      peer('crd.projectcalico.org/v1', 'b'),
    );
    const opened = openPlayground(['-f', path]);
    const kubeconfig = await opened.waitFor(/export KUBECONFIG=(\S+)/);
    const server = JSON.parse(readFileSync(kubeconfig, 'utf8')).clusters[0].cluster.server;
    const names = async (group: string): Promise<readonly string[]> => {
      const answer = await fetch(`${server}/apis/${group}/bgppeers`);
      const list = (await answer.json()) as { items: { apiVersion: string; metadata: { name: string } }[] };
      return list.items.map(({ apiVersion, metadata }) => `${apiVersion} ${metadata.name}`);
    };
    assert.deepEqual(await names('projectcalico.org/v3'), [
      'projectcalico.org/v3 a',
      'projectcalico.org/v3 b',
    ]);
    assert.deepEqual(await names('crd.projectcalico.org/v1'), [
      'crd.projectcalico.org/v1 a',
      'crd.projectcalico.org/v1 b',
    ]);
    assert.equal(await opened.stop(), 0);
  });

  it('an object of an unknown kind is skipped with a message', async () => {
    const ingress = 'apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: web}\n';
    const { code, err } = await once('-f', file('ingress.yaml', POOL, ingress, service('a')));
    assert.equal(code, 0);
    assert.match(
      err,
      /ingress\.yaml:6: Ingress "web": there is no Ingress of networking\.k8s\.io\/v1 in a playground\n$/,
    );
  });

  it('prints each change, and removes its files and closes its port when stopped', async () => {
    const opened = openPlayground(['-f', file('stay.yaml', POOL, service('a'))]);
    const kubeconfig = await opened.waitFor(/export KUBECONFIG=(\S+)/);
    const { clusters } = JSON.parse(await (await import('node:fs/promises')).readFile(kubeconfig, 'utf8'));
    const server: string = clusters[0].cluster.server;
    await opened.waitFor(/Ctrl-C/);
    const services = `${server}/api/v1/namespaces/default/services`;
    const body = JSON.stringify({
      metadata: { name: 'b' },
      spec: { type: 'LoadBalancer', ports: [{ port: 80 }] },
    });
    const headers = { 'content-type': 'application/json' };
    assert.equal((await fetch(services, { method: 'POST', headers, body })).status, 201);
    await opened.waitFor(/^\d\d:\d\d:\d\d {2}default\/b {2}has no address: PoolExhausted: .*$/m);
    await fetch(`${services}/a`, { method: 'DELETE' });
    await opened.waitFor(/^\d\d:\d\d:\d\d {2}default\/a {2}is gone, and gave back 192\.0\.2\.7$/m);
    await opened.waitFor(/^\d\d:\d\d:\d\d {2}default\/b {2}has 192\.0\.2\.7 from pool one$/m);
    assert.equal(await opened.stop(), 0);
    assert.equal(existsSync(kubeconfig), false);
    await assert.rejects(fetch(server));
    assert.equal(opened.stderr.text, '');
  });

  it('two playgrounds run at the same time, independent of each other', async () => {
    const [first, second] = [
      openPlayground([]),
      openPlayground(['-f', file('second.yaml', POOL, service('a'))]),
    ];
    const files = await Promise.all([first, second].map(({ waitFor }) => waitFor(/export KUBECONFIG=(\S+)/)));
    assert.notEqual(files[0], files[1]);
    assert.equal(await first.stop(), 0);
    assert.ok(existsSync(files[1] ?? ''));
    assert.equal(await second.stop(), 0);
    assert.doesNotMatch(second.stdout.text, /coupons/);
  });

  it('can be stopped during the start', async () => {
    const opened = openPlayground([]);
    assert.equal(await opened.stop(), 0);
    assert.doesNotMatch(opened.stdout.text, /SERVICE/);
  });

  it('ends when its output is closed', async () => {
    const stdout = new OutputStream();
    const opened = openPlayground([], { stdout });
    await opened.waitFor(/Ctrl-C/);
    stdout.destroy(new Error('EPIPE'));
    assert.equal(await opened.ended, 0);
  });

  it('a port in use is an error, and the playground ends with 1', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const { port } = other.address() as AddressInfo;
    const { code, err } = await once('--port', String(port));
    other.close();
    assert.deepEqual(
      [code, err],
      [
        1,
        `berth playground: port ${port} of 127.0.0.1 is already in use: choose another --port, or omit it for a free one\n`,
      ],
    );
  });

  it('--kubeconfig names the file, and a file of another program is not overwritten', async () => {
    const path = join(folder, 'kubeconfig');
    const opened = openPlayground(['--kubeconfig', path]);
    await opened.waitFor(new RegExp(`export KUBECONFIG=${path}`));
    assert.ok(existsSync(path));
    await opened.stop();
    const precious = file('precious', 'mine');
    const { code, err } = await once('--kubeconfig', precious);
    assert.equal(code, 1);
    assert.match(err, /was not written by a playground, and is not overwritten/);
    assert.deepEqual([existsSync(path), readdirSync(folder).includes('precious')], [false, true]);
  });

  it('--log prints the log of the controller on stderr', async () => {
    const { err } = await once('--log');
    assert.match(err, /"msg":"address granted","service":"shop\/web"/);
  });

  const misuses: readonly [args: readonly string[], error: RegExp][] = [
    [['--onze'], /there is no flag --onze; did you mean --once\?/],
    [['pools.yaml'], /"pools\.yaml" is not a flag; to apply a file, use -f pools\.yaml/],
    [['--port', 'many'], /--port is "many"; it takes a whole number/],
  ];
  for (const [args, error] of misuses) {
    it(`${args.join(' ')} is a usage error`, async () => {
      const opened = openPlayground(args);
      assert.equal(await opened.ended, 2);
      assert.match(opened.stderr.text, error);
      assert.equal(opened.stdout.text, '');
    });
  }

  it('on a narrow terminal all lines fit, with colours', async () => {
    const stdout = new OutputStream({ isTTY: true, columns: 60 });
    assert.equal(await openPlayground(['--once'], { stdout }).ended, 0);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: colours are control characters
    const plain = stdout.lines.map((line) => line.replace(/\u001b\[\d+m/g, ''));
    assert.notEqual(plain.join('\n'), stdout.text);
    assert.deepEqual(
      plain.filter((line) => line.length > 60),
      [],
    );
  });
});
