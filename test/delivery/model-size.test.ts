/** A cluster that is too large for the model of the speakers is named as that, by every command, and nothing is computed. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Raw } from '../../src/base/json.ts';
import { runDoctor } from '../../src/cli/doctor/run.ts';
import { runPlan } from '../../src/cli/plan/run.ts';
import { runStatus } from '../../src/cli/status/run.ts';
import { COMMAND_PAIRS_MAX, modelSizeError, OVERVIEW_PAIRS_MAX } from '../../src/delivery/model-size.ts';
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

describe('the size of the model', () => {
  const rows: readonly [says: string, objects: readonly Raw[], isTooLarge: boolean][] = [
    ['a hundred pairs are as many as there may be', [...many(10, service), ...many(10, node)], false],
    ['one node more is too much', [...many(10, service), ...many(11, node)], true],
    [
      'Services of other types do not count',
      [...many(1000, (name) => service(name, 'ClusterIP')), ...many(11, node)],
      false,
    ],
  ];
  for (const [says, objects, isTooLarge] of rows)
    it(says, () => assert.equal(modelSizeError(objects, 100) !== null, isTooLarge));
});

describe('a cluster that is too large', () => {
  const clusterOf = (pairs: number): string =>
    JSON.stringify({
      ...{ apiVersion: 'v1', kind: 'List' },
      items: [
        ...BGP_CLUSTER,
        speakerStatus('n1', {}),
        ...many(500, node),
        ...many(Math.ceil(pairs / 500), service),
      ].map(withTypes),
    });

  it('is left to the doctor by status, which names it', async () => {
    const { out } = await runCommand(runStatus, ['-f', '-'], { stdin: clusterOf(OVERVIEW_PAIRS_MAX) });
    assert.match(out.replace(/\s+/g, ' '), /pairs, too many for the model of the speakers; berth doctor may/);
  });

  it('is not judged by doctor, which ends with 5', async () => {
    const { code, out } = await runCommand(runDoctor, ['-f', '-'], { stdin: clusterOf(COMMAND_PAIRS_MAX) });
    assert.equal(code, 5, out);
    assert.match(out.replace(/\s+/g, ' '), /what the speakers announce was not checked: [\d,]+ Services on/);
  });

  it('is not predicted by plan, which ends with 5', async (test) => {
    const folder = createTempFolder(test, { 'cluster.json': clusterOf(COMMAND_PAIRS_MAX) });
    const pool = BGP_CLUSTER.find(({ kind }) => kind === 'IPAddressPool');
    const { code, out, err } = await runCommand(runPlan, ['--cluster', `${folder}/cluster.json`, '-f', '-'], {
      stdin: JSON.stringify(pool === undefined ? {} : withTypes(pool)),
    });
    assert.equal(code, 5, out + err);
    assert.match(out.replace(/\s+/g, ' '), /What the speakers would announce was not checked: /);
  });
});
