/** `berth calico router`: what the other end of the sessions has to be told. */

import { EXIT_CODES } from '../../../base/exit-codes.ts';
import { failUsage } from '../../framework/command.ts';
import type { CliContext } from '../../framework/context.ts';
import { CALICO_COMMAND, type CalicoFlags } from '../command.ts';
import { readSetupOptions } from '../init/options.ts';
import { printBird } from './bird.ts';
import { printFrr } from './frr.ts';
import { type RouterOptions, readRouterOptions } from './options.ts';

const CONFIG_PRINTERS: Readonly<Record<string, (side: RouterOptions) => string>> = {
  frr: printFrr,
  bird: printBird,
};

export function runCalicoRouter(
  flags: CalicoFlags,
  usageErrors: readonly string[],
  context: CliContext,
): number {
  const complaints = [...usageErrors];
  const router = readRouterOptions(flags, readSetupOptions(flags, complaints), complaints);
  const print = CONFIG_PRINTERS[flags.for];
  if (print === undefined)
    complaints.push(
      flags.for === ''
        ? 'what runs on the router? Say --for frr or --for bird'
        : `--for ${flags.for} is for calico init; router takes frr or bird`,
    );
  if (print === undefined || complaints.length > 0) return failUsage(CALICO_COMMAND, context, complaints);
  context.stdout.write(print(router));
  return EXIT_CODES.success;
}
