/** Tests of a playground with speakers: the routes that its router learns over real sessions, at first and after each edit. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { ANNOUNCED_CONDITION } from '../../../src/controller/announced/condition-writer.ts';
import { MERGE_PATCH } from '../../../src/objects/patch-type.ts';
import type { AnyObject } from '../../controller/support/rig.ts';
import { eventually, eventuallyEqual } from '../../support/eventually.ts';
import { seeded, seeds } from '../../support/random.ts';
import { type OpenPlayground, openPlayground } from '../support/in-process-playground.ts';

const skip = process.platform === 'linux' ? false : 'only Linux has enough loopback addresses';

const CORE = '/api/v1';
const METALLB = '/apis/metallb.io/v1beta1/namespaces/metallb-system';
const EXCLUDE = 'node.kubernetes.io/exclude-from-external-load-balancers';

/** A client that edits objects in a playground. */
async function apiEditor(opened: OpenPlayground) {
  const kubeconfig = await opened.waitFor(/export KUBECONFIG=(\S+)/);
  await opened.waitFor(/Ctrl-C/);
  const { clusters } = JSON.parse(readFileSync(kubeconfig, 'utf8'));
  const server: string = clusters[0].cluster.server;
  const send = async (method: string, path: string, body?: unknown, type = MERGE_PATCH): Promise<void> => {
    const answer = await fetch(`${server}${path}`, {
      method,
      headers: { 'content-type': method === 'POST' ? 'application/json' : type },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    assert.ok(answer.ok, `${method} ${path}: ${answer.status} ${await answer.text()}`);
  };
  return {
    server,
    patch: (path: string, body: unknown) => send('PATCH', path, body),
    create: (path: string, body: unknown) => send('POST', path, body),
    remove: (path: string) => send('DELETE', path),
  };
}

/** The last line about the Service. */
function lastLineOf({ stdout }: OpenPlayground, what: string): string {
  const lines = stdout.lines.filter((line) => line.includes(`  ${what}  `));
  return lines.at(-1)?.split('  ').slice(2).join('  ') ?? '';
}

const endpoints = (nodes: readonly string[]) => ({
  endpoints: nodes.map((nodeName, index) => ({
    ...{ addresses: [`10.244.0.${index + 1}`], conditions: { ready: true }, nodeName },
  })),
});

describe('berth playground --native', { skip }, () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'berth-playground-test-'));
  });
  after(() => rmSync(folder, { recursive: true }));

  it('--once prints the routes that the router has learned', async () => {
    const opened = openPlayground(['--native', '--once', '--quiet']);
    assert.deepEqual([await opened.ended, opened.stderr.text], [0, '']);
    assert.equal(
      opened.stdout.text,
      `SERVICE         REQUEST                 ADDRESS          POOL         ROUTER
search/index    IPv4                    198.51.100.1     search       10.10.0.1 via w1×2 w3×1
shop/cart       IPv4 and IPv6           192.0.2.11       everyday     10.10.0.1 via w1 w2 w3
                                        2001:db8:5::10                10.10.0.1 via w1 w2 w3
shop/mail       192.0.2.25              192.0.2.25       everyday     10.10.0.1 via w2
shop/partners   IPv4, pool on-request   203.0.113.16     on-request   NotOwner
                                        203.0.113.16 is learned by no router: no BGPAdvertisement of
                                        pool "on-request" selects this node (w1 w2 w3).
shop/web        IPv4                    192.0.2.10       everyday     10.10.0.1 via w1 w2 w3
`,
    );
  });

  it('edits of pools, endpoints, nodes and peers change the learned routes', async () => {
    const opened = openPlayground(['--native']);
    const { server, patch, remove } = await apiEditor(opened);
    await patch(`${METALLB}/bgpadvertisements/everyday`, {
      spec: { ipAddressPools: ['everyday', 'on-request'] },
    });
    await opened.waitFor(/^\S+ {2}shop\/partners {2}is learned by 10\.10\.0\.1 via w1 w2 w3$/m);
    const slices = '/apis/discovery.k8s.io/v1/namespaces/search/endpointslices';
    await patch(`${slices}/index-ipv4`, endpoints(['w1', 'w2', 'w2', 'w2']));
    await opened.waitFor(/^\S+ {2}search\/index {2}is learned by 10\.10\.0\.1 via w1×1 w2×3$/m);
    await patch(`${CORE}/nodes/w2`, { spec: { unschedulable: true } });
    await opened.waitFor(/^\S+ {2}shop\/cart {2}is learned by 10\.10\.0\.1 via w1 w3$/m);
    await opened.waitFor(/^\S+ {2}shop\/mail {2}is learned by 10\.10\.0\.1 via w2 \(leaving\)$/m);
    await opened.waitFor(
      /^\S+ {2}w2 {2}has no session with 10\.10\.0\.1 any more: .*"BGP speaker shutting down"$/m,
    );
    await opened.waitFor(
      /^\S+ {2}shop\/mail {2}NotLearned: 192\.0\.2\.25 is learned by no router: .*; this node is drained and has closed its sessions \(w2\)\.$/m,
    );
    await patch(`${CORE}/nodes/w2`, { spec: { unschedulable: null } });
    await opened.waitFor(/^\S+ {2}w2 {2}has a session with 10\.10\.0\.1$/m);
    await eventually(() => assert.equal(lastLineOf(opened, 'shop/mail'), 'is learned by 10.10.0.1 via w2'));
    await remove(`${CORE}/nodes/w1`);
    await eventually(() => assert.equal(lastLineOf(opened, 'shop/web'), 'is learned by 10.10.0.1 via w2 w3'));
    await remove(`/apis/metallb.io/v1beta2/namespaces/metallb-system/bgppeers/tor`);
    await opened.waitFor(/^\S+ {2}shop\/web {2}NoPeer: 192\.0\.2\.10 is learned by no router: /m);
    assert.equal(await opened.stop(), 0);
    assert.equal(opened.stderr.text, '');
    await assert.rejects(fetch(server));
  });

  it('the condition of each Service agrees with the table', async () => {
    const opened = openPlayground(['--native']);
    const { server } = await apiEditor(opened);
    const conditions = async (): Promise<readonly string[]> => {
      const { items } = (await (await fetch(`${server}${CORE}/services`)).json()) as AnyObject;
      return items
        .filter(({ spec }: AnyObject) => spec.type === 'LoadBalancer')
        .map(({ metadata, status }: AnyObject) => {
          const said = status.conditions?.find(({ type }: AnyObject) => type === ANNOUNCED_CONDITION);
          return `${metadata.name}: ${said?.status} ${said?.reason} ${/from .*(?= to tor)/.exec(said?.message) ?? ''}`;
        })
        .sort();
    };
    await eventuallyEqual(conditions, [
      'cart: True Announced from w1, w2, w3',
      'index: True Announced from w1, w3',
      'mail: True Announced from w2',
      'partners: False NoAdvertisement ',
      'web: True Announced from w1, w2, w3',
    ]);
    assert.equal(await opened.stop(), 0);
  });

  it('an invalid object gives a line with its nodes, and a valid one again gives another', async () => {
    const opened = openPlayground(['--native']);
    const { patch } = await apiEditor(opened);
    const advertisement = `${METALLB}/bgpadvertisements/everyday`;
    await patch(advertisement, { spec: { communities: ['nobody-knows'] } });
    await opened.waitFor(
      /^\S+ {2}configuration {2}is invalid, the last valid version stays in force \(w1 w2 w3\): .*nobody-knows/m,
    );
    await patch(advertisement, { spec: { communities: null } });
    await opened.waitFor(/^\S+ {2}configuration {2}is valid again \(w1 w2 w3\)$/m);
    assert.equal(await opened.stop(), 0);
  });

  it('a new Node gets a speaker at once', async () => {
    const opened = openPlayground(['--native']);
    const { create } = await apiEditor(opened);
    const addresses = [{ type: 'InternalIP', address: '10.10.0.14' }];
    await create(`${CORE}/nodes`, { metadata: { name: 'w4' }, status: { addresses } });
    await opened.waitFor(/^\S+ {2}shop\/web {2}is learned by 10\.10\.0\.1 via w1 w2 w3 w4$/m);
    // It has no IPv6 address that could be a next hop.
    await opened.waitFor(
      /^\S+ {2}shop\/cart {2}is learned by 10\.10\.0\.1 via w1 w2 w3 w4 and 10\.10\.0\.1 via w1 w2 w3$/m,
    );
    assert.equal(await opened.stop(), 0);
  });

  it('a router is simulated for each address, AS and password, and no real one is dialled', async () => {
    const file = join(folder, 'routers.yaml');
    const peer = (name: string, spec: string): string =>
      `apiVersion: metallb.io/v1beta2\nkind: BGPPeer\nmetadata: {name: ${name}, namespace: metallb-system}\nspec: {myASN: 64700, ${spec}}\n`;
    writeFileSync(
      file,
      [
        'apiVersion: metallb.io/v1beta1\nkind: IPAddressPool\nmetadata: {name: one, namespace: metallb-system}\nspec: {addresses: [192.0.2.7/32]}\n',
        'apiVersion: metallb.io/v1beta1\nkind: BGPAdvertisement\nmetadata: {name: all, namespace: metallb-system}\n',
        peer('a', 'peerASN: 64700, peerAddress: 203.0.113.1'),
        peer('b', 'dynamicASN: external, peerAddress: 203.0.113.2, peerPort: 1790, password: secret'),
        peer('c', 'peerASN: 65001, peerAddress: "2001:db8::3", dualStackAddressFamily: true'),
        'apiVersion: v1\nkind: Node\nmetadata: {name: n1}\nstatus: {addresses: [{type: InternalIP, address: 10.0.0.1}, {type: InternalIP, address: "fd00::1"}]}\n',
        'apiVersion: v1\nkind: Service\nmetadata: {name: a}\nspec: {type: LoadBalancer, ports: [{port: 80}]}\n',
        'apiVersion: discovery.k8s.io/v1\nkind: EndpointSlice\nmetadata: {name: a, labels: {kubernetes.io/service-name: a}}\naddressType: IPv4\nendpoints: [{addresses: [10.244.0.1], conditions: {ready: true}, nodeName: n1}]\n',
      ].join('---\n'),
    );
    const opened = openPlayground(['--native', '--once', '--quiet', '-f', file]);
    assert.deepEqual([await opened.ended, opened.stderr.text], [0, '']);
    for (const router of ['203.0.113.1', '203.0.113.2', '2001:db8::3'])
      assert.match(opened.stdout.text, new RegExp(`${router} via n1`.replaceAll('.', '\\.')));
  });

  for (const seed of seeds(1, 10)) {
    it(`the routes follow random edits of endpoints, policy and nodes (SEED=${seed})`, async () => {
      const random = seeded(seed);
      const opened = openPlayground(['--native']);
      const { patch } = await apiEditor(opened);
      const nodes = ['w1', 'w2', 'w3'];
      const excluded = new Set<string>();
      let [pods, policy] = [['w2'], 'Local'];
      for (let step = 0; step < 12; step++) {
        const node = random.pick(nodes);
        switch (random.below(3)) {
          case 0:
            pods = nodes.filter(() => random.chance(0.5));
            await patch(
              '/apis/discovery.k8s.io/v1/namespaces/shop/endpointslices/mail-ipv4',
              endpoints(pods),
            );
            break;
          case 1:
            policy = random.pick(['Local', 'Cluster']);
            await patch(`${CORE}/namespaces/shop/services/mail`, { spec: { externalTrafficPolicy: policy } });
            break;
          default: {
            const isNew = !excluded.delete(node);
            if (isNew) excluded.add(node);
            await patch(`${CORE}/nodes/${node}`, { metadata: { labels: { [EXCLUDE]: isNew ? '' : null } } });
          }
        }
        const able = policy === 'Local' ? pods : pods.length === 0 ? [] : nodes;
        const via = nodes.filter((one) => able.includes(one) && !excluded.has(one));
        const want =
          via.length === 0
            ? /is learned by no router/
            : new RegExp(`^is learned by 10\\.10\\.0\\.1 via ${via.join(' ')}$`);
        // An unchanged route gives no line: the table has shown it.
        const said = (): string => lastLineOf(opened, 'shop/mail') || 'is learned by 10.10.0.1 via w2';
        await eventually(() => assert.match(said(), want, `after step ${step}`));
      }
      assert.equal(await opened.stop(), 0);
    });
  }
});
