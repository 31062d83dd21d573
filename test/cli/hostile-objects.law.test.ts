/** No character of an object steers a terminal or hides text: for the commands that read a cluster. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { runDoctor } from '../../src/cli/doctor/run.ts';
import { runExplain } from '../../src/cli/explain/run.ts';
import { runPlan } from '../../src/cli/plan/run.ts';
import { runStatus } from '../../src/cli/status/run.ts';
import { HEALTHY } from '../calico/support/clusters.ts';
import { seeded, seeds } from '../support/random.ts';
import { CLUSTER } from './support/cluster-manifests.ts';
import { assertPrintsNoControls, hostileText } from './support/hostile-text.ts';
import type { CommandRunner } from './support/run-command.ts';

const service = (text: string): string =>
  JSON.stringify({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: {
      name: 'evil',
      namespace: 'shop',
      labels: { [`a${text}`]: text },
      annotations: { 'metallb.io/address-pool': `pool${text}`, 'metallb.io/allow-shared-ip': text },
    },
    spec: { type: 'LoadBalancer', ports: [{ port: 80, name: text }], loadBalancerIP: text },
    status: {
      loadBalancer: { ingress: [{ ip: `192.168.5.1${text}` }] },
      conditions: [{ type: 'berth.dev/Assigned', status: 'False', reason: text, message: `a${text}b` }],
    },
  });

const pool = (text: string): string =>
  JSON.stringify({
    apiVersion: 'metallb.io/v1beta1',
    kind: 'IPAddressPool',
    metadata: { name: `pool${text}` },
    spec: { addresses: [`10.0.0.0/24${text}`], [`x${text}`]: text },
  });

const peer = (text: string): string =>
  JSON.stringify({
    apiVersion: 'projectcalico.org/v3',
    kind: 'BGPPeer',
    metadata: { name: `tor${text}` },
    spec: { peerIP: `10.10.0.1${text}`, asNumber: 65116, nodeSelector: text, filters: [text] },
  });

const commands = (text: string): readonly (readonly [CommandRunner, readonly string[], string])[] => {
  const cluster = [CLUSTER, service(text)].join('\n---\n');
  const calico = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: HEALTHY });
  return [
    [runExplain, ['service', 'evil', '-n', 'shop', '-f', '-'], cluster],
    [runExplain, ['service', `evil${text}`, '-n', 'shop', '-f', '-'], cluster],
    [runExplain, ['address', '192.168.5.1', '-f', '-'], cluster],
    [runStatus, ['-f', '-'], cluster],
    [runStatus, ['-f', '-', '-o', 'yaml'], cluster],
    [runPlan, ['--cluster', '-', '--delete', 'pool/first'], cluster],
    [runPlan, ['--cluster', '-', '--delete', `pool/first${text}`], cluster],
    [runPlan, ['-f', '-', '--cluster', 'examples/playground'], [service(text), pool(text)].join('\n---\n')],
    [runDoctor, ['-f', '-', '--complete'], [calico, service(text), peer(text)].join('\n---\n')],
  ];
};

describe('hostile objects', () => {
  for (const seed of seeds(6, 60)) {
    it(`are shown without a control character, SEED=${seed}`, async () => {
      const text = hostileText(seeded(seed));
      let escaped = 0;
      for (const [run, args, stdin] of commands(text)) {
        for (const output of ['text', 'json', 'yaml']) {
          escaped += (await assertPrintsNoControls({ run, args: [...args, '-o', output], stdin })) ? 1 : 0;
        }
      }
      assert.ok(escaped > 0, 'no hostile text was printed at all');
    });
  }
});
