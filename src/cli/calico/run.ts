/** `berth calico`: runs the subcommand, which is imported only then. */
import type { CliContext } from '../framework/context.ts';
import { runGroup } from '../framework/group.ts';
import { CALICO_GROUP } from './command.ts';

export const runCalico = (args: readonly string[], context: CliContext): Promise<number> =>
  runGroup(
    CALICO_GROUP,
    {
      init: async () => (await import('./init/run.ts')).runCalicoInit,
      router: async () => (await import('./router/run.ts')).runCalicoRouter,
      model: async () => (await import('./model/run.ts')).runCalicoModel,
    },
    args,
    context,
  );
