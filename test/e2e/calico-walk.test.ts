/** docs/calico.md as its reader walks it: the commands of the page in their order, on a live cluster whose mesh carries pod routes. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { root } from '../../dev/place.mjs';
import { sectionOf, shellLinesOf } from '../docs/support/markdown.ts';
import { eventually } from '../support/eventually.ts';
import { findKubernetesBinaries } from '../support/kubernetes-binaries.ts';
import type { CommandResult } from '../support/run-program.ts';
import { PlaygroundClients } from './support/playground-clients.ts';

const calico = (kind: string, name: string, spec: object) => ({
  ...{ apiVersion: 'projectcalico.org/v3', kind },
  ...{ metadata: { name }, spec },
});

const node = (name: string, address: string, labels: object = {}) => ({
  ...{ apiVersion: 'v1', kind: 'Node' },
  metadata: { name, labels, annotations: { 'projectcalico.org/IPv4Address': `${address}/24` } },
});

/** Pods use no overlay: without the mesh, the control plane has no session at all. */
const CLUSTER = [
  node('cp1', '192.0.2.10', { 'node-role.kubernetes.io/control-plane': '' }),
  node('w1', '192.0.2.11'),
  node('w2', '192.0.2.12'),
  calico('BGPConfiguration', 'default', { asNumber: 64512, nodeToNodeMeshEnabled: true }),
  calico('IPPool', 'pods', { cidr: '10.244.0.0/16', ipipMode: 'Never', vxlanMode: 'Never' }),
];

const WALK = shellLinesOf(
  sectionOf(readFileSync(join(root, 'docs/calico.md'), 'utf8'), 'From a range to a reachable Service'),
)
  .map((line) => line.trim())
  .filter((line) => line !== '');

const binaries = findKubernetesBinaries();

describe('docs/calico.md', { skip: binaries.isAvailable ? false : binaries.reason }, () => {
  let clients: PlaygroundClients;
  before(() => {
    clients = new PlaygroundClients(CLUSTER.map((object) => JSON.stringify(object)).join('\n---\n'));
    if (binaries.isAvailable) clients.provide('kubectl', binaries.kubectl);
    clients.provideBerth();
  });
  after(() => clients.close());

  /** In the clone, whose folders the page names; what a command writes is among the clients' files. */
  const shell = (line: string): Promise<CommandResult> =>
    clients.run('sh', ['-c', `cd '${root}' && ${line.replaceAll('calico.yaml', '"$HOME/calico.yaml"')}`]);
  const shows = async (line: string): Promise<string> => (await shell(line)).stdout;
  const readMesh = (): Promise<string> =>
    shows('kubectl get bgpconfiguration default -o jsonpath={.spec.nodeToNodeMeshEnabled}');

  it('begins with berth calico init and kubectl diff, before anything of Calico is applied', () => {
    const at = (pattern: RegExp): number => WALK.findIndex((line) => pattern.test(line));
    const order = [
      at(/^berth calico init /),
      at(/^kubectl diff -f calico/),
      at(/^berth plan -f calico/),
      at(/^kubectl apply -f calico/),
    ];
    assert.ok(order.every((index, i) => index > (order[i - 1] ?? -1)));
  });

  it('leads from a range to a Service that a router learns, and leaves the mesh alone', async () => {
    for (const line of WALK) {
      const { code, stdout, stderr } = await shell(line);
      // kubectl diff has found differences.
      assert.equal(code, line.startsWith('kubectl diff') ? 1 : 0, `${line}\n${stdout}${stderr}`);
      if (line.startsWith('kubectl diff')) assert.doesNotMatch(stdout, /^-.*nodeToNodeMesh/m);
      if (line.startsWith('berth plan')) assert.doesNotMatch(stdout, /cut off/);
      assert.equal(await readMesh(), 'true', line);
    }
    await eventually(async () => {
      const said = await shows('berth explain service web');
      assert.match(said, /^ {2}address +198\.51\.100\.\d+ from pool services$/m);
      assert.match(said, /^ {2}reached +yes: Calico announces /m);
    });
    assert.match(await shows('berth doctor'), /no errors and no warnings/);
  });

  it('warns before and after where the mesh is turned off after all', async () => {
    const off = "sed 's/\\(nodeToNodeMeshEnabled\\): true/\\1: false/' calico.yaml";
    const plan = await shell(`${off} | berth plan -f -`);
    assert.equal(plan.code, 3, plan.stderr);
    assert.match(plan.stdout, /^Pods would be cut off\n[\s\S]*Pods on cp1 cannot communicate/);
    assert.equal((await shell(`${off} | kubectl apply -f -`)).code, 0);
    const doctor = await shell('berth doctor');
    assert.equal(doctor.code, 4);
    assert.match(doctor.stdout, /^ERROR P26 /m);
    assert.match(doctor.stdout, /^ERROR P42 /m);
  });
});
