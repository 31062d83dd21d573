/** `berth calico init`: every object that it takes, with the reason of each choice. */
import { misused } from '../../command.ts';
import type { CliContext } from '../../context.ts';
import { EXIT } from '../../exit.ts';
import { CALICO_COMMAND, type CalicoFlags } from '../command.ts';
import { type Applier, printSetup } from './print.ts';
import { readWish } from './wish.ts';

const APPLIERS: Readonly<Record<string, Applier>> = {
  '': 'kubectl',
  kubectl: 'kubectl',
  calicoctl: 'calicoctl',
};

export function initMain(flags: CalicoFlags, strange: readonly string[], context: CliContext): number {
  const complaints = [...strange];
  const wish = readWish(flags, complaints);
  const by = APPLIERS[flags.for];
  if (by === undefined)
    complaints.push(`--for ${flags.for} is for calico router; init takes kubectl or calicoctl`);
  if (by === undefined || complaints.length > 0) return misused(CALICO_COMMAND, context, complaints);
  context.stdout.write(printSetup(wish, by, context.program));
  return EXIT.fine;
}
