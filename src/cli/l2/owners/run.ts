/** `berth l2 owners`: which node answers for each address. */
import { EXIT_CODES } from '../../../base/exit-codes.ts';
import { compareText } from '../../../base/text.ts';
import type { Layer2ServiceRefusal } from '../../../layer2/election/refusal.ts';
import { explainLayer2 } from '../../../layer2/report/explanation.ts';
import { formatAddress } from '../../../net/address.ts';
import type { TextFormat } from '../../../observe/terminal.ts';
import { failCommand, failUsage, readCommandLine, surplusOperands } from '../../framework/command.ts';
import type { CliContext } from '../../framework/context.ts';
import { proseLines } from '../../framework/lines.ts';
import { formatOutput } from '../../framework/output.ts';
import { type TableCell, tableLines } from '../../framework/table.ts';
import { type Layer2View, readLayer2 } from '../cluster/read-layer2.ts';
import { OWNERS_COMMAND } from './command.ts';

type OwnerRow = {
  readonly service: string;
  readonly addresses: readonly string[];
  /** As ServiceL2Status says; null where none does. */
  readonly node: string | null;
  /** Empty for all. */
  readonly interfaces: readonly string[];
  /** The node that the speakers elect now; null for none. */
  readonly elected: string | null;
  readonly says: string;
  readonly fix: string | null;
};

/** Services with these are no concern of layer 2. */
const UNCONCERNED: ReadonlySet<Layer2ServiceRefusal['code']> = new Set([
  ...(['notLoadBalancer', 'otherClass', 'noIPAllocated', 'invalidIP', 'ipNotAllowed'] as const),
  'noAdvertisement',
]);

export async function runL2Owners(args: readonly string[], context: CliContext): Promise<number> {
  const line = readCommandLine(OWNERS_COMMAND, args, context);
  if (line.kind === 'end') return line.code;
  const errors = surplusOperands(line.positionals, 0);
  if (errors.length > 0) return failUsage(OWNERS_COMMAND, context, errors);
  const view = await readLayer2(context, line.flags);
  if (!view.ok) return failCommand(OWNERS_COMMAND, context, view.error);
  const owners = ownerRows(view.value);
  const { output } = line.flags;
  const standsBy = standsBySome(view.value.state);
  context.stdout.print(
    output === 'json' || output === 'yaml'
      ? formatOutput({ standsBy, owners }, output)
      : [...(standsBy ? proseLines(STANDS_BY, context.stdout) : []), ...ownersLines(owners, context.stdout)],
  );
  context.stderr.print(view.value.hints.map((hint) => `${context.program} l2 owners: ${hint}`));
  return owners.every(({ elected, fix }) => elected !== null && fix === null)
    ? EXIT_CODES.success
    : EXIT_CODES.changes;
}

export const STANDS_BY =
  "Speakers of MetalLB run in the namespace, and elect apart. Berth's stand by for the addresses that these may answer for.";

/** Whether MetalLB answers for any address. */
export const standsBySome = ({ elections }: Pick<Layer2View['state'], 'elections'>): boolean =>
  elections.some(({ metallb }) => metallb !== null);

export function ownerRows({ state, records }: Pick<Layer2View, 'state' | 'records'>): readonly OwnerRow[] {
  const keys = [
    ...state.elections.flatMap(({ group }) => group.map(({ service }) => service.key)),
    ...[...state.refusals].flatMap(([key, { code }]) => (UNCONCERNED.has(code) ? [] : [key])),
  ].sort(compareText);
  return keys.flatMap((service) => {
    const explained = explainLayer2(state, service);
    if (explained === null) return [];
    const record = records.find((one) => one.service === service);
    const wanted = state.elections.flatMap(({ group }) => group).find((one) => one.service.key === service);
    return {
      service,
      addresses: wanted?.addresses.map(formatAddress) ?? [],
      node: record?.node ?? null,
      interfaces: record?.interfaces ?? [],
      elected: explained.node,
      says: explained.says,
      fix: explained.fix,
    };
  });
}

function ownersLines(rows: readonly OwnerRow[], format: TextFormat): readonly string[] {
  if (rows.length === 0)
    return proseLines('No Service has an address of a pool that an L2Advertisement covers.', format);
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
