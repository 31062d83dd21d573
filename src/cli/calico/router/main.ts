/** `berth calico router`: what the other end of the sessions has to be told. */
import { misused } from '../../command.ts';
import type { CliContext } from '../../context.ts';
import { EXIT } from '../../exit.ts';
import { CALICO_COMMAND, type CalicoFlags } from '../command.ts';
import { readWish } from '../init/wish.ts';
import { printBird } from './bird.ts';
import { printFrr } from './frr.ts';
import { readSide, type Side } from './side.ts';

const PRINTERS: Readonly<Record<string, (side: Side) => string>> = { frr: printFrr, bird: printBird };

export function routerMain(flags: CalicoFlags, strange: readonly string[], context: CliContext): number {
  const complaints = [...strange];
  const side = readSide(flags, readWish(flags, complaints), complaints);
  const print = PRINTERS[flags.for];
  if (print === undefined)
    complaints.push(
      flags.for === ''
        ? 'what runs on the router? Say --for frr or --for bird'
        : `--for ${flags.for} is for calico init; router takes frr or bird`,
    );
  if (print === undefined || complaints.length > 0) return misused(CALICO_COMMAND, context, complaints);
  context.stdout.write(print(side));
  return EXIT.fine;
}
