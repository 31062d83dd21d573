import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { it } from 'node:test';
import { runCalico } from '../../../src/cli/calico/run.ts';
import { hashedRouterId } from '../../../src/kube/node-router-id.ts';
import { runCommand } from '../support/run-command.ts';

const leak = readFileSync(
  new URL('../../calico/support/cases/006-setup-b-mesh-on-leak.json', import.meta.url),
  'utf8',
);

it('prints what would be observed, in the form of a case', async () => {
  const { code, out } = await runCommand(runCalico, ['model', '-f', '-'], { stdin: leak });
  assert.equal(code, 0);
  const { observed, then } = JSON.parse(out);
  assert.deepEqual(then, []);
  const route = observed.routers['10.10.0.1'].routes[1];
  assert.equal(route.prefix, '192.168.5.10/32');
  assert.deepEqual(route.forwardsTo, ['10.10.0.11', '10.10.0.12']);
});

const failures: readonly (readonly [args: readonly string[], stdin: string, code: number, says: RegExp])[] = [
  [['model'], '', 2, /name one file: -f FILE/],
  [['-f', '-'], '', 2, /the command is missing: calico init, router or model/],
  [['model', 'more', '-f', '-'], '', 2, /unexpected "more"/],
  [['model', '-f', '-'], 'a: b', 1, /standard input:1: is not a Kubernetes object/],
  [['model', '-f', '/nowhere/at/all'], '', 1, /nowhere/],
];

for (const [args, stdin, code, says] of failures) {
  it(`calico ${args.join(' ')}`, async () => {
    const ended = await runCommand(runCalico, args, { stdin });
    assert.equal(ended.code, code);
    assert.match(ended.err, says);
  });
}

it('derives router IDs that are no multicast addresses', () => {
  for (let index = 0; index < 500; index++) assert.ok(hashedRouterId(`node-${index}`) < 224 * 2 ** 24);
  assert.equal(hashedRouterId('w2'), 0x06f8faea);
});
