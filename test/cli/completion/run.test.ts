import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { onPath } from '../../../dev/parts/system.mjs';
import { COMMANDS } from '../../../src/cli/command-table.ts';
import { formatCompletion, runCompletion } from '../../../src/cli/completion/run.ts';
import { COMMAND_SUMMARIES } from '../../../src/cli/framework/command-names.ts';
import { runCommand } from '../support/run-command.ts';
import { createTempFolder } from '../support/temp-folder.ts';

/** Candidates without descriptions, and the directive. */
const completionsOf = (...words: readonly string[]): string[] =>
  formatCompletion(words, COMMANDS)
    .trimEnd()
    .split('\n')
    .map((line) => line.replace(/\t.*/, ''));

const rows: readonly [words: readonly string[], want: readonly string[]][] = [
  [[''], [...Object.keys(COMMAND_SUMMARIES), ':4']],
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
      '--unmet-requests',
      '--calico',
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
  [
    ['bgp', ''],
    ['peers', 'routes', 'why', 'dial', 'model', 'decode', ':4'],
  ],
  [
    ['bgp', 'decode', '-o', ''],
    ['text', 'json', 'hex', ':4'],
  ],
  [
    ['bgp', 'routes', '--pe'],
    ['--peer', ':4'],
  ],
  [
    ['bgp', '--node', 'w1', 'p'],
    ['peers', ':4'],
  ],
  [['bgp', 'peers', '--node', 'w1', ''], [':4']],
  [
    ['calico', 'router', '--for', ''],
    ['frr', 'bird', ':4'],
  ],
  [['doctor', '-f', ''], [':0']],
];

describe('candidates', () => {
  for (const [words, want] of rows) {
    it(`after berth ${words.join(' ')}`, () => assert.deepEqual(completionsOf(...words), want));
  }

  it('have descriptions', () => {
    assert.equal(formatCompletion(['cr'], COMMANDS), `crds\t${COMMAND_SUMMARIES.crds}\n:4\n`);
  });
});

describe('completion', () => {
  it('requires the name of a known shell', async () => {
    for (const [args, says] of [
      [[], /name one shell: bash, zsh, fish/],
      [['bsh'], /unknown shell "bsh": did you mean bash\?/],
      [['bash', 'zsh'], /unknown shell "bash zsh": name one shell/],
    ] as const) {
      const ran = await runCommand(runCompletion, args);
      assert.deepEqual([ran.code, ran.out], [2, '']);
      assert.match(ran.err, says);
    }
  });

  for (const shell of ['bash', 'zsh', 'fish']) {
    const missing = onPath(shell) ? false : `there is no ${shell} here`;
    it(`prints a script that ${shell} can read`, { skip: missing }, async (test) => {
      const { out } = await runCommand(runCompletion, [shell]);
      const folder = createTempFolder(test, { script: out });
      const read = spawnSync(shell, ['-n', 'script'], { cwd: folder, encoding: 'utf8' });
      assert.deepEqual([read.status, read.stderr], [0, '']);
    });
  }

  it('completes words and files in bash', async (test) => {
    const { out } = await runCommand(runCompletion, ['bash']);
    const folder = createTempFolder(test, { 'pool file.yaml': '', 'berth.bash': out });
    // Replaces the program, whose answers are tested above.
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
