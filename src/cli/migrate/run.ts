/** `berth migrate metallb`: what stands between MetalLB and Berth, there and back. */

import { EXIT_CODES } from '../../base/exit-codes.ts';
import { ok, type Result } from '../../base/result.ts';
import { type ClusterConnection, withConnection } from '../cluster/connection.ts';
import { LiveCluster } from '../cluster/live-cluster.ts';
import { allocatorOptions, snapshotOf } from '../cluster/snapshot.ts';
import { colorizerFor } from '../framework/color.ts';
import { failCommand, failUsage, readCommandLine } from '../framework/command.ts';
import type { CliContext } from '../framework/context.ts';
import { formatOutput } from '../framework/output.ts';
import { showLongWork, showProgress } from '../framework/progress.ts';
import { applySteps, readMetalLB } from './apply-steps.ts';
import { MIGRATE_COMMAND } from './command.ts';
import { findObstacles, manualSteps, migrationSteps } from './migration.ts';
import { nothingSavedText, rollbackSteps } from './rollback.ts';
import type { MigrationStep } from './step.ts';
import { planTakeover, type Takeover } from './takeover.ts';
import { describeStep, indented, printCommands, printObstacles, printSteps, printTakeover } from './text.ts';

type MigrationRun = {
  readonly context: CliContext;
  readonly namespace: string;
  readonly isConfirmed: boolean;
  readonly output: string;
  readonly readTakeover: (connection: ClusterConnection) => Promise<Result<Takeover, string>>;
};

export async function runMigrate(args: readonly string[], context: CliContext): Promise<number> {
  const line = readCommandLine(MIGRATE_COMMAND, args, context);
  if (line.kind === 'end') return line.code;
  if (line.positionals.length !== 1 || line.positionals[0] !== 'metallb')
    return failUsage(MIGRATE_COMMAND, context, ['say what to migrate from: migrate metallb']);
  const { flags } = line;
  const namespace = flags['pool-namespace'];
  let progress = 'looking at what is left of MetalLB';
  const stopProgress = showProgress(context, () => progress);
  const readTakeover = async ({
    sender,
    description,
  }: ClusterConnection): Promise<Result<Takeover, string>> => {
    const defaultNamespaces = { services: 'default', pools: namespace };
    const setProgress = (text: string): void => {
      progress = text;
    };
    const source = new LiveCluster({ sender, description, defaultNamespaces, progress: setProgress });
    const state = await source.readState();
    if (!state.ok) return state;
    const endWork = showLongWork(context, state.value.services.size);
    const result = planTakeover(snapshotOf(state.value), allocatorOptions(flags), context.clock.wall());
    endWork();
    return ok(result);
  };
  const migration: MigrationRun = {
    context,
    namespace,
    isConfirmed: flags.yes,
    output: flags.output,
    readTakeover,
  };
  try {
    const code = await withConnection(context, flags, (connection) =>
      flags.back
        ? rollBack(migration, connection, stopProgress)
        : migrate(migration, connection, stopProgress),
    );
    return code.ok ? code.value : failCommand(MIGRATE_COMMAND, context, [code.error]);
  } finally {
    stopProgress();
  }
}

async function migrate(
  migration: MigrationRun,
  connection: ClusterConnection,
  stopProgress: () => void,
): Promise<Result<number, string>> {
  const { context, namespace, isConfirmed, output } = migration;
  const { sender } = connection;
  const [read, services] = await Promise.all([
    readMetalLB(sender, namespace),
    migration.readTakeover(connection),
  ]);
  stopProgress();
  if (!read.ok) return read;
  if (!services.ok) return services;
  const { state } = read.value;
  const obstacles = findObstacles(state);
  const steps = migrationSteps(state);
  const manual = manualSteps(state);
  const paint = colorizerFor(context.stdout, context.environment);
  const isText = output === 'text';
  if (isText) {
    context.stdout.write(
      [
        printObstacles(obstacles, paint),
        printTakeover(services.value, paint),
        printSteps(steps, paint),
        '',
      ].join('\n'),
    );
  }
  const applied = isConfirmed
    ? await applySteps(sender, steps, (step) => isText && printDone(context, step))
    : ok(undefined);
  if (!applied.ok) return applied;
  const commands = isConfirmed || steps.length === 0 ? manual : ['berth migrate metallb --yes', ...manual];
  if (isText)
    context.stdout.write(
      `${isConfirmed ? '\n' : ''}${printCommands('Then, for you to do', commands, paint)}`,
    );
  else
    writeOutput(migration, {
      namespace,
      obstacles: obstacles,
      services: services.value,
      steps: steps.map(({ object, does }) => ({ object, does, done: isConfirmed })),
      left: manual,
    });
  return ok(isConfirmed || steps.length === 0 ? EXIT_CODES.success : EXIT_CODES.changes);
}

async function rollBack(
  migration: MigrationRun,
  { sender }: ClusterConnection,
  stopProgress: () => void,
): Promise<Result<number, string>> {
  const { context, namespace, isConfirmed, output } = migration;
  const read = await readMetalLB(sender, namespace);
  stopProgress();
  if (!read.ok) return read;
  const { state, definitions } = read.value;
  const { steps, waits } = rollbackSteps(state, definitions);
  const isText = output === 'text';
  const paint = colorizerFor(context.stdout, context.environment);
  if (isText) {
    if (state.saved === null) context.stdout.write(`Nothing to put back: ${nothingSavedText(namespace)}.\n`);
    else context.stdout.write(`${printSteps(steps, paint)}\n`);
  }
  const applied = isConfirmed
    ? await applySteps(sender, steps, (step) => isText && printDone(context, step))
    : ok(undefined);
  if (!applied.ok) return applied;
  if (isText && waits !== null) context.stdout.write(`${paint('yellow', 'Not yet')}\n${indented(waits, 2)}`);
  if (!isText)
    writeOutput(migration, {
      namespace,
      steps: steps.map(({ object, does }) => ({ object, does, done: isConfirmed })),
      waits,
    });
  return ok((isConfirmed || steps.length === 0) && waits === null ? EXIT_CODES.success : EXIT_CODES.changes);
}

function printDone({ stdout }: CliContext, step: MigrationStep): void {
  stdout.write(`done: ${describeStep(step)}\n`);
}

function writeOutput({ context, output }: MigrationRun, value: unknown): void {
  context.stdout.write(formatOutput(value, output === 'yaml' ? 'yaml' : 'json'));
}
