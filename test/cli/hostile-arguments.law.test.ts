/**
 * No character of an argument steers a terminal or hides text, for every command there is: an operand, a flag that does not exist,
 * the value of each flag, and a file. The type of the table has a new command fail here until it is listed.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { root } from '../../dev/place.mjs';
import { runBgp } from '../../src/cli/bgp/run.ts';
import { runCalico } from '../../src/cli/calico/run.ts';
import { COMMANDS } from '../../src/cli/command-table.ts';
import { runCompletion } from '../../src/cli/completion/run.ts';
import { runConvert } from '../../src/cli/convert/run.ts';
import { runCrds } from '../../src/cli/crds/run.ts';
import { runDashboard } from '../../src/cli/dashboard/run.ts';
import { runDoctor } from '../../src/cli/doctor/run.ts';
import { runExplain } from '../../src/cli/explain/run.ts';
import type { CommandName } from '../../src/cli/framework/command-names.ts';
import { isGroup } from '../../src/cli/framework/group.ts';
import { runL2 } from '../../src/cli/l2/run.ts';
import { runMigrate } from '../../src/cli/migrate/run.ts';
import { runPlan } from '../../src/cli/plan/run.ts';
import { runReport } from '../../src/cli/report/run.ts';
import { runStatus } from '../../src/cli/status/run.ts';
import { runVersion } from '../../src/cli/version/run.ts';
import { seeded, seeds } from '../support/random.ts';
import { assertNoControls, assertPrintsNoControls, hostileText } from './support/hostile-text.ts';
import type { CommandRunner } from './support/run-command.ts';

const LIMIT = { timeout: 240_000 };

/** Those that go on until they are stopped: they run as processes here. */
type Program = 'controller' | 'speaker' | 'playground';
const PROGRAMS: readonly Program[] = ['controller', 'speaker', 'playground'];

const dashboard: CommandRunner = (args, context) =>
  runDashboard(args, context, {
    files: new URL('file:///nonexistent/'),
    invocation: 'berth',
    stopSignal: () => AbortSignal.abort(),
  });

const RUNNERS: Readonly<Record<Exclude<CommandName, Program>, CommandRunner>> = {
  ...{ status: runStatus, dashboard, explain: runExplain, doctor: runDoctor, report: runReport },
  ...{ plan: runPlan, migrate: runMigrate, convert: runConvert, crds: runCrds, calico: runCalico },
  ...{ bgp: runBgp, l2: runL2, completion: runCompletion, version: runVersion },
};

/** The subcommands of a command, or the command itself, each with its flags. */
function formsOf(
  name: CommandName,
): readonly (readonly [words: readonly string[], flags: readonly string[]])[] {
  const command = COMMANDS[name];
  if (!isGroup(command)) return [[[], Object.keys(command.flags)]];
  return Object.entries(command.subcommands).map(([word, { flags }]) => [[word], Object.keys(flags)]);
}

/** Command lines with `text` in each place that takes one. */
function hostileLines(name: CommandName, text: string): readonly (readonly string[])[] {
  return formsOf(name).flatMap(([words, flags]) => [
    [...words, text],
    [...words, `--${text}`],
    [...words, '-f', `/nonexistent/${text}`],
    ...flags.flatMap((flag) => [
      [...words, `--${flag}=${text}`],
      [...words, `--${flag}`, text],
    ]),
  ]);
}

describe('hostile arguments', LIMIT, () => {
  for (const seed of seeds(2, 30))
    for (const [name, run] of Object.entries(RUNNERS) as [CommandName, CommandRunner][])
      it(`of berth ${name} are shown without a control character, SEED=${seed}`, async () => {
        const lines = hostileLines(name, hostileText(seeded(seed)));
        assert.ok(lines.length >= 3, 'no command line was tried');
        let escaped = 0;
        for (const args of lines) escaped += (await assertPrintsNoControls({ run, args })) ? 1 : 0;
        assert.ok(escaped > 0, 'no hostile text was printed at all');
      });

  for (const name of PROGRAMS)
    it(`of berth ${name} are shown without a control character`, () => {
      const [seed = 1] = seeds(1, 1);
      const text = hostileText(seeded(seed)).replaceAll('\0', '');
      const ran = spawnSync(
        process.execPath,
        ['--import', 'tsx', 'src/main.ts', name, text, `--${text}`, `--log-level=${text}`],
        { encoding: 'utf8', cwd: root, env: { PATH: process.env['PATH'], HOME: join(root, 'nonexistent') } },
      );
      assert.equal(ran.status, 2, ran.stderr);
      for (const printed of [ran.stdout, ran.stderr]) assertNoControls(printed, name);
      assert.match(ran.stderr, /\\u/, 'no hostile text was printed at all');
    });
});
