/** `berth bgp model`: what speakers would advertise, predicted for the cluster of a file. */

import { ROUTERS_AS_PEERS } from '../../../announce/simulator/router.ts';
import type { Raw } from '../../../base/json.ts';
import { legacyConfigOfCase } from '../../cluster/old-configmap.ts';
import { findMisspelled } from '../../cluster/suggestions.ts';
import { readCommandLine } from '../../framework/command.ts';
import type { CliContext } from '../../framework/context.ts';
import { runPrediction } from '../../framework/json-file.ts';
import { MODEL_COMMAND } from './command.ts';

const CASE_FIELDS = ['objects', 'routers', 'speakers', 'args', 'steps'];

export async function runBgpModel(args: readonly string[], context: CliContext): Promise<number> {
  const line = readCommandLine(MODEL_COMMAND, args, context);
  if (line.kind === 'end') return line.code;
  const predict = async (input: Raw): Promise<unknown> => {
    const { simulateCase } = await import('../../../announce/simulator/case-file.ts');
    return simulateCase(input, await legacyConfigOfCase(input));
  };
  return runPrediction(
    MODEL_COMMAND,
    {
      ...{ path: line.flags.file, operands: line.positionals, fields: CASE_FIELDS },
      ...{ ofManifests: { routers: ROUTERS_AS_PEERS }, findMisspelled },
    },
    predict,
    context,
  );
}
