/** `berth calico init`: every object that it takes, with the reason of each choice. */

import { EXIT_CODES } from '../../../base/exit-codes.ts';
import { failUsage } from '../../framework/command.ts';
import type { CliContext } from '../../framework/context.ts';
import { CALICO_COMMAND, type CalicoFlags } from '../command.ts';
import { readSetupOptions } from './options.ts';
import { type ApplyTool, printSetup } from './text.ts';

const APPLY_TOOLS: Readonly<Record<string, ApplyTool>> = {
  '': 'kubectl',
  kubectl: 'kubectl',
  calicoctl: 'calicoctl',
};

export function runCalicoInit(
  flags: CalicoFlags,
  usageErrors: readonly string[],
  context: CliContext,
): number {
  const complaints = [...usageErrors];
  const options = readSetupOptions(flags, complaints);
  const tool = APPLY_TOOLS[flags.for];
  if (tool === undefined)
    complaints.push(`--for ${flags.for} is for calico router; init takes kubectl or calicoctl`);
  if (tool === undefined || complaints.length > 0) return failUsage(CALICO_COMMAND, context, complaints);
  context.stdout.write(printSetup(options, tool, context.program));
  return EXIT_CODES.success;
}
