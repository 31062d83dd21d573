/** `berth plan`, on edits of Calico's objects that end sessions which carry pod routes. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { runPlan } from '../../../src/cli/plan/run.ts';
import { runCommand } from '../support/run-command.ts';
import { createTempFolder } from '../support/temp-folder.ts';

const calico = (kind: string, name: string, spec: object): string =>
  JSON.stringify({ apiVersion: 'projectcalico.org/v3', kind, metadata: { name }, spec });

const mesh = (nodeToNodeMeshEnabled: boolean): string =>
  calico('BGPConfiguration', 'default', { asNumber: 64512, nodeToNodeMeshEnabled });

const peer = (spec: object = {}): string =>
  calico('BGPPeer', 'tor', { peerIP: '192.0.2.1', asNumber: 64513, nodeSelector: 'has(worker)', ...spec });

const pool = (spec: object): string => calico('IPPool', 'pods', { cidr: '10.244.0.0/16', ...spec });

const node = (name: string, labels: object): string =>
  JSON.stringify({
    ...{ apiVersion: 'v1', kind: 'Node' },
    metadata: {
      ...{ name, labels },
      annotations: { 'projectcalico.org/IPv4Address': `192.0.2.1${name.at(-1)}/24` },
    },
  });

const workers = ['w1', 'w2'].map((name) => node(name, { worker: '' }));
const MESHED = [mesh(true), peer(), pool({}), ...workers];
const ACCEPTS_OWN = { numAllowedLocalASNumbers: 1 };

async function plan(test: Parameters<typeof createTempFolder>[0], cluster: readonly string[], edit: string) {
  const folder = createTempFolder(test, { 'cluster.yaml': cluster.join('\n---\n'), 'edit.yaml': edit });
  const args = ['--cluster', `${folder}/cluster.yaml`, '-f', `${folder}/edit.yaml`];
  const text = await runCommand(runPlan, args);
  const { out } = await runCommand(runPlan, [...args, '-o', 'json']);
  const { podsCutOff = [] }: { podsCutOff?: readonly string[] } = JSON.parse(out);
  return { ...text, podsCutOff };
}

describe('an edit that cuts pods off is a change', () => {
  const cutOff: readonly [says: string, cluster: readonly string[], edit: string, sentence: RegExp][] = [
    [
      'the mesh is turned off, and nodes of one AS meet at the router',
      MESHED,
      mesh(false),
      /^Pods of IPPool pods on different nodes cannot communicate, unless .* w1, w2 share AS 64512/,
    ],
    [
      'the mesh is turned off, and a node has no other session',
      [...MESHED, peer(ACCEPTS_OWN), node('c3', {})].filter((one) => one !== peer()),
      mesh(false),
      /^Pods on c3 cannot communicate with pods on other nodes/,
    ],
    [
      'a peer selects a node no more',
      [mesh(false), peer({ ...ACCEPTS_OWN, nodeSelector: 'all()' }), pool({}), ...workers, node('c3', {})],
      peer({ ...ACCEPTS_OWN }),
      /^Pods on c3 cannot communicate/,
    ],
    [
      'a pool is to use BGP, and the mesh is off',
      [mesh(false), peer(), pool({ vxlanMode: 'Always' }), ...workers],
      pool({ vxlanMode: 'Never' }),
      /^Pods of IPPool pods on different nodes/,
    ],
  ];
  for (const [says, cluster, edit, sentence] of cutOff)
    it(says, async (test) => {
      const { code, out, podsCutOff } = await plan(test, cluster, edit);
      assert.equal(code, 3, out);
      assert.match(out, /^Pods would be cut off\n/);
      assert.equal(podsCutOff.length, 1);
      assert.match(podsCutOff[0] ?? '', sentence);
    });

  const harmless: readonly [says: string, cluster: readonly string[], edit: string][] = [
    ['pools use VXLAN', [...MESHED.slice(0, 2), pool({ vxlanMode: 'Always' }), ...workers], mesh(false)],
    [
      'Felix programs the routes of IPIP (3.32 and later)',
      [mesh(true), peer(), pool({ ipipMode: 'Always' }), ...workers],
      mesh(false),
    ],
    ['nodes accept their own AS', [mesh(true), peer(ACCEPTS_OWN), pool({}), ...workers], mesh(false)],
    ['it was so before', [mesh(false), ...MESHED.slice(1)], peer({ maxRestartTime: '15s' })],
    ['the mesh returns', [mesh(false), ...MESHED.slice(1)], mesh(true)],
  ];
  for (const [says, cluster, edit] of harmless)
    it(`and is none where ${says}`, async (test) => {
      const { code, out, podsCutOff } = await plan(test, cluster, edit);
      assert.deepEqual(podsCutOff, []);
      assert.equal(code, 0, out);
    });
});
