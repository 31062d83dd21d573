/** `berth l2`: runs the subcommand, which is imported only then. */
import type { CliContext } from '../framework/context.ts';
import { runGroup } from '../framework/group.ts';
import { L2_GROUP } from './command.ts';

export const runL2 = (args: readonly string[], context: CliContext): Promise<number> =>
  runGroup(
    L2_GROUP,
    {
      owners: async () => (await import('./owners/run.ts')).runL2Owners,
      why: async () => (await import('./why/run.ts')).runL2Why,
      rebalance: async () => (await import('./rebalance/run.ts')).runL2Rebalance,
      model: async () => (await import('./model/run.ts')).runL2Model,
    },
    args,
    context,
  );
