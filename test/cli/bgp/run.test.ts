import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { it } from 'node:test';
import { runBgp } from '../../../src/cli/bgp/run.ts';
import { runCommand } from '../support/run-command.ts';

const iBgp = readFileSync(
  new URL('../../announce/support/cases/local-pref-ibgp-only.json', import.meta.url),
  'utf8',
);

it('prints the states of a case, the start and one for each step', async () => {
  const { code, out } = await runCommand(runBgp, ['model', '-f', '-'], { stdin: iBgp });
  assert.equal(code, 0);
  const states = JSON.parse(out);
  assert.equal(states.length, 3);
  const { r1, r2 } = states[0].nodes.n1;
  assert.deepEqual(r1.routes, { '10.20.1.50/32': { localPref: 150, nextHop: 'self' } });
  assert.deepEqual(r2.routes, { '10.20.1.50/32': { nextHop: 'self' } });
});

const failures: readonly (readonly [args: readonly string[], stdin: string, code: number, says: RegExp])[] = [
  [['model'], '', 2, /name one file: -f FILE/],
  [['-f', '-'], '', 2, /the command is missing: bgp peers, routes, why, dial, model or decode/],
  [['peer', '-f', '-'], '', 2, /there is no command "bgp peer": did you mean bgp peers\?/],
  [['model', 'more', '-f', '-'], '', 2, /unexpected "more"/],
  [['model', '-f', '-'], 'a: b', 1, /standard input:1: is not a Kubernetes object/],
  [['model', '-f', '/nowhere/at/all'], '', 1, /nowhere/],
];

for (const [args, stdin, code, says] of failures) {
  it(`bgp ${args.join(' ')}`, async () => {
    const ended = await runCommand(runBgp, args, { stdin });
    assert.equal(ended.code, code);
    assert.match(ended.err, says);
  });
}
