import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { it } from 'node:test';
import { runL2 } from '../../../src/cli/l2/run.ts';
import { runCommand } from '../support/run-command.ts';

const relabelled = readFileSync(
  new URL('../../layer2/support/cases/nodes-relabelled.json', import.meta.url),
  'utf8',
);

it('prints the states of a case, the start and one for each step', async () => {
  const { code, out } = await runCommand(runL2, ['model', '-f', '-'], { stdin: relabelled });
  assert.equal(code, 0);
  const owners = JSON.parse(out).map(({ status }: { status: object }) => status);
  assert.equal(owners.length, 3);
  assert.deepEqual(owners[0], { 'web/blog': { n1: [] } });
  assert.deepEqual(owners[1], owners[0], 'another node that may answer moves nothing');
  assert.deepEqual(owners[2], { 'web/blog': { n2: [] } });
});

const failures: readonly (readonly [args: readonly string[], stdin: string, code: number, says: RegExp])[] = [
  [['model'], '', 2, /name one file: -f FILE/],
  [['modle'], '', 2, /did you mean l2 model\?/],
  [['model', '-f', '-'], 'a: b', 1, /standard input:1: is not a Kubernetes object/],
];

for (const [args, stdin, code, says] of failures) {
  it(`l2 ${args.join(' ')}`, async () => {
    const ended = await runCommand(runL2, args, { stdin });
    assert.equal(ended.code, code);
    assert.match(ended.err, says);
  });
}
