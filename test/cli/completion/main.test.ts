import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { onPath } from '../../../dev/parts/system.mjs';
import { answerCompletion, completionMain } from '../../../src/cli/completion/main.ts';
import { VERBS } from '../../../src/cli/verbs.ts';
import { folderOf } from '../support/folder.ts';
import { run } from '../support/run.ts';

/** Candidates without what they mean, and the directive. */
const offered = (...words: readonly string[]): string[] =>
  answerCompletion(words)
    .trimEnd()
    .split('\n')
    .map((line) => line.replace(/\t.*/, ''));

const rows: readonly [words: readonly string[], want: readonly string[]][] = [
  [[''], [...Object.keys(VERBS), ':4']],
  [['c'], ['convert', 'crds', 'calico', 'controller', 'completion', ':4']],
  [['--'], ['--help', ':4']],
  [
    ['help', 'mi'],
    ['migrate', ':4'],
  ],
  [
    ['explain', ''],
    ['service', 'address', ':4'],
  ],
  [['explain', 'service', ''], [':4']],
  [
    ['explain', '-n', 'shop', 'ser'],
    ['service', ':4'],
  ],
  [
    ['explain', '--lb'],
    ['--lb-class', ':4'],
  ],
  [['plan', '-f', ''], [':0']],
  [['plan', '--file', 'po'], [':0']],
  [
    ['plan', '-o', ''],
    ['text', 'json', 'yaml', ':4'],
  ],
  [
    ['plan', '--output=j'],
    ['--output=json', ':4'],
  ],
  [['plan', '-n', ''], [':4']],
  [
    ['migrate', 'metallb', '--'],
    [
      '--yes',
      '--back',
      '--output',
      '--pool-namespace',
      '--lb-class',
      '--foreign-addresses',
      '--kubeconfig',
      '--context',
      '--help',
      ':4',
    ],
  ],
  [
    ['migrate', '--yes', ''],
    ['metallb', ':4'],
  ],
  [
    ['controller', '--log-level', 'd'],
    ['debug', ':4'],
  ],
  [
    ['completion', ''],
    ['bash', 'zsh', 'fish', ':4'],
  ],
  [['frobnicate', ''], [':4']],
];

describe('what could stand next', () => {
  for (const [words, want] of rows) {
    it(`after berth ${words.join(' ')}`, () => assert.deepEqual(offered(...words), want));
  }

  it('comes with what it means', () => {
    assert.equal(answerCompletion(['cr']), `crds\t${VERBS.crds}\n:4\n`);
  });
});

describe('completion', () => {
  it('wants a shell that it knows', async () => {
    for (const [args, says] of [
      [[], /name one shell: bash, zsh, fish/],
      [['bsh'], /"bsh" is no shell that is known here; did you mean bash\?/],
      [['bash', 'zsh'], /"bash zsh" is no shell that is known here; name one shell/],
    ] as const) {
      const ran = await run(completionMain, args);
      assert.deepEqual([ran.code, ran.out], [2, '']);
      assert.match(ran.err, says);
    }
  });

  for (const shell of ['bash', 'zsh', 'fish']) {
    const missing = onPath(shell) ? false : `there is no ${shell} here`;
    it(`prints a script that ${shell} can read`, { skip: missing }, async (test) => {
      const { out } = await run(completionMain, [shell]);
      const folder = folderOf(test, { script: out });
      const read = spawnSync(shell, ['-n', 'script'], { cwd: folder, encoding: 'utf8' });
      assert.deepEqual([read.status, read.stderr], [0, '']);
    });
  }

  it('fills in words and files in bash', async (test) => {
    const { out } = await run(completionMain, ['bash']);
    const folder = folderOf(test, { 'pool file.yaml': '', 'berth.bash': out });
    // Stands in for the program: what it says is tested above.
    writeFileSync(
      join(folder, 'berth'),
      '#!/bin/sh\nshift\nif [ "$*" = "plan -f po" ]; then echo :0; else printf "explain\\twhy\\nplan\\t$*\\n:4\\n"; fi\n',
      { mode: 0o755 },
    );
    const ask = (...words: readonly string[]): string[] => {
      const list = words.map((word) => `'${word}'`).join(' ');
      const script = `source berth.bash; COMP_WORDS=(./berth ${list}); COMP_CWORD=${words.length}; _berth; printf '%s\\n' "\${COMPREPLY[@]}"`;
      const asked = spawnSync('bash', ['--norc', '-c', script], { cwd: folder, encoding: 'utf8' });
      assert.equal(asked.stderr, '');
      return asked.stdout.trimEnd().split('\n');
    };
    assert.deepEqual(ask(''), ['explain', 'plan']);
    assert.deepEqual(ask('plan', '-f', 'po'), ['pool file.yaml']);
  });
});
