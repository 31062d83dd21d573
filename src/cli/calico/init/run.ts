/** `berth calico init`: the objects that make Calico advertise the addresses of Services. */
import { EXIT_CODES } from '../../../base/exit-codes.ts';
import { failUsage, readCommandLine, surplusOperands } from '../../framework/command.ts';
import type { CliContext } from '../../framework/context.ts';
import { INIT_COMMAND } from './command.ts';
import { readSetupOptions } from './options.ts';
import { meshOffWarning, setupText } from './text.ts';

export async function runCalicoInit(args: readonly string[], context: CliContext): Promise<number> {
  const line = readCommandLine(INIT_COMMAND, args, context);
  if (line.kind === 'end') return line.code;
  const errors = [...surplusOperands(line.positionals, 0)];
  const options = readSetupOptions(line.flags, errors);
  if (errors.length > 0) return failUsage(INIT_COMMAND, context, errors);
  const tool = line.flags.for === 'calicoctl' ? 'calicoctl' : 'kubectl';
  if (!options.isMeshOn)
    context.stderr.print([`${context.program} calico init: ${meshOffWarning(context.program)}`]);
  context.stdout.print(setupText(options, tool, context.program).trimEnd().split('\n'));
  return EXIT_CODES.success;
}
