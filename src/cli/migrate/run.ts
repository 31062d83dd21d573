/** `berth migrate metallb`: clears away what prevents the removal of MetalLB, or restores it. */
import { EXIT_CODES } from '../../base/exit-codes.ts';
import type { Flags } from '../../base/flags.ts';
import { ok, type Result } from '../../base/result.ts';
import { didYouMean } from '../../base/text.ts';
import { ClusterReading } from '../cluster/cluster-reading.ts';
import { type ClusterConnection, withConnection } from '../cluster/connection.ts';
import { LiveCluster } from '../cluster/live-cluster.ts';
import { allocatorOptions, snapshotOf } from '../cluster/snapshot.ts';
import { failCommand, failUsage, readCommandLine, surplusOperands } from '../framework/command.ts';
import type { CliContext } from '../framework/context.ts';
import { joinSections, proseLines } from '../framework/lines.ts';
import { formatOutput } from '../framework/output.ts';
import { showLongWork } from '../framework/progress.ts';
import { applySteps, readMetalLB, readUnsupportedUses } from './apply-steps.ts';
import { MIGRATE_COMMAND } from './command.ts';
import { migrationJson, rollbackJson } from './json.ts';
import { findObstacles, type MigrationObstacle, manualSteps, migrationSteps } from './migration.ts';
import { addOldPools, convertCommand } from './old-configuration.ts';
import { nothingSavedText, rollbackSteps } from './rollback.ts';
import { classObstacle } from './service-class.ts';
import { type MigrationStep, savedObjectName } from './step.ts';
import { planTakeover, type Takeover } from './takeover.ts';
import {
  commandsSection,
  describeStep,
  obstacleLines,
  refusedLines,
  stepLines,
  takeoverLines,
  unsupportedLines,
} from './text.ts';

type MigrateFlags = Flags<typeof MIGRATE_COMMAND.flags>;

export async function runMigrate(args: readonly string[], context: CliContext): Promise<number> {
  const line = readCommandLine(MIGRATE_COMMAND, args, context);
  if (line.kind === 'end') return line.code;
  const [from = '', ...surplus] = line.positionals;
  if (from === '')
    return failUsage(MIGRATE_COMMAND, context, ['what to migrate from is missing: migrate metallb']);
  if (from !== 'metallb' || surplus.length > 0) {
    const hint = didYouMean(from, ['metallb']) ?? 'it migrates from metallb';
    const wrong =
      from === 'metallb'
        ? surplusOperands(surplus, 0)
        : [`cannot migrate from ${JSON.stringify(from)}: ${hint}`];
    return failUsage(MIGRATE_COMMAND, context, wrong);
  }
  const { flags } = line;
  const code = await withConnection(context, flags, (connection) => {
    connection.progress('reading the objects of MetalLB');
    return flags.back ? rollBack(connection, flags, context) : migrate(connection, flags, context);
  });
  return code.ok ? code.value : failCommand(MIGRATE_COMMAND, context, [code.error]);
}

async function migrate(
  connection: ClusterConnection,
  flags: MigrateFlags,
  context: CliContext,
): Promise<Result<number, string>> {
  const { 'pool-namespace': namespace, yes: isConfirmed, output } = flags;
  const { stdout } = context;
  const [read, features, takeover] = await Promise.all([
    readMetalLB(connection.sender, namespace),
    readUnsupportedUses(connection.sender, namespace),
    readTakeover(connection, flags, context),
  ]);
  connection.endProgress();
  if (!read.ok) return read;
  if (!takeover.ok) return takeover;
  const { state } = read.value;
  const { oldConfiguration } = takeover.value;
  const otherClass = classObstacle(state, flags['lb-class']);
  const found = [...findObstacles(state), otherClass, oldConfiguration];
  const obstacles = found.filter((one) => one !== null);
  const steps = migrationSteps(state);
  const configuration = oldConfiguration === null ? [] : [convertCommand(namespace, context.program)];
  const manual = manualSteps(state, configuration);
  const isText = output === 'text';
  if (isText) {
    const sections = [
      obstacleLines(obstacles, stdout),
      takeoverLines(takeover.value.takeover, stdout),
      unsupportedLines(features, stdout),
      stepLines(steps, stdout),
    ];
    stdout.print([...joinSections(sections), '']);
  }
  const applied = isConfirmed ? await takeSteps(connection, steps, isText, context) : ok(undefined);
  if (!applied.ok) return applied;
  if (isText) {
    const commands =
      isConfirmed || steps.length === 0 ? manual : [`${context.program} migrate metallb --yes`, ...manual];
    stdout.print([...(isConfirmed ? [''] : []), ...commandsSection('Next, run', commands, stdout)]);
  } else {
    const report = {
      namespace,
      obstacles,
      features,
      takeover: takeover.value.takeover,
      steps,
      isApplied: isConfirmed,
      manual,
    };
    stdout.print(formatOutput(migrationJson(report), output === 'yaml' ? 'yaml' : 'json'));
  }
  if (features.unread.length > 0) return ok(EXIT_CODES.partial);
  return ok(isConfirmed || steps.length === 0 ? EXIT_CODES.success : EXIT_CODES.changes);
}

async function readTakeover(
  connection: ClusterConnection,
  flags: MigrateFlags,
  context: CliContext,
): Promise<
  Result<{ readonly takeover: Takeover; readonly oldConfiguration: MigrationObstacle | null }, string>
> {
  const defaultNamespaces = { services: 'default', pools: flags['pool-namespace'] };
  const reading = new ClusterReading({ ...connection, namespace: flags['pool-namespace'] });
  const state = await new LiveCluster({ reading, defaultNamespaces, mayLackPools: true }).readState();
  if (!state.ok) return state;
  const oldConfiguration = await addOldPools(connection.sender, state.value);
  const endWork = showLongWork(context, state.value.services.size);
  const takeover = planTakeover(
    snapshotOf(state.value, flags),
    allocatorOptions(flags),
    context.clock.wall(),
  );
  endWork();
  return ok({ takeover, oldConfiguration });
}

async function rollBack(
  connection: ClusterConnection,
  { 'pool-namespace': namespace, yes: isConfirmed, output }: MigrateFlags,
  context: CliContext,
): Promise<Result<number, string>> {
  const { stdout } = context;
  const read = await readMetalLB(connection.sender, namespace);
  connection.endProgress();
  if (!read.ok) return read;
  const { state, definitions } = read.value;
  const { steps, waits, refused } = rollbackSteps(state, definitions);
  const isText = output === 'text';
  if (isText)
    stdout.print(
      state.saved === null
        ? [`Nothing to restore: ${nothingSavedText(namespace)}.`]
        : [
            ...joinSections([
              stepLines(steps, stdout),
              refusedLines(refused, savedObjectName(state.saved.savedIn, namespace), stdout),
            ]),
            '',
          ],
    );
  const applied = isConfirmed ? await takeSteps(connection, steps, isText, context) : ok(undefined);
  if (!applied.ok) return applied;
  if (!isText)
    stdout.print(
      formatOutput(
        rollbackJson({ namespace, steps, isApplied: isConfirmed, waits, refused }),
        output === 'yaml' ? 'yaml' : 'json',
      ),
    );
  else if (waits !== null)
    stdout.print([stdout.paint('yellow', 'Not yet'), ...proseLines(waits, stdout, { first: 2 })]);
  const isDone = (isConfirmed || steps.length === 0) && waits === null && refused.length === 0;
  return ok(isDone ? EXIT_CODES.success : EXIT_CODES.changes);
}

function takeSteps(
  { sender }: ClusterConnection,
  steps: readonly MigrationStep[],
  isText: boolean,
  { stdout }: CliContext,
): Promise<Result<void, string>> {
  return applySteps(sender, steps, (step) => {
    if (isText) stdout.print([`done: ${describeStep(step)}`]);
  });
}
