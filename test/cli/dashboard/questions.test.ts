/** What the pages ask: the answers are the words of the commands, and bad questions get sentences. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { StyledSection } from '../../../src/base/styled-text.ts';
import { FileCluster } from '../../../src/cli/cluster/file-cluster.ts';
import { DELETIONS_MAX, questionsAbout } from '../../../src/cli/dashboard/questions.ts';
import { runExplain } from '../../../src/cli/explain/run.ts';
import { runPlan } from '../../../src/cli/plan/run.ts';
import { parseManifests } from '../../../src/manifests/parse-manifests.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { CLUSTER, POOLS } from '../support/cluster-manifests.ts';
import { runCommand } from '../support/run-command.ts';
import { createTempFolder } from '../support/temp-folder.ts';

const OPTIONS = {
  'pool-namespace': 'metallb-system',
  'lb-class': '',
  'foreign-addresses': 'keep',
  'unmet-requests': 'keep',
  calico: 'auto',
};
const EDIT = POOLS.replace('192.168.5.0/30', '192.168.6.0/30');

async function ask(path: string, question: unknown) {
  const { manifests } = await parseManifests(CLUSTER, 'cluster.yaml');
  const defaultNamespaces = { services: 'default', pools: 'metallb-system' };
  const source = new FileCluster(manifests, { description: 'cluster.yaml', defaultNamespaces, wall: 0 });
  const opened = { source, defaultNamespaces, reading: null };
  const cluster = { open: () => opened, held: () => null, options: OPTIONS, clock: new FakeClock() };
  const { questions, quickQuestions } = questionsAbout(cluster);
  const answer = questions.get(path) ?? quickQuestions.get(path);
  assert.ok(answer);
  return answer(question);
}

async function answerTo(path: string, question: unknown): Promise<Record<string, unknown>> {
  const answer = await ask(path, question);
  assert.ok(answer.ok, JSON.stringify(answer));
  return answer.value as Record<string, unknown>;
}

/** A terminal wraps lines, and a page does not. */
const words = (text: string): string => text.replace(/\s+/g, ' ').trim();
const textOf = (sections: unknown): string =>
  (sections as readonly StyledSection[])
    .flatMap((section) => section.map((line) => line.map(({ text }) => text).join('')))
    .join('\n');

describe('a plan on the page', () => {
  it('has the words of berth plan', async (t) => {
    const { sections, verdict } = await answerTo('/api/plan', { manifests: EDIT, deletions: [] });
    const folder = createTempFolder(t, { 'cluster.yaml': CLUSTER, 'edit.yaml': EDIT });
    const args = ['--cluster', `${folder}/cluster.yaml`, '-f', `${folder}/edit.yaml`];
    const { out } = await runCommand(runPlan, args);
    assert.match(out, /shop\/web/);
    assert.equal(words(textOf(sections)), words(out));
    assert.equal(verdict, 'changes');
  });

  it('says that nothing in use would change', async () => {
    const { verdict } = await answerTo('/api/plan', { manifests: POOLS, deletions: [] });
    assert.equal(verdict, 'unchanged');
  });

  it('plans a deletion alone', async () => {
    const { verdict } = await answerTo('/api/plan', { manifests: '', deletions: ['ipaddresspool/second'] });
    assert.equal(verdict, 'unchanged');
  });
});

describe('an explanation on the page', () => {
  it('has the words of berth explain', async () => {
    const { sections } = await answerTo('/api/explain', { service: 'shop/asks' });
    const { out } = await runCommand(runExplain, ['service', 'asks', '-n', 'shop', '-f', '-'], {
      stdin: CLUSTER,
    });
    assert.match(out, /AddressTaken/);
    assert.equal(words(textOf(sections)), words(out));
  });
});

describe('an object to begin an edit with', () => {
  it('is its YAML', async () => {
    const { yaml } = await answerTo('/api/object', { object: 'ipaddresspool/second' });
    assert.equal(
      yaml,
      'apiVersion: metallb.io/v1beta1\nkind: IPAddressPool\nmetadata:\n  name: second\n  namespace: metallb-system\nspec:\n  addresses:\n    - 10.0.0.0/29\n  autoAssign: false\n',
    );
  });
});

describe('a bad question', () => {
  const rows: readonly [says: string, path: string, question: unknown, want: RegExp][] = [
    ['without a Service', '/api/explain', {}, /NAMESPACE\/NAME/],
    ['without a Service, to be answered at once,', '/api/allocation', {}, /NAMESPACE\/NAME/],
    ['about a Service that is not there', '/api/explain', { service: 'shop/wep' }, /wep/],
    ['of another shape', '/api/plan', { manifests: 1 }, /manifests should be a text/],
    ['that is a list', '/api/plan', [], /manifests should be a text/],
    ['with an empty edit', '/api/plan', { manifests: '\n', deletions: [] }, /empty/],
    ['whose edit is no YAML', '/api/plan', { manifests: 'kind: [', deletions: [] }, /edit\.yaml:1/],
    [
      'whose edit has no name',
      '/api/plan',
      { manifests: 'kind: Service\napiVersion: v1', deletions: [] },
      /no metadata\.name/,
    ],
    [
      'that deletes what is not there',
      '/api/plan',
      { manifests: '', deletions: ['ipaddresspool/no'] },
      /no IPAddressPool/,
    ],
    [
      'that deletes too much',
      '/api/plan',
      { manifests: '', deletions: Array.from({ length: DELETIONS_MAX + 1 }, () => 'ns/a') },
      /100 at most/,
    ],
    ['about an object of another kind', '/api/object', { object: 'pod/x' }, /no address depends/],
    ['about no object', '/api/object', {}, /./],
    [
      'about an object that is not there',
      '/api/object',
      { object: 'ipaddresspool/no' },
      /there is no IPAddressPool/,
    ],
  ];
  for (const [says, path, question, want] of rows)
    it(`${says} gets a sentence`, async () => {
      const answer = await ask(path, question);
      assert.ok(!answer.ok);
      assert.match(answer.error.join('\n'), want);
    });
});
