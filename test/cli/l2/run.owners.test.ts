/** `berth l2 owners` and `why`, of files. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Raw } from '../../../src/base/json.ts';
import { runL2 } from '../../../src/cli/l2/run.ts';
import { l2Record } from '../../layer2/support/l2-record.ts';
import { runCommand } from '../support/run-command.ts';

const NAMESPACE = 'metallb-system';

const object = (apiVersion: string, kind: string, name: string, rest: Raw, metadata: Raw = {}): Raw => ({
  ...{ apiVersion, kind, metadata: { name, namespace: NAMESPACE, ...metadata } },
  ...rest,
});

const service = (name: string, ip: string): readonly Raw[] => [
  object(
    'v1',
    'Service',
    name,
    {
      spec: { type: 'LoadBalancer', externalTrafficPolicy: 'Local' },
      status: { loadBalancer: { ingress: [{ ip }] } },
    },
    { namespace: 'shop' },
  ),
  object(
    'discovery.k8s.io/v1',
    'EndpointSlice',
    `${name}-1`,
    { endpoints: [{ addresses: ['10.244.0.1'], nodeName: name === 'web' ? 'w1' : 'w9' }] },
    { namespace: 'shop', labels: { 'kubernetes.io/service-name': name } },
  ),
];

const speaker = (node: string, subnets: readonly string[] | null = null): Raw =>
  object('berth.dev/v1alpha1', 'SpeakerStatus', node, {
    status: {
      ...{ node, phase: 'speaking' },
      layer2: { interfaces: [{ name: 'eth0', mac: '02:00:00:00:00:01', arp: true, ndp: true, subnets }] },
    },
  });

const record = l2Record({ name: 'l2-x', service: 'shop/web', node: 'w1' });

const cluster = [
  ...['w1', 'w2'].map((name) => ({ apiVersion: 'v1', kind: 'Node', metadata: { name } })),
  object('metallb.io/v1beta1', 'IPAddressPool', 'main', { spec: { addresses: ['192.0.2.0/24'] } }),
  object('metallb.io/v1beta1', 'L2Advertisement', 'all', { spec: {} }),
  ...[speaker('w1'), speaker('w2'), record],
  ...service('web', '192.0.2.1'),
];

const run = (args: readonly string[], objects: readonly Raw[]) =>
  runCommand(runL2, [...args, '-f', '-'], {
    stdin: JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects }),
  });

describe('l2 owners', () => {
  it('lists the node of each Service', async () => {
    const { code, out } = await run(['owners'], cluster);
    assert.match(out, /shop\/web +192\.0\.2\.1 +w1 +all +node w1 answers by layer 2/);
    assert.equal(code, 0);
  });

  it('says where nobody answers, and why', async () => {
    const { code, out } = await run(['owners', '-o', 'json'], [...cluster, ...service('api', '192.0.2.2')]);
    assert.equal(code, 3);
    const { owners } = JSON.parse(out);
    assert.equal(owners.length, 2);
    const [{ service: key, node, elected, says }] = owners;
    assert.deepEqual([key, node, elected], ['shop/api', null, null]);
    assert.match(says, /externalTrafficPolicy is Local, and no endpoint on this node is ready/);
  });

  it('says that Berth stands by for MetalLB', async () => {
    const pod = object(
      'v1',
      'Pod',
      'speaker-x',
      {
        spec: { nodeName: 'w1', containers: [{ image: 'quay.io/metallb/speaker:v0.15.2' }] },
        status: { conditions: [{ type: 'Ready', status: 'True' }] },
      },
      { labels: { component: 'speaker' } },
    );
    const { out } = await run(['owners'], [...cluster, pod]);
    assert.match(out, /Speakers of MetalLB run/);
  });
});

describe('l2 why', () => {
  it('shows each node, and who answers', async () => {
    const { code, out } = await run(['why', 'web', '-n', 'shop'], cluster);
    assert.equal(code, 0);
    assert.match(out, /w1 answers on eth0/);
    assert.match(out, /w2 may not answer: externalTrafficPolicy is Local/);
    assert.match(out, /node w1 answers by layer 2, since no other node can\./);
  });

  it('names the cause and the fix where nobody does', async () => {
    const { code, out } = await run(['why', 'shop/api'], [...cluster, ...service('api', '192.0.2.2')]);
    assert.equal(code, 3);
    assert.match(out, /Fix: get a Pod of the Service ready on w1/);
  });

  it('says that kube-proxy answers on all nodes, whoever is elected', async () => {
    const proxy = (strictARP: boolean) =>
      object(
        'v1',
        'ConfigMap',
        'kube-proxy',
        { data: { 'config.conf': `mode: ipvs\nipvs: {strictARP: ${strictARP}}` } },
        { namespace: 'kube-system' },
      );
    const loose = await run(['why', 'web', '-n', 'shop'], [...cluster, proxy(false)]);
    assert.match(loose.out.replaceAll(/\s+/g, ' '), /Problem: kube-proxy is in IPVS mode without strictARP/);
    const strict = await run(['why', 'web', '-n', 'shop'], [...cluster, proxy(true)]);
    assert.doesNotMatch(strict.out, /Problem/);
  });

  describe('with an address of 192.0.2.0/24', () => {
    const rows: readonly (readonly [string, readonly string[] | null, RegExp | null])[] = [
      ['says nothing where the interface is in it', ['192.0.2.0/24'], null],
      ['says nothing where the subnets are not known', null, null],
      [
        'names the subnets where it is in none',
        ['10.0.0.0/8'],
        /192\.0\.2\.1 is in no subnet .*\(they are 10\.0/,
      ],
      ['says so where there is no subnet', [], /192\.0\.2\.1 is in no subnet .*\(they have none\)/],
    ];
    const others = cluster.filter(({ kind }) => kind !== 'SpeakerStatus');
    for (const [says, subnets, problem] of rows)
      it(says, async () => {
        // w2 has no endpoint, so its subnet does not count.
        const objects = [...others, speaker('w1', subnets), speaker('w2', ['192.0.2.0/24'])];
        const { out } = await run(['why', 'web', '-n', 'shop'], objects);
        const text = out.replaceAll(/\s+/g, ' ');
        if (problem === null) assert.doesNotMatch(text, /Problem/);
        else assert.match(text, problem);
      });
  });

  describe('names what no election sees:', () => {
    const others = cluster.filter(({ kind }) => kind !== 'SpeakerStatus' && kind !== 'L2Advertisement');
    const published = (layer2: Raw | null): Raw =>
      object('berth.dev/v1alpha1', 'SpeakerStatus', 'w1', {
        status: { node: 'w1', phase: 'speaking', layer2 },
      });
    const eth0 = { name: 'eth0', mac: '02:00:00:00:00:01', arp: true, ndp: true };
    const conflict = { address: '192.0.2.1', mac: '02:00:00:00:00:99', interface: 'eth0' };
    const spec = { interfaces: ['eth0', 'ehto1'] };
    const advertisement = object('metallb.io/v1beta1', 'L2Advertisement', 'all', { spec });
    const silent = object('berth.dev/v1alpha1', 'SpeakerStatus', 'w2', {
      status: { node: 'w2', phase: 'speaking' },
    });

    it('another host with the address, an interface that no node has, a speaker without the right', async () => {
      const speakers = [published({ interfaces: [eth0], conflicts: [conflict] }), silent];
      const { out } = await run(['why', 'web', '-n', 'shop'], [...others, advertisement, ...speakers]);
      const text = out.replaceAll(/\s+/g, ' ');
      assert.match(
        text,
        /Problem: another host uses 192\.0\.2\.1: node w1 sees .* 02:00:00:00:00:99 on eth0/,
      );
      assert.match(text, /Problem: the L2Advertisement "all" names the interface "ehto1" .* nodes have eth0/);
      assert.match(text, /Problem: the speakers of w2 run and do not answer by layer 2/);
    });
  });

  it('says that no speaker answers by layer 2', async () => {
    const { out } = await run(
      ['why', 'shop/web'],
      cluster.filter(({ kind }) => kind !== 'SpeakerStatus'),
    );
    assert.match(out, /no speaker does so on any node/);
  });

  it('fails for a Service that does not exist, and without one', async () => {
    assert.equal((await run(['why', 'nothing'], cluster)).code, 1);
    assert.match((await run(['why'], cluster)).err, /the Service is missing/);
  });
});

describe('files that show a part of the cluster', () => {
  const owners = (objects: readonly Raw[]) =>
    runCommand(runL2, ['owners', '-f', '-'], {
      stdin: objects.map((one) => JSON.stringify(one)).join('\n---\n'),
    });
  const without = (kind: string): readonly Raw[] =>
    [...cluster, ...service('web', '192.0.2.1'), speaker('w1')].filter((raw) => raw['kind'] !== kind);

  it('do not say that Services have no endpoints', async () => {
    const { code, out, err } = await owners(without('EndpointSlice'));
    assert.deepEqual([code, err], [0, ''], out);
    assert.match(out, /shop\/web +192\.0\.2\.1 +w1/);
  });

  it('do not say that no speaker runs', async () => {
    const { err } = await owners(without('SpeakerStatus'));
    assert.match(
      err,
      /the files have no SpeakerStatus, so which nodes have a speaker that answers is not known/,
    );
  });

  it('are not read with a misspelled kind', async () => {
    const wrong = object('metallb.io/v1beta1', 'L2Advertisment', 'x', { spec: {} });
    const { code, err } = await owners([...without('SpeakerStatus'), wrong]);
    assert.equal(code, 1);
    assert.match(err, /did you mean L2Advertisement\?/);
  });
});
