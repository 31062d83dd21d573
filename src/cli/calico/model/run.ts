/** `berth calico model`: what Calico would advertise, predicted for the cluster of a file. */
import type { Raw } from '../../../base/json.ts';
import { findMisspelled } from '../../cluster/suggestions.ts';
import { readCommandLine } from '../../framework/command.ts';
import type { CliContext } from '../../framework/context.ts';
import { runPrediction } from '../../framework/json-file.ts';
import { CALICO_MODEL_COMMAND } from './command.ts';

const CASE_FIELDS = ['objects', 'routers', 'off', 'calicoVersion', 'confdEnv', 'bird', 'then'];

export async function runCalicoModel(args: readonly string[], context: CliContext): Promise<number> {
  const line = readCommandLine(CALICO_MODEL_COMMAND, args, context);
  if (line.kind === 'end') return line.code;
  const predict = async (input: Raw): Promise<unknown> => {
    const [{ predictCalicoCase }, { hashedRouterId }] = await Promise.all([
      import('../../../calico/cases/case-file.ts'),
      import('../../../kube/node-router-id.ts'),
    ]);
    return predictCalicoCase(input, hashedRouterId);
  };
  return runPrediction(
    CALICO_MODEL_COMMAND,
    { path: line.flags.file, operands: line.positionals, fields: CASE_FIELDS, findMisspelled },
    predict,
    context,
  );
}
