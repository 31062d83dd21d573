/**
 * Errors of the operating system are never shown raw: whatever a flag that takes a path is given, and wherever the server of a
 * kubeconfig is, the answer is a sentence without an error code, and the command fails.
 */
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { FlagTable } from '../../src/base/flags.ts';
import { runBgp } from '../../src/cli/bgp/run.ts';
import { runCalico } from '../../src/cli/calico/run.ts';
import { COMMANDS } from '../../src/cli/command-table.ts';
import { runConvert } from '../../src/cli/convert/run.ts';
import { runDashboard } from '../../src/cli/dashboard/run.ts';
import { runDoctor } from '../../src/cli/doctor/run.ts';
import { runExplain } from '../../src/cli/explain/run.ts';
import { flagsOf, isGroup } from '../../src/cli/framework/group.ts';
import { runL2 } from '../../src/cli/l2/run.ts';
import { runMigrate } from '../../src/cli/migrate/run.ts';
import { runPlan } from '../../src/cli/plan/run.ts';
import { runReport } from '../../src/cli/report/run.ts';
import { runStatus } from '../../src/cli/status/run.ts';
import { systemClock } from '../../src/workqueue/system-clock.ts';
import { type CommandRunner, runCommand } from './support/run-command.ts';

const ended = (): AbortSignal => AbortSignal.abort();
const bgp: CommandRunner = (args, context) => runBgp(args, context, ended);
const dashboard: CommandRunner = (args, context) =>
  runDashboard(args, context, { files: new URL('file:///none/'), invocation: 'berth', stopSignal: ended });

const RUNNERS: Readonly<Record<string, CommandRunner>> = {
  ...{ status: runStatus, dashboard, explain: runExplain, doctor: runDoctor, report: runReport },
  ...{ plan: runPlan, migrate: runMigrate, convert: runConvert, bgp, l2: runL2, calico: runCalico },
};

/** The programs have tests of their own, with their Pods' logs. */
const PROGRAMS = ['controller', 'speaker', 'playground'];

/** What else a command needs before it looks at a file. */
const OPERANDS: Readonly<Record<string, readonly string[]>> = {
  explain: ['service', 'shop/web'],
  'l2 why': ['shop/web'],
  'bgp why': ['shop/web'],
  'bgp dial': ['127.0.0.1:1', '--my-asn', '64500', '--peer-asn', '64501'],
  'l2 rebalance': [],
  migrate: ['metallb'],
  report: ['--from', '1m'],
};

const isPath = ({ value }: { readonly value?: string }): boolean =>
  value === 'FILE' || value === 'PATH' || value === 'DIR';

/** A code of the system or of Node, the call that failed, or a stack. */
const RAW =
  /\bE[A-Z]{4,}\b(?!\w)|\bERR_|errno|syscall|getaddrinfo|\b(open|stat|lstat|scandir|read|connect|mkdir) '|\bat .*\(.*:\d+:\d+\)|undefined|\[object /;

const words = (name: string): readonly string[] => name.split(' ');

/** Of each command with a flag that takes a path, the flag. */
const rows: readonly (readonly [name: string, flag: string])[] = Object.entries(COMMANDS)
  .filter(([name]) => !PROGRAMS.includes(name))
  .flatMap(([name, command]) =>
    isGroup(command)
      ? Object.entries(command.subcommands).map(([sub, one]) => [`${name} ${sub}`, flagsOf(one)] as const)
      : [[name, flagsOf(command)] as const],
  )
  .flatMap(([name, flags]: readonly [string, FlagTable]) =>
    Object.entries(flags).flatMap(([flag, spec]) => (isPath(spec) ? [[name, flag] as const] : [])),
  );

describe('errors of the operating system', () => {
  let folder: string;
  const at = (name: string): string => join(folder, name);

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'berth-errors-'));
    await mkdir(at('folder'));
    await writeFile(at('file'), 'x');
    await writeFile(at('binary'), Buffer.from([0, 255, 254, 0, 1, 2, 3]));
    await symlink('loop', at('loop'));
    const server = (url: string): string =>
      `apiVersion: v1\nkind: Config\nclusters: [{name: c, cluster: {server: "${url}"}}]\nusers: [{name: u, user: {token: t}}]\ncontexts: [{name: x, context: {cluster: c, user: u}}]\ncurrent-context: x\n`;
    await writeFile(at('refused'), server('http://127.0.0.1:1'));
    await writeFile(at('nameless'), server('https://no-such-host.invalid:6443'));
    await writeFile(at('no-tls'), server('https://127.0.0.1:1'));
  });
  after(() => rm(folder, { recursive: true }));

  const paths = (): readonly string[] => [
    ...['none', 'folder/none', 'file/below', 'loop', 'binary', 'x'.repeat(300), 'nul\0byte'].map(at),
    ...['folder'].map(at),
  ];

  for (const [name, flag] of rows)
    it(`berth ${name} --${flag}`, async () => {
      const [command = '', ...sub] = words(name);
      const runner = RUNNERS[command];
      assert.ok(runner, `${command} has no row here`);
      const servers = flag === 'kubeconfig' ? ['refused', 'nameless', 'no-tls'].map(at) : [];
      for (const path of [...paths(), ...servers]) {
        const args = [...sub, ...(OPERANDS[name] ?? []), `--${flag}=${path}`];
        const { code, out, err } = await runCommand(runner, args, { clock: systemClock });
        const said = `${out}${err}`.replaceAll(path, 'PATH');
        assert.doesNotMatch(said, RAW, JSON.stringify(args));
        if (code === 0) assert.match(`${name} ${flag}`, /^report to$/, `${args}\n${said}`);
        else assert.ok(said.length > 0, `${args} says nothing`);
      }
    });
});
