/** `berth version`. */
import { EXIT_CODES } from '../../base/exit-codes.ts';
import { failUsage, readCommandLine } from '../framework/command.ts';
import type { CliContext } from '../framework/context.ts';
import { VERSION_COMMAND } from './command.ts';

export async function runVersion(args: readonly string[], context: CliContext): Promise<number> {
  const line = readCommandLine(VERSION_COMMAND, args, context);
  if (line.kind === 'end') return line.code;
  if (line.positionals.length > 0)
    return failUsage(VERSION_COMMAND, context, [`unexpected ${JSON.stringify(line.positionals[0])}`]);
  const { output } = line.flags;
  if (output === 'json' || output === 'yaml') {
    const { formatOutput } = await import('../framework/output.ts');
    const { node } = process.versions;
    const platform = `${process.platform}/${process.arch}`;
    context.stdout.print(formatOutput({ version: context.version, node, platform }, output));
  } else context.stdout.print([context.version]);
  return EXIT_CODES.success;
}
