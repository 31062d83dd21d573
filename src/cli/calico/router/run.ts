/** `berth calico router`: configuration of the router at the other end of the sessions. */
import { EXIT_CODES } from '../../../base/exit-codes.ts';
import { failUsage, readCommandLine, surplusOperands } from '../../framework/command.ts';
import type { CliContext } from '../../framework/context.ts';
import { readSetupOptions } from '../init/options.ts';
import { birdConfig } from './bird.ts';
import { ROUTER_COMMAND } from './command.ts';
import { frrConfig } from './frr.ts';
import { readRouterOptions } from './options.ts';

export async function runCalicoRouter(args: readonly string[], context: CliContext): Promise<number> {
  const line = readCommandLine(ROUTER_COMMAND, args, context);
  if (line.kind === 'end') return line.code;
  const { flags } = line;
  const errors = [...surplusOperands(line.positionals, 0)];
  const router = readRouterOptions(flags, readSetupOptions(flags, errors), errors);
  if (flags.for === '') errors.push('--for is missing: the software of the router, frr or bird');
  if (errors.length > 0) return failUsage(ROUTER_COMMAND, context, errors);
  const config = flags.for === 'bird' ? birdConfig(router) : frrConfig(router);
  context.stdout.print(config.trimEnd().split('\n'));
  return EXIT_CODES.success;
}
