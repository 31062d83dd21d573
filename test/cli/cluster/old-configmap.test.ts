/** Commands about a cluster that runs from the old ConfigMap: the models, and who answers by layer 2. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { runBgp } from '../../../src/cli/bgp/run.ts';
import { runExplain } from '../../../src/cli/explain/run.ts';
import { runL2 } from '../../../src/cli/l2/run.ts';
import { runStatus } from '../../../src/cli/status/run.ts';
import { runCommand } from '../support/run-command.ts';

const node = (name: string) => ({ apiVersion: 'v1', kind: 'Node', metadata: { name } });
const service = (name: string, ip: string) => [
  {
    ...{ apiVersion: 'v1', kind: 'Service', metadata: { name, namespace: 'default' } },
    spec: { type: 'LoadBalancer' },
    status: { loadBalancer: { ingress: [{ ip }] } },
  },
  {
    ...{ apiVersion: 'discovery.k8s.io/v1', kind: 'EndpointSlice' },
    metadata: { name, namespace: 'default', labels: { 'kubernetes.io/service-name': name } },
    endpoints: [{ addresses: ['10.244.0.1'], nodeName: 'n1' }],
  },
];

const TEXT = `
peers: [{my-asn: 64512, peer-asn: 64512, peer-address: 10.213.0.1}]
bgp-communities: {ours: 64512:7}
address-pools:
- {name: wan, protocol: bgp, addresses: [10.60.0.0/24], bgp-advertisements: [{localpref: 50, communities: [ours]}]}
- {name: lan, protocol: layer2, addresses: [10.213.0.100-10.213.0.109]}
`;
const configMap = (text: string, name = 'config') => ({
  ...{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: 'metallb-system' } },
  data: { config: text },
});
const OBJECTS = [node('n1'), ...service('web', '10.60.0.1'), ...service('lan', '10.213.0.100')];

async function model(run: typeof runBgp, args: readonly string[], stdin: unknown = '') {
  const { code, out, err } = await runCommand(run, ['model', ...args], { stdin: JSON.stringify(stdin) });
  assert.equal(code, 0, err);
  return JSON.parse(out);
}

describe('the old ConfigMap in a case', () => {
  const steps = [
    { do: [{ patch: 'ConfigMap config', with: { data: { config: 'peers: 7' } } }] },
    { do: [{ patch: 'ConfigMap config', with: { data: { config: TEXT.replace('50', '60') } } }] },
    { do: [{ delete: 'ConfigMap config' }] },
  ];
  const routes = (localPref: number) => ({
    '10.60.0.1/32': { localPref, communities: ['64512:7'], nextHop: 'self' },
  });

  it('is what speakers advertise by; a text with a mistake and none at all change nothing', async () => {
    const states = await model(runBgp, ['-f', '-'], { objects: [...OBJECTS, configMap(TEXT)], steps });
    const seen = states.map((state: never) => state['nodes']['n1']['r1']['routes']);
    assert.deepEqual(seen, [routes(50), routes(50), routes(60), routes(60)]);
    const summaries = states.map((state: never) => state['config']['n1']['summary'] ?? '');
    assert.equal(summaries[0], '');
    assert.match(
      summaries[1],
      /^configuration error: ConfigMap "config": data\.config: peers: must be a list/,
    );
    assert.equal(summaries[2], '');
    assert.match(summaries[3], /ConfigMap "config": does not exist in metallb-system, what it said stays/);
  });

  it('is what they answer by', async () => {
    const [state] = await model(runL2, ['-f', '-'], { objects: [...OBJECTS, configMap(TEXT)] });
    assert.deepEqual(state.status, { 'default/lan': { n1: [] } });
  });

  it('is the one that --config names', async () => {
    const objects = [...OBJECTS, configMap(TEXT, 'old'), configMap('peers: 7', 'other')];
    const [named] = await model(runL2, ['-f', '-'], { objects, args: ['--config=old'] });
    assert.deepEqual(named.status, { 'default/lan': { n1: [] } });
    const [unnamed] = await model(runL2, ['-f', '-'], { objects });
    assert.deepEqual(unnamed.status, {});
  });

  it('counts for nothing beside pools, unless it is named', async () => {
    const pool = {
      ...{ apiVersion: 'metallb.io/v1beta1', kind: 'IPAddressPool', metadata: { name: 'new' } },
      spec: { addresses: ['10.70.0.0/24'] },
    };
    const [state] = await model(runL2, ['-f', '-'], { objects: [...OBJECTS, pool, configMap(TEXT)] });
    assert.deepEqual(state.status, {});
  });
});

describe('the old ConfigMap in a folder of manifests', () => {
  let folder = '';
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'berth-old-configmap-'));
    const speaker = {
      ...{ apiVersion: 'berth.dev/v1alpha1', kind: 'SpeakerStatus' },
      metadata: { name: 'n1', namespace: 'metallb-system' },
      status: {
        ...{ node: 'n1', phase: 'speaking' },
        layer2: { interfaces: [{ name: 'eth0', mac: '02:00:00:00:00:01', arp: true, ndp: true }] },
      },
    };
    const objects = [...OBJECTS, speaker];
    writeFileSync(join(folder, 'objects.yaml'), objects.map((one) => JSON.stringify(one)).join('\n---\n'));
    writeFileSync(join(folder, 'config.yaml'), JSON.stringify(configMap(TEXT)));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  it('is predicted as it is in a case', async () => {
    const [bgp] = await model(runBgp, ['-f', folder]);
    const { routes, as } = bgp.nodes.n1['peer-10.213.0.1'];
    assert.deepEqual([Object.keys(routes), as], [['10.60.0.1/32'], 64512]);
    const [layer2] = await model(runL2, ['-f', folder]);
    assert.deepEqual(layer2.status, { 'default/lan': { n1: [] } });
  });

  it('is what explain and status go by', async () => {
    const explained = await runCommand(runExplain, ['service', 'web', '-f', folder]);
    assert.match(explained.out, /10\.60\.0\.1 from pool wan/);
    assert.match(explained.out, /1 of 1 nodes advertise it by BGP, to peer-10\.213\.0\.1/);
    const status = await runCommand(runStatus, ['-f', folder]);
    assert.match(status.out, /services +all 2 have an address/);
  });

  it('says who answers, and what is wrong with it', async () => {
    const why = await runCommand(runL2, ['why', 'lan', '-f', folder]);
    assert.deepEqual([why.code, /n1/.test(why.out)], [0, true], why.out + why.err);
    const missing = await runCommand(runL2, ['why', 'lan', '-f', folder, '--config', 'other']);
    assert.equal(missing.code, 1);
    assert.match(missing.err, /there is no ConfigMap other, which the speakers run from/);
  });
});
