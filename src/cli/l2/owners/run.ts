/** `berth l2 owners`: which node answers for each address. */
import { EXIT_CODES } from '../../../base/exit-codes.ts';
import type { TextFormat } from '../../../observe/terminal.ts';
import { failCommand, failUsage, readCommandLine, surplusOperands } from '../../framework/command.ts';
import type { CliContext } from '../../framework/context.ts';
import { proseLines } from '../../framework/lines.ts';
import { formatOutput } from '../../framework/output.ts';
import { type TableCell, tableLines } from '../../framework/table.ts';
import type { Layer2QueryFlags } from '../cluster/flags.ts';
import { type OwnerRow, ownerRows, type PartialLayer2, partialOwnerRows } from '../cluster/owner-rows.ts';
import { type Layer2View, readLayer2 } from '../cluster/read-layer2.ts';
import { OWNERS_COMMAND } from './command.ts';

export async function runL2Owners(args: readonly string[], context: CliContext): Promise<number> {
  const line = readCommandLine(OWNERS_COMMAND, args, context);
  if (line.kind === 'end') return line.code;
  const errors = surplusOperands(line.positionals, 0);
  if (errors.length > 0) return failUsage(OWNERS_COMMAND, context, errors);
  const view = await readLayer2(context, line.flags);
  if (!view.ok) return failPartly(view.error, line.flags, context);
  const { state, records, hints } = view.value;
  const owners = ownerRows(state, records);
  printOwners({ standsBy: standsBySome(state), owners }, line.flags, context);
  context.stderr.print(hints.map((hint) => `${context.program} l2 owners: ${hint}`));
  return owners.every(({ elected, fix }) => elected !== null && fix === null)
    ? EXIT_CODES.success
    : EXIT_CODES.changes;
}

/** Prints what is known, and what could not be read. */
function failPartly(
  known: PartialLayer2,
  flags: Pick<Layer2QueryFlags, 'output'>,
  context: CliContext,
): number {
  const code = failCommand(OWNERS_COMMAND, context, known.problems);
  if (known.records === null && known.state === null) return code;
  printOwners({ standsBy: null, owners: partialOwnerRows(known) }, flags, context);
  return EXIT_CODES.partial;
}

type Owners = {
  /** Null where that is not known. */
  readonly standsBy: boolean | null;
  readonly owners: readonly OwnerRow[];
};

function printOwners(
  { standsBy, owners }: Owners,
  { output }: Pick<Layer2QueryFlags, 'output'>,
  { stdout }: CliContext,
): void {
  if (output === 'json' || output === 'yaml') stdout.print(formatOutput({ standsBy, owners }, output));
  else
    stdout.print([
      ...(standsBy === true ? proseLines(STANDS_BY, stdout) : []),
      ...ownersLines(owners, standsBy !== null, stdout),
    ]);
}

export const STANDS_BY =
  "Speakers of MetalLB run in the namespace, and elect apart. Berth's stand by for the addresses that these may answer for.";

/** Whether MetalLB answers for any address. */
export const standsBySome = ({ elections }: Pick<Layer2View['state'], 'elections'>): boolean =>
  elections.some(({ metallb }) => metallb !== null);

function ownersLines(rows: readonly OwnerRow[], isWhole: boolean, format: TextFormat): readonly string[] {
  if (rows.length === 0)
    return proseLines(
      isWhole
        ? 'No Service has an address of a pool that an L2Advertisement covers.'
        : 'What could be read shows no owner of an address.',
      format,
    );
  const cells = rows.map((row): readonly TableCell[] => [
    row.service,
    row.addresses.join(', ') || '-',
    row.node === null ? { text: '-', style: 'red' } : row.node,
    row.node === null ? '-' : row.interfaces.join(', ') || 'all',
    row.elected !== null && row.node !== row.elected ? `moves to ${row.elected}: ${row.says}` : row.says,
  ]);
  return tableLines(
    [
      { name: 'SERVICE' },
      { name: 'ADDRESSES' },
      { name: 'NODE' },
      { name: 'INTERFACES' },
      { name: 'WHY', canShrink: true },
    ],
    cells,
    format,
  );
}
