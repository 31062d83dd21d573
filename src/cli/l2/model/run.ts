/** `berth l2 model`: who would answer for each address, predicted for the cluster of a file. */
import type { Raw } from '../../../base/json.ts';
import { legacyConfigOfCase } from '../../cluster/old-configmap.ts';
import { findMisspelled } from '../../cluster/suggestions.ts';
import { readCommandLine } from '../../framework/command.ts';
import type { CliContext } from '../../framework/context.ts';
import { runPrediction } from '../../framework/json-file.ts';
import { L2_MODEL_COMMAND } from './command.ts';

const CASE_FIELDS = ['objects', 'speakers', 'args', 'links', 'exclude', 'steps'];

export async function runL2Model(args: readonly string[], context: CliContext): Promise<number> {
  const line = readCommandLine(L2_MODEL_COMMAND, args, context);
  if (line.kind === 'end') return line.code;
  const predict = async (input: Raw): Promise<unknown> => {
    const { simulateLayer2Case } = await import('../../../layer2/simulator/case-file.ts');
    return simulateLayer2Case(input, await legacyConfigOfCase(input));
  };
  return runPrediction(
    L2_MODEL_COMMAND,
    { path: line.flags.file, operands: line.positionals, fields: CASE_FIELDS, findMisspelled },
    predict,
    context,
  );
}
