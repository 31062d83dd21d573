/** Commands that the pages show exist: of `berth`, with their flags, and of npm. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { root } from '../../dev/place.mjs';
import { COMMANDS } from '../../src/cli/command-table.ts';
import { isCommandName } from '../../src/cli/framework/command-names.ts';
import { flagsOf, isGroup } from '../../src/cli/framework/group.ts';
import { commandsOf, pagesOf } from './support/markdown.ts';

const shown = pagesOf(root).flatMap((page) =>
  commandsOf(readFileSync(join(root, page), 'utf8')).map((command) => ({ page, command })),
);

const scripts: unknown = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).scripts;

/** Both ways to begin a command of the program; the rest is its arguments. */
const BERTH =
  /(?<![\w./-])(?:kubectl berth|(?:node (?:--\S+ )*)?(?:dist\/berth\.mjs)|berth) (?=[a-z])([^|&;<>#]*)/g;

function wrongArguments(text: string): string | null {
  const [verb = '', ...words] = text.trim().split(/\s+/);
  if (!isCommandName(verb)) return `there is no command ${verb}`;
  const command = COMMANDS[verb];
  const subcommand = isGroup(command)
    ? Object.entries(command.subcommands).find(([name]) => words.includes(name))
    : null;
  const flags = flagsOf(subcommand?.[1] ?? command);
  const known = new Set([
    'help',
    ...Object.entries(flags).flatMap(([name, { short }]) => (short === undefined ? [name] : [name, short])),
  ]);
  const unknown = words
    .map((word) => /^--?([a-z][a-z0-9-]*)/.exec(word)?.[1])
    .find((flag) => flag !== undefined && !known.has(flag));
  return unknown === undefined ? null : `${verb} has no flag ${unknown}`;
}

describe('the pages', () => {
  it('show commands of berth that exist, with flags that they have', () => {
    const calls = shown.flatMap(({ page, command }) =>
      [...command.matchAll(BERTH)].map(([, text = '']) => ({ page, text })),
    );
    assert.ok(calls.length > 100);
    const wrong = calls.flatMap(({ page, text }) => {
      const problem = wrongArguments(text);
      return problem === null ? [] : [`${page}: ${problem}`];
    });
    assert.deepEqual(wrong, []);
  });

  it('show scripts of npm that exist', () => {
    assert.ok(typeof scripts === 'object' && scripts !== null);
    const known = new Set([...Object.keys(scripts), 'ci', 'install', 'pack', 'sbom']);
    const wrong = shown.flatMap(({ page, command }) =>
      [...command.matchAll(/\bnpm (?:run )?([a-z][\w:]*)/g)]
        .filter(([, name = '']) => !known.has(name))
        .map(([text]) => `${page}: ${text}`),
    );
    assert.deepEqual(wrong, []);
  });
});
