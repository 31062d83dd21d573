/** `berth l2 rebalance`: shows how the addresses can be spread evenly over the nodes, and has the speakers do so. */

import { EXIT_CODES } from '../../../base/exit-codes.ts';
import type { Flags } from '../../../base/flags.ts';
import { err, ok, type Result } from '../../../base/result.ts';
import { joinCauses } from '../../../base/shared-causes.ts';
import { planRebalance, type RebalancePlan } from '../../../layer2/election/rebalance-plan.ts';
import type { WatchedRecord } from '../../../layer2/objects/watched-objects.ts';
import type { TextFormat } from '../../../observe/terminal.ts';
import { ClusterReading } from '../../cluster/cluster-reading.ts';
import { withConnection } from '../../cluster/connection.ts';
import { failCommand, failUsage, readCommandLine, surplusOperands } from '../../framework/command.ts';
import type { CliContext } from '../../framework/context.ts';
import { formatOutput } from '../../framework/output.ts';
import { tableLines } from '../../framework/table.ts';
import { type Layer2View, readLayer2, readLiveLayer2 } from '../cluster/read-layer2.ts';
import { STANDS_BY, standsBySome } from '../owners/run.ts';
import { carryOut, type RecordMove } from './carry-out.ts';
import { REBALANCE_COMMAND } from './command.ts';

type RebalanceFlags = Flags<typeof REBALANCE_COMMAND.flags>;

type Plan = RebalancePlan<WatchedRecord>;

export async function runL2Rebalance(args: readonly string[], context: CliContext): Promise<number> {
  const line = readCommandLine(REBALANCE_COMMAND, args, context);
  if (line.kind === 'end') return line.code;
  const { flags } = line;
  const errors = [
    ...surplusOperands(line.positionals, 0),
    ...(flags.yes && flags.file.length > 0 ? ['--yes changes a cluster, and -f names files: use one'] : []),
  ];
  if (errors.length > 0) return failUsage(REBALANCE_COMMAND, context, errors);
  if (flags.yes) return rebalance(flags, context);
  const view = await readLayer2(context, flags);
  if (!view.ok) return failCommand(REBALANCE_COMMAND, context, view.error.problems);
  const plan = planOf(view.value);
  if (!plan.ok) return failCommand(REBALANCE_COMMAND, context, [plan.error]);
  printPlan(plan.value, flags, context);
  return plan.value.moves.length === 0 ? EXIT_CODES.success : EXIT_CODES.changes;
}

/** The error is a sentence. */
function planOf({
  state,
  records,
  presence,
}: Pick<Layer2View, 'state' | 'records' | 'presence'>): Result<Plan, string> {
  const { alive, returned } = presence;
  if (standsBySome(state)) return err(STANDS_BY);
  return ok(planRebalance({ elections: state.elections, records, alive, returned }));
}

async function rebalance(flags: RebalanceFlags, context: CliContext): Promise<number> {
  const { stdout, clock } = context;
  const isText = flags.output === 'text';
  const done = await withConnection(context, flags, async (connection) => {
    const { sender, endProgress } = connection;
    const reading = new ClusterReading({ ...connection, namespace: flags['speaker-namespace'] });
    const read = await readLiveLayer2(reading, flags);
    endProgress();
    if (!read.ok) return err(joinCauses(read.error.problems).join('; '));
    const planned = planOf(read.value);
    if (!planned.ok) return planned;
    const plan = planned.value;
    if (isText) stdout.print(planLines(plan, stdout));
    const moved: RecordMove[] = [];
    const carried = await carryOut(plan.moves, {
      ...{ sender, clock, namespace: flags['speaker-namespace'], perMinute: flags['per-minute'] },
      onMoved: (move) => {
        moved.push(move);
        if (isText) stdout.print([`${moved.length} of ${plan.moves.length}: ${moveText(move)}`]);
      },
    });
    if (flags.output !== 'text')
      stdout.print(
        formatOutput({ ...planJson(plan), moved: moved.length }, flags.output === 'yaml' ? 'yaml' : 'json'),
      );
    return carried;
  });
  return done.ok ? EXIT_CODES.success : failCommand(REBALANCE_COMMAND, context, [done.error]);
}

function printPlan(plan: Plan, { output }: RebalanceFlags, { stdout, program }: CliContext): void {
  if (output === 'json' || output === 'yaml') stdout.print(formatOutput(planJson(plan), output));
  else {
    stdout.print(planLines(plan, stdout));
    if (plan.moves.length > 0) stdout.print(['', `Next, run: ${program} l2 rebalance --yes`]);
  }
}

const planJson = ({ nodes, moves }: Plan) => ({
  nodes,
  moves: moves.map(({ records, addresses, from, to }) => ({
    services: records.map(({ service }) => service),
    ...{ addresses, from, to },
  })),
});

function planLines({ nodes, moves }: Plan, format: TextFormat): readonly string[] {
  if (nodes.length === 0) return ['No node answers for an address by layer 2.'];
  const loads = tableLines(
    [{ name: 'NODE' }, { name: 'ADDRESSES', alignRight: true }, { name: 'AFTER', alignRight: true }],
    nodes.map(({ node, before, after }) => [node, String(before), String(after)]),
    format,
  );
  if (moves.length === 0)
    return [...loads, '', 'Nothing to move: the addresses are spread as evenly as they can be.'];
  const table = tableLines(
    [{ name: 'ADDRESSES' }, { name: 'SERVICES', canShrink: true }, { name: 'FROM' }, { name: 'TO' }],
    moves.map(({ records, addresses, from, to }) => [
      addresses.join(', '),
      records.map(({ service }) => service).join(', '),
      ...[from, to],
    ]),
    format,
  );
  return [...loads, '', ...table, ''];
}

const moveText = ({ addresses, from, to }: RecordMove): string =>
  `${addresses.join(', ')} moved from ${from} to ${to}`;
