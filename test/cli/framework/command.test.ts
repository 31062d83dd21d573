import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { COMMANDS } from '../../../src/cli/command-table.ts';
import {
  type Command,
  commandHelp,
  isHelpRequest,
  readCommandLine,
} from '../../../src/cli/framework/command.ts';
import {
  COMMAND_SUMMARIES,
  programHelp,
  unknownCommandText,
} from '../../../src/cli/framework/command-names.ts';
import { isGroup } from '../../../src/cli/framework/group.ts';
import { PROSE_COLUMNS_MAX } from '../../../src/cli/framework/lines.ts';
import { runCommand } from '../support/run-command.ts';

const all = Object.values(COMMANDS);
const groups = all.filter(isGroup);
const commands = [
  ...all.filter((one): one is Command => !isGroup(one)),
  ...groups.flatMap(({ subcommands }) => Object.values(subcommands)),
];

const SAMPLE = {
  name: 'plan',
  summary: 'Show what an edit would do',
  usage: ['-f FILE'],
  about: ['What it is about.'],
  flags: {
    file: { kind: 'texts', short: 'f', value: 'FILE', help: 'files' },
    output: { kind: 'text', short: 'o', choices: ['text', 'json'], fallback: 'text', help: 'for whom' },
    yes: { kind: 'switch', short: 'y', help: 'do it' },
  },
  examples: [{ description: 'one file', commandLine: 'berth plan -f berth.yaml' }],
  exitCodes: { 3: 'something moves' },
} as const satisfies Command;

const parseSample = (...args: readonly string[]) =>
  runCommand(async (words, context) => {
    const line = readCommandLine(SAMPLE, words, context);
    if (line.kind === 'end') return line.code;
    context.stdout.print([JSON.stringify([line.flags, line.positionals])]);
    return 0;
  }, args);

describe('commands', () => {
  for (const command of commands) {
    it(`${command.name} --help teaches with an example, within ${PROSE_COLUMNS_MAX} columns`, () => {
      const help = commandHelp(command, 'kubectl berth');
      assert.match(help, /\nExamples?:\n {2}# .+\n {2}.*kubectl berth /);
      for (const line of help.split('\n')) assert.ok(line.length <= PROSE_COLUMNS_MAX, line);
      assert.ok(command.examples.length > 0);
    });
  }

  it('are listed by the program, within as many columns', () => {
    const help = programHelp('berth');
    for (const [name, says] of Object.entries(COMMAND_SUMMARIES))
      assert.match(help, new RegExp(`\n {2}${name} +${says}\n`));
    for (const line of help.split('\n')) assert.ok(line.length <= PROSE_COLUMNS_MAX, line);
  });

  it('print their help in full', () => {
    assert.equal(
      commandHelp(SAMPLE, 'kubectl berth'),
      `Show what an edit would do.

What it is about.

Usage:
  kubectl berth plan -f FILE

Example:
  # one file
  kubectl berth plan -f berth.yaml

Flags:
  -f, --file FILE         files
  -o, --output text|json  for whom (default text)
  -y, --yes               do it

Exit codes:
  0  done
  1  it failed; the message on stderr says why
  2  the command line is invalid
  3  something moves
`,
    );
  });
});

describe('a command line', () => {
  const rows: readonly [says: string, args: readonly string[], want: unknown][] = [
    ['nothing', [], [{ file: [], output: 'text', yes: false }, []]],
    ['short flags of switches', ['-y', '-f', 'a'], [{ file: ['a'], output: 'text', yes: true }, []]],
    ['short flags', ['-f', 'a', '-o', 'json'], [{ file: ['a'], output: 'json', yes: false }, []]],
    ['short flags without a blank', ['-fa', '-ojson'], [{ file: ['a'], output: 'json', yes: false }, []]],
    ['short flags with =', ['-f=a', '-o=json'], [{ file: ['a'], output: 'json', yes: false }, []]],
    ['standard input', ['-f', '-'], [{ file: ['-'], output: 'text', yes: false }, []]],
    [
      'repeated and listed',
      ['-f', 'a', '-f', 'b,c'],
      [{ file: ['a', 'b', 'c'], output: 'text', yes: false }, []],
    ],
    ['switches and words', ['x', '--yes', 'y'], [{ file: [], output: 'text', yes: true }, ['x', 'y']]],
  ];
  for (const [says, args, want] of rows) {
    it(`with ${says}`, async () => {
      const ran = await parseSample(...args);
      assert.deepEqual([ran.code, JSON.parse(ran.out)], [0, want]);
    });
  }

  const wrong: readonly [args: readonly string[], err: string][] = [
    [['--yess'], 'berth plan: there is no flag --yess; did you mean --yes?\n'],
    [['-x'], 'berth plan: there is no flag -x\n'],
    [['-f'], 'berth plan: -f needs a value\n'],
    [
      ['-o', 'xml', '--nope'],
      'berth plan: there is no flag --nope\nberth plan: --output is "xml"; it takes text, json\n',
    ],
  ];
  for (const [args, err] of wrong) {
    it(`${args.join(' ')} is an error with a hint`, async () => {
      assert.deepEqual(await parseSample(...args), {
        code: 2,
        out: '',
        err: `${err}See berth plan --help\n`,
      });
    });
  }

  it('asks for help in any spelling, but not after --', async () => {
    for (const arg of ['-h', '--help', '-help']) assert.ok(isHelpRequest(['x', arg]));
    assert.ok(!isHelpRequest(['--', '--help']));
    const ran = await parseSample('--nonsense', '-h');
    assert.deepEqual([ran.code, ran.out, ran.err], [0, commandHelp(SAMPLE, 'berth'), '']);
  });
});

it('the error for an unknown command names a similar one, or the list', () => {
  assert.equal(
    unknownCommandText('berth', 'explian'),
    'berth: unknown command "explian": did you mean explain?',
  );
  assert.equal(
    unknownCommandText('kubectl berth', 'frobnicate'),
    'kubectl berth: unknown command "frobnicate": kubectl berth --help lists the commands',
  );
});
