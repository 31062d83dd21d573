/** Whatever a command prints for people fits the terminal, at every width; only a longer word is not cut. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, it } from 'node:test';
import { root } from '../../dev/place.mjs';
import { runBgp } from '../../src/cli/bgp/run.ts';
import { runCalico } from '../../src/cli/calico/run.ts';
import { COMMANDS } from '../../src/cli/command-table.ts';
import { runConvert } from '../../src/cli/convert/run.ts';
import { runCrds } from '../../src/cli/crds/run.ts';
import { runDoctor } from '../../src/cli/doctor/run.ts';
import { runExplain } from '../../src/cli/explain/run.ts';
import { commandHelp } from '../../src/cli/framework/command.ts';
import { programHelp } from '../../src/cli/framework/command-names.ts';
import { groupHelp, isGroup } from '../../src/cli/framework/group.ts';
import { tableLines } from '../../src/cli/framework/table.ts';
import { runL2 } from '../../src/cli/l2/run.ts';
import { runMigrate } from '../../src/cli/migrate/run.ts';
import { runPlan } from '../../src/cli/plan/run.ts';
import { runReport } from '../../src/cli/report/run.ts';
import { runStatus } from '../../src/cli/status/run.ts';
import { formatControllerHelp } from '../../src/controller/main.ts';
import { noColor } from '../../src/observe/terminal.ts';
import { playgroundHelp } from '../../src/playground/messages.ts';
import { oneService, settledHarness } from '../speaker/support/speaker-harness.ts';
import { underSeeds } from '../support/random.ts';
import { CLUSTER } from './support/cluster-manifests.ts';
import { CROWDED } from './support/crowded-cluster.ts';
import { startLiveCluster } from './support/live-cluster.ts';
import { type CommandRunner, runCommand } from './support/run-command.ts';
import { clusterWithDownSession, startStatusServer } from './support/status-servers.ts';

const WIDTHS = [40, 60, 80, 120, 200];

/** A command to copy, and a file to apply, are printed as they are. */
const IS_COPIED = /^\s*(#|\$|(kubectl )?berth |kubectl |calicoctl |xxd |source )/;

/** Indentation and marks before the text of a line: `  - `, `  --flag `, `     no  `, `  1. `, `   0.004  `. */
const LEAD = /^\s*(?:- |(?:-\w, )?--[a-z-]+ |[0-9.]+ +|yes |no {2}|[a-z ]{2,11} {2,})?/;

function assertFits(text: string, width: number, what: string): void {
  const lines = text.split('\n');
  for (const [index, line] of lines.entries()) {
    const isContinued = lines[index - 1]?.endsWith('\\') === true;
    if (line.length <= width || isContinued || IS_COPIED.test(line)) continue;
    const lead = LEAD.exec(line)?.[0].length ?? 0;
    const isOneWord = !line.slice(lead).includes(' ');
    assert.ok(isOneWord, `${what} at ${width} columns: ${line.length} in ${JSON.stringify(line)}`);
  }
}

describe('help', () => {
  for (const width of WIDTHS) {
    it(`of every command fits ${width} columns`, () => {
      assertFits(programHelp('kubectl berth', width), width, 'berth');
      assertFits(formatControllerHelp(width), width, 'controller');
      assertFits(playgroundHelp(width), width, 'playground');
      for (const command of Object.values(COMMANDS)) {
        const all = isGroup(command) ? Object.values(command.subcommands) : [command];
        if (isGroup(command)) assertFits(groupHelp(command, 'kubectl berth', width), width, command.name);
        for (const one of all) assertFits(commandHelp(one, 'kubectl berth', width), width, one.name);
      }
    });
  }

  it('is no wider on a wide terminal than on one of 100 columns', () => {
    for (const command of Object.values(COMMANDS))
      if (!isGroup(command)) assert.equal(commandHelp(command, 'berth', 200), commandHelp(command, 'berth'));
  });
});

const CASE = JSON.parse(
  readFileSync(join(root, 'test/calico/support/cases/006-setup-b-mesh-on-leak.json'), 'utf8'),
);
const CALICO = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: CASE.objects });
const PLAYGROUND = join(root, 'examples/playground');

const rows: readonly [args: readonly string[], run: CommandRunner, stdin: string][] = [
  [['service', 'shop/asks', '-f', '-'], runExplain, CLUSTER],
  [['service', 'shop/web', '-f', '-'], runExplain, CLUSTER],
  [['service', '-A', '-f', PLAYGROUND], runExplain, ''],
  [['service', 'shop/coupons', '-f', PLAYGROUND], runExplain, ''],
  [['service', 'shop/web', '-f', PLAYGROUND], runExplain, ''],
  [['service', 'default/web', '-f', 'examples/native'], runExplain, ''],
  [['address', '192.0.2.10', '-f', PLAYGROUND], runExplain, ''],
  [['address', '192.168.5.1', '-f', '-'], runExplain, CLUSTER],
  [['address', '203.0.113.99', '-f', PLAYGROUND], runExplain, ''],
  [['-f', '-'], runStatus, CLUSTER],
  [['-f', PLAYGROUND], runStatus, ''],
  [['-f', '-'], runDoctor, CALICO],
  [['-f', PLAYGROUND], runDoctor, ''],
  [['--cluster', PLAYGROUND, '--delete', 'pool/everyday'], runPlan, ''],
  [['--cluster', '-', '--delete', 'pool/first'], runPlan, CLUSTER],
  [['--cluster', '-', '--delete', 'pool/frist', '--delete', 'svc/nothing'], runPlan, CLUSTER],
  [['decode', '-f', '-'], runBgp, 'ffffffffffffffffffffffffffffffff001304'],
];

describe('the answer', () => {
  for (const [args, run, stdin] of rows) {
    it(`of ${run.name} ${args.join(' ').replaceAll(root, '')} fits every terminal`, async () => {
      for (const width of WIDTHS) {
        const { out } = await runCommand(run, args, { stdin, environment: { COLUMNS: String(width) } });
        assertFits(out, width, args.join(' '));
      }
    });
  }

  for (const words of [['peers'], ['routes'], ['why', 'web/a'], ['why', 'web/none']]) {
    it(`of bgp ${words.join(' ')} fits every terminal`, async (test) => {
      const up = await startStatusServer(test, await settledHarness(...oneService()), 'n1');
      const says = `the peer rejects our AS number 64500: ${'OPEN Message Error / Bad Peer AS (2/2) '.repeat(3)}`;
      const down = await startStatusServer(test, await clusterWithDownSession(says), 'n2');
      const urls = ['http://127.0.0.1:1', up, down].flatMap((url) => ['--speaker', url]);
      for (const width of WIDTHS) {
        const { out } = await runCommand(runBgp, [...words, ...urls], {
          environment: { COLUMNS: String(width) },
        });
        assertFits(out, width, words.join(' '));
      }
    });
  }

  const live: readonly [CommandRunner, readonly string[]][] = [
    [runL2, ['owners']],
    [runL2, ['why', 'shop/edge']],
    [runL2, ['why', 'shop/none']],
    [runMigrate, ['metallb']],
    [runMigrate, ['metallb', '--back']],
    [runMigrate, ['metallb', '--pool-namespace', 'elsewhere']],
    [runDoctor, []],
    [runExplain, ['service', 'shop/none']],
    [runReport, ['--to', 'REPORT']],
  ];
  for (const [run, words] of live) {
    it(`of ${run.name} ${words.join(' ')} on a live cluster fits every terminal`, async (test) => {
      const elsewhere = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'elsewhere' } };
      const kubeconfig = await startLiveCluster(test, { objects: [...CROWDED, elsewhere] });
      for (const width of WIDTHS) {
        const args = words.map((word) =>
          word === 'REPORT' ? join(dirname(kubeconfig), `${width}.zip`) : word,
        );
        const { out, err } = await runCommand(run, [...args, '--kubeconfig', kubeconfig], {
          environment: { COLUMNS: String(width) },
        });
        assert.notEqual(out, '', err);
        assertFits(out, width, words.join(' '));
      }
    });
  }

  it('of bgp dial fits a terminal whose width is known', async () => {
    const args = ['dial', '127.0.0.1:1', '--as', '64500', '--peer-as', '64501', '--router-id', '10.0.0.1'];
    for (const width of WIDTHS) {
      const stop = new AbortController();
      const ended = runCommand((words, context) => runBgp(words, context, () => stop.signal), args, {
        environment: { COLUMNS: String(width) },
      });
      setImmediate(() => setTimeout(() => stop.abort(), 200));
      const { out } = await ended;
      assert.match(out, /Fix:/);
      assertFits(out, width, 'dial');
    }
  });

  it('of commands that print files is the same at every width', async () => {
    for (const [args, run] of [
      [[], runCrds],
      [
        [
          'router',
          '--for',
          'frr',
          '--range',
          '192.0.2.0/24',
          '--node-as',
          '64700',
          '--router',
          '10.10.0.1=65116',
          '--neighbours',
          '10.10.0.0/24',
        ],
        runCalico,
      ],
      [['-f', '-'], runConvert],
    ] as const) {
      const stdin = 'address-pools: [{name: a, protocol: layer2, addresses: [192.0.2.0/24]}]\n';
      const [narrow, wide] = await Promise.all(
        ['60', '200'].map((COLUMNS) => runCommand(run, args, { stdin, environment: { COLUMNS } })),
      );
      assert.deepEqual(narrow, wide);
    }
  });
});

it('a table of any content fits, as rows or as paragraphs', () => {
  underSeeds(100, 2000, (random) => {
    const word = (): string => 'x'.repeat(1 + random.below(14));
    const columns = Array.from({ length: 1 + random.below(10) }, () => ({
      name: word().toUpperCase(),
      ...(random.chance(0.5) ? { canShrink: true as const } : {}),
      ...(random.chance(0.3) ? { alignRight: true as const } : {}),
    }));
    const cells = Array.from({ length: 4 }, () => columns.map(() => (random.chance(0.2) ? '' : word())));
    for (const width of WIDTHS)
      for (const line of tableLines(columns, cells, { columns: width, paint: noColor }, 2))
        assert.ok(line.length <= width, `at ${width}: ${line}`);
  });
});
