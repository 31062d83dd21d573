/** docs/cli.md names every command, flag and exit code of the program. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { root } from '../../dev/place.mjs';
import { EXIT_CODES } from '../../src/base/exit-codes.ts';
import { COMMANDS } from '../../src/cli/command-table.ts';
import { COMMAND_SUMMARIES } from '../../src/cli/framework/command-names.ts';
import { flagsOf } from '../../src/cli/framework/group.ts';

const page = readFileSync(join(root, 'docs/cli.md'), 'utf8');
const [opening = '', ...parts] = page.split(/^## /m);
const chapters = new Map(parts.map((text) => [text.slice(0, text.indexOf('\n')), text]));

/** Flags in code spans, with or without a value. */
const flagsIn = (text: string): Set<string> =>
  new Set([...text.matchAll(/`--([a-z][a-z0-9-]*)(?: [A-Z/]+)?`/g)].map(([, name = '']) => name));

describe('docs/cli.md', () => {
  it('has a chapter for each command, in the order of the program', () => {
    assert.deepEqual([...chapters.keys()], Object.keys(COMMAND_SUMMARIES));
  });

  it('names every exit code', () => {
    for (const code of Object.values(EXIT_CODES)) assert.match(opening, new RegExp(`^\\| ${code} \\| `, 'm'));
    const listed = [...opening.matchAll(/^\| (\d+) \|/gm)].map(([, code]) => Number(code));
    assert.deepEqual(listed, Object.values(EXIT_CODES));
  });

  for (const [verb, command] of Object.entries(COMMANDS)) {
    const flags = flagsOf(command);
    it(`names every flag of ${verb}, and none that does not exist`, () => {
      const chapter = chapters.get(verb) ?? '';
      const documented = flagsIn(chapter);
      for (const [name, { short }] of Object.entries(flags)) {
        assert.ok(documented.has(name), `--${name} is missing`);
        if (short !== undefined) assert.ok(chapter.includes(`\`-${short}\``), `-${short} is missing`);
      }
      const known = new Set(['help', ...Object.values(COMMANDS).flatMap((one) => Object.keys(flagsOf(one)))]);
      for (const name of documented) assert.ok(known.has(name), `--${name} is no flag of any command`);
    });

    it(`has an example of ${verb}`, () => {
      const shown =
        verb === 'version' || verb === 'controller' || (chapters.get(verb) ?? '').includes(`berth ${verb}`);
      assert.ok(shown, `there is no example of ${verb}`);
    });
  }
});
