/** A cluster that is too large for the model of the speakers is named as that, by every command, and nothing is computed. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Raw } from '../../src/base/json.ts';
import { runDoctor } from '../../src/cli/doctor/run.ts';
import { runPlan } from '../../src/cli/plan/run.ts';
import { runStatus } from '../../src/cli/status/run.ts';
import { modelSizeError, NODE_PAIRS_MAX } from '../../src/delivery/model-size.ts';
import { runCommand } from '../cli/support/run-command.ts';
import { createTempFolder } from '../cli/support/temp-folder.ts';
import { BGP_CLUSTER, speakerStatus } from './support/speaker-clusters.ts';
import { withTypes } from './support/with-types.ts';

const node = (name: string): Raw => ({ apiVersion: 'v1', kind: 'Node', metadata: { name } });

const service = (name: string, type = 'LoadBalancer'): Raw => ({
  ...{ apiVersion: 'v1', kind: 'Service', metadata: { name, namespace: 'crowd' } },
  spec: { type, clusterIP: '10.96.0.1', ports: [{ port: 80 }] },
  status: { loadBalancer: { ingress: [{ ip: '10.20.1.9' }] } },
});

const many = (count: number, make: (name: string) => Raw): readonly Raw[] =>
  Array.from({ length: count }, (_, index) => make(`x${index}`));

const LIMITS = { classPairsMax: 20, nodePairsMax: 100 };

const peerOn = (name: string): Raw => ({
  ...{ apiVersion: 'metallb.io/v1beta2', kind: 'BGPPeer', metadata: { name, namespace: 'metallb-system' } },
  spec: { nodeSelectors: [{ matchLabels: { host: name } }] },
});

const labelled = (name: string): Raw => ({
  ...{ apiVersion: 'v1', kind: 'Node' },
  metadata: { name, labels: { host: name } },
});

describe('the size of the model', () => {
  const rows: readonly [says: string, objects: readonly Raw[], isTooLarge: boolean][] = [
    ['a hundred pairs are as many as there may be', [...many(10, service), ...many(10, node)], false],
    ['one node more is too much', [...many(10, service), ...many(11, node)], true],
    [
      'Services of other types do not count',
      [...many(1000, (name) => service(name, 'ClusterIP')), ...many(11, node)],
      false,
    ],
    [
      'nodes that selectors tell apart count each',
      [...many(10, service), ...many(3, labelled), ...many(3, peerOn)],
      true,
    ],
    [
      'nodes that no selector tells apart count once',
      [...many(10, service), ...many(9, labelled), ...many(1, peerOn)],
      false,
    ],
  ];
  for (const [says, objects, isTooLarge] of rows)
    it(says, () => assert.equal(modelSizeError(objects, LIMITS) !== null, isTooLarge));
});

describe('a cluster that is too large', () => {
  const count = Math.ceil(Math.sqrt(NODE_PAIRS_MAX));
  const cluster = JSON.stringify({
    ...{ apiVersion: 'v1', kind: 'List' },
    items: [...BGP_CLUSTER, speakerStatus('n1', {}), ...many(count, node), ...many(count, service)].map(
      withTypes,
    ),
  });

  it('is not judged by status, which says so', async () => {
    const { out } = await runCommand(runStatus, ['-f', '-'], { stdin: cluster });
    assert.match(out.replace(/\s+/g, ' '), /pairs, too many for the model of the speakers/);
  });

  it('is not judged by doctor, which ends with 5', async () => {
    const { code, out } = await runCommand(runDoctor, ['-f', '-'], { stdin: cluster });
    assert.equal(code, 5, out);
    assert.match(out.replace(/\s+/g, ' '), /what the speakers announce was not checked: [\d,]+ Services on/);
  });

  it('is not predicted by plan, which ends with 5', async (test) => {
    const folder = createTempFolder(test, { 'cluster.json': cluster });
    const pool = BGP_CLUSTER.find(({ kind }) => kind === 'IPAddressPool');
    const { code, out, err } = await runCommand(runPlan, ['--cluster', `${folder}/cluster.json`, '-f', '-'], {
      stdin: JSON.stringify(pool === undefined ? {} : withTypes(pool)),
    });
    assert.equal(code, 5, out + err);
    assert.match(out.replace(/\s+/g, ' '), /What the speakers would announce was not checked: /);
  });
});
