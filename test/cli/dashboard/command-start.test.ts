/** The flags of commands that a page names, made of those that the dashboard was started with. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseFlags } from '../../../src/base/flags.ts';
import { COMMANDS } from '../../../src/cli/command-table.ts';
import { DASHBOARD_COMMAND } from '../../../src/cli/dashboard/command.ts';
import { commandStartOf } from '../../../src/cli/dashboard/command-start.ts';
import { isGroup } from '../../../src/cli/framework/group.ts';
import type { CommandStart } from '../../../src/overview/command-start.ts';

function startedWith(...args: readonly string[]): CommandStart {
  const parsed = parseFlags(DASHBOARD_COMMAND.flags, args, {});
  assert.ok(parsed.ok, 'the flags of the dashboard are valid');
  const { flags } = parsed.value;
  return commandStartOf({ program: 'berth', folder: '/home/u', table: DASHBOARD_COMMAND.flags, flags });
}

const rows: readonly [says: string, args: readonly string[], command: string, want: string | undefined][] = [
  ['nothing where nothing was given', [], 'explain', ''],
  ['a context', ['--context', 'prod'], 'explain', '--context prod'],
  ['a context with a space', ['--context', 'my prod'], 'bgp peers', "--context 'my prod'"],
  ['a kubeconfig by its whole path', ['--kubeconfig', 'k/c'], 'doctor', '--kubeconfig /home/u/k/c'],
  ['several kubeconfigs', ['--kubeconfig', 'a:/b'], 'l2 owners', '--kubeconfig /home/u/a:/b'],
  [
    'options of the controller, where the command has them',
    ['--lb-class', 'x/y'],
    'doctor',
    '--lb-class x/y',
  ],
  [
    'the namespace, by the name that the command has for it',
    ['--pool-namespace', 'lb'],
    'doctor',
    '--speaker-namespace lb',
  ],
  ['the namespace for all of them', ['--pool-namespace', 'lb'], 'explain', '--pool-namespace lb'],
  ['and not where it has not', ['--unmet-requests', 'release'], 'doctor', ''],
  ['nothing of what only the dashboard has', ['--port', '80', '--no-open', '-A'], 'explain', ''],
  [
    'files in place of a cluster',
    ['-f', 'a.yaml', '-f', '/b', '-R'],
    'explain',
    '-f /home/u/a.yaml -f /b -R',
  ],
  ['files under the name that plan has for them', ['-f', 'a.yaml'], 'plan', '--cluster /home/u/a.yaml'],
  ['no cluster beside files', ['-f', '/b', '--context', 'prod'], 'explain', '-f /b'],
  ['nothing for what reads no cluster', ['-f', '/b', '--context', 'prod'], 'crds', ''],
  ['no command for what cannot read files', ['-f', '/b'], 'bgp peers', undefined],
  ['no command for standard input, which was read', ['-f', '-'], 'explain', undefined],
];

describe('a command of a page has', () => {
  for (const [says, args, command, want] of rows)
    it(says, () => assert.equal(startedWith(...args).flags[command]?.join(' '), want));

  it('flags that it takes, whatever the dashboard was started with', () => {
    const options = ['--pool-namespace=a', '--lb-class=b', '--foreign-addresses=replace', '--calico=off'];
    for (const args of [
      ['--kubeconfig=k', '--context=c', '--unmet-requests=release', ...options],
      ['-f=x', '-R', ...options],
    ])
      for (const [name, flags] of Object.entries(startedWith(...args).flags)) {
        const [first = '', second = ''] = name.split(' ');
        const found = COMMANDS[first as keyof typeof COMMANDS];
        const command = isGroup(found) ? found.subcommands[second] : found;
        assert.ok(command, `${name} is a command`);
        const parsed = parseFlags(command.flags, flags.join(' ').split(' ').filter(Boolean), {});
        assert.ok(parsed.ok, `${name} ${flags.join(' ')}`);
      }
  });
});

describe('kubectl has', () => {
  const kubectls: readonly [says: string, args: readonly string[], want: string][] = [
    ['nothing where nothing was given', [], 'kubectl'],
    [
      'file and context',
      ['--kubeconfig', 'k', '--context', 'c'],
      'kubectl --kubeconfig /home/u/k --context c',
    ],
    ['several files by its variable', ['--kubeconfig', 'a:b'], 'KUBECONFIG=/home/u/a:/home/u/b kubectl'],
  ];
  for (const [says, args, want] of kubectls) it(says, () => assert.equal(startedWith(...args).kubectl, want));
});
