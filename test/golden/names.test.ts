/**
 * Names that users write scripts, dashboards and manifests against never change unnoticed. The golden list is
 * `names.json`; after an intended change `UPDATE_GOLDEN=1 node --import tsx --test test/golden/names.test.ts` writes it anew,
 * and CHANGELOG.md says what changed.
 */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { it } from 'node:test';
import { parseAllDocuments } from 'yaml';
import { root } from '../../dev/place.mjs';
import type { FlagTable } from '../../src/base/flags.ts';
import { COMMANDS } from '../../src/cli/command-table.ts';
import { type Command, exitCodeMeanings } from '../../src/cli/framework/command.ts';
import { flagsOf, isGroup } from '../../src/cli/framework/group.ts';
import { METRICS } from '../../src/observe/metric-definitions.ts';
import { readOutputKeys } from './support/output-keys.ts';
import { readSourceNames } from './support/source-names.ts';

const FILE = join(root, 'test/golden/names.json');

it('names that people script against are those of the golden list', async () => {
  const now = { ...readTables(), ...readSourceNames(), objects: readObjects(), keys: await readOutputKeys() };
  const text = `${JSON.stringify(now, null, 1)}\n`;
  if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(FILE, text);
  assert.deepEqual(JSON.parse(text), JSON.parse(readFileSync(FILE, 'utf8')), 'see the head of this file');
});

function readTables() {
  const commands = Object.fromEntries(
    Object.entries(COMMANDS).map(([name, command]) => [
      name,
      isGroup(command)
        ? {
            subcommands: Object.keys(command.subcommands).sort(),
            flags: namesOf(flagsOf(command)),
            exitCodes: exitCodesOf(Object.values(command.subcommands)),
          }
        : {
            subcommands: command.operands ?? [],
            flags: namesOf(command.flags),
            exitCodes: exitCodesOf([command]),
          },
    ]),
  );
  const metrics = Object.entries(METRICS).map(
    ([name, { type, labels }]) => `${type} ${name}{${labels.join(',')}}`,
  );
  return { commands, metrics: metrics.sort() };
}

/** Of all of them. */
const exitCodesOf = (commands: readonly Command[]): readonly string[] => [
  ...new Set(commands.flatMap((command) => Object.keys(exitCodeMeanings(command)))),
];

/** `--flag`, `-f` for a short form, and the variable that sets it. */
const namesOf = (flags: FlagTable): readonly string[] =>
  Object.entries(flags)
    .map(([name, { short, environment }]) =>
      [
        `--${name}`,
        ...(short === undefined ? [] : [`-${short}`]),
        ...(environment === undefined ? [] : [`$${environment}`]),
      ].join(' '),
    )
    .sort();

/** Kind, namespace and name of all that the manifests of `deploy/` create. */
function readObjects(): readonly string[] {
  const files = readdirSync(join(root, 'deploy'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.yaml') && !name.endsWith('kustomization.yaml'))
    .map((name) => readFileSync(join(root, 'deploy', name), 'utf8'));
  const objects = files.flatMap((text) => parseAllDocuments(text).map((one) => one.toJSON()));
  return [
    ...new Set(objects.map(({ kind, metadata }) => `${kind} ${metadata.namespace ?? ''}/${metadata.name}`)),
  ].sort();
}
