/**
 * A name that every object of JavaScript inherits is a name as any other: as a field, a label, an annotation, a kind, a pool, a
 * namespace, a node. Each command prints of it what it prints of a name of the same shape.
 */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { runBgp } from '../../src/cli/bgp/run.ts';
import { runCalico } from '../../src/cli/calico/run.ts';
import { runDoctor } from '../../src/cli/doctor/run.ts';
import { runExplain } from '../../src/cli/explain/run.ts';
import { runL2 } from '../../src/cli/l2/run.ts';
import { runPlan } from '../../src/cli/plan/run.ts';
import { runStatus } from '../../src/cli/status/run.ts';
import { namedManifests } from './support/inherited-names.ts';
import { type CommandRunner, runCommand } from './support/run-command.ts';

const NAMES = ['__proto__', 'constructor', 'toString', 'hasOwnProperty'];

const COMMANDS: readonly (readonly [run: CommandRunner, line: (name: string) => string])[] = [
  [runExplain, (name) => `service ${name}/${name} -f -`],
  [runExplain, (name) => `service ${name}/third -f -`],
  [runExplain, (name) => `service ${name}/none -f -`],
  [runExplain, () => 'service -A -f -'],
  [runExplain, () => 'address 192.0.2.5 -f -'],
  [runExplain, (name) => name],
  [runStatus, () => '-f -'],
  [runStatus, (name) => `-n ${name} -f -`],
  [runPlan, (name) => `--cluster - --delete pool/${name}`],
  [runPlan, (name) => `--cluster - --delete service/${name}`],
  [runPlan, (name) => `--cluster - --delete ${name}/${name}`],
  [runPlan, () => '-f - --cluster examples/playground'],
  [runDoctor, () => '-f -'],
  [runDoctor, () => '-f - --complete'],
  [runBgp, () => 'model -f -'],
  [runBgp, (name) => `why ${name}/third -f -`],
  [runL2, () => 'model -f -'],
  [runCalico, () => 'model -f -'],
];

/** A name of the same shape and place in the alphabet, so that what is valid for one is valid for the other: `coxqzjxqzjx`. */
const likeness = (name: string): string => {
  const letters = [...name].map((letter, index) =>
    index < 2 ? letter : /[a-z]/.test(letter) ? 'qzjx'[index % 4] : /[A-Z]/.test(letter) ? 'Q' : letter,
  );
  return letters.join('');
};

/** The words of all lines in an order of their own: lines wrap and sort elsewhere. */
async function wordsAbout(run: CommandRunner, line: (name: string) => string, name: string) {
  const { code, out, err } = await runCommand(run, line(name).split(' '), { stdin: namedManifests(name) });
  return { code, words: `${out}\n${err}`.replaceAll(name, '<name>').split(/\s+/).sort() };
}

describe('a name that every object inherits', () => {
  for (const name of NAMES) {
    for (const [run, line] of COMMANDS) {
      it(`${run.name} ${line(name)}`, async () => {
        const printed = await wordsAbout(run, line, name);
        assert.deepEqual(printed, await wordsAbout(run, line, likeness(name)));
        assert.ok(printed.words.includes('<name>') || printed.words.length > 1);
      });
    }
  }

  it('is in the edit that removes a field of that name', async () => {
    const { out } = await runCommand(runDoctor, ['-f', '-'], { stdin: namedManifests('__proto__') });
    assert.match(out, /spec:\n +__proto__: null\n/);
  });
});
