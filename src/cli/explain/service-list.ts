/**
 * Every Service at once: first those without an address, with the reason and the edit, then those that nobody announces, then
 * a table of all that have an address.
 */
import { plural } from '../../base/text.ts';
import type { TextFormat } from '../../observe/terminal.ts';
import { joinSections, proseLines } from '../framework/lines.ts';
import { type TableColumn, tableLines } from '../framework/table.ts';
import { serviceJson } from './json.ts';
import type { ServiceReport } from './service-report.ts';

const SERVICE_COLUMNS: readonly TableColumn[] = [
  { name: 'SERVICE', canShrink: true },
  { name: 'ADDRESS', canShrink: true },
  { name: 'POOL', canShrink: true },
  { name: 'CONDITION', canShrink: true },
  { name: 'ADVERTISED', canShrink: true },
];

export function serviceListLines(
  reports: readonly ServiceReport[],
  { scope, hint }: { readonly scope: string; readonly hint: string | null },
  format: TextFormat,
): readonly string[] {
  if (reports.length === 0)
    return [`There is no Service of type LoadBalancer ${scope}${hint === null ? '.' : `; ${hint}`}`];
  const without = reports.filter(({ current }) => current.addresses.length === 0);
  const others = reports.filter(({ current }) => current.addresses.length > 0);
  const unannounced = others.filter(({ announced }) => announced?.status === 'False');
  const section = (
    matching: readonly ServiceReport[],
    says: string,
    linesOf: (one: ServiceReport) => readonly string[],
  ): readonly string[] => {
    const title = `${matching.length} of ${plural(reports.length, 'Service')} ${matching.length === 1 ? 'has' : 'have'} ${says}`;
    return matching.length === 0 ? [] : [format.paint('yellow', title), ...matching.flatMap(linesOf)];
  };
  return joinSections([
    section(without, 'no address', (one) => problemLines(one, format)),
    section(unannounced, 'an address that is not announced', ({ explanation, announced }) =>
      proseLines(`${explanation.key}: ${announced?.message || announced?.reason}`, format, {
        first: 2,
        rest: 4,
      }),
    ),
    others.length === 0 ? [] : tableLines(columnsFor(others), others.map(rowOf), format),
  ]);
}

/** Without the last column where no Service has that condition. */
const columnsFor = (reports: readonly ServiceReport[]): readonly TableColumn[] =>
  reports.some(({ announced }) => announced !== null) ? SERVICE_COLUMNS : SERVICE_COLUMNS.slice(0, -1);

function problemLines(
  { explanation: { key }, deciding: { because, change } }: ServiceReport,
  format: TextFormat,
): readonly string[] {
  return [
    ...proseLines(`${key}: ${because}`, format, { first: 2, rest: 4 }),
    ...(change === null ? [] : proseLines(`Change ${change}`, format, { first: 4 })),
  ];
}

const rowOf = ({ explanation, current, announced }: ServiceReport): readonly string[] => [
  explanation.key,
  current.addresses.join(' '),
  current.pool ?? '-',
  explanation.condition?.reason ?? (explanation.unmanagedReason === null ? '-' : 'ignored'),
  announced === null ? '-' : `${announced.status} ${announced.reason}`,
];

/** As the documents of single Services, without who announces. */
export const serviceListJson = (reports: readonly ServiceReport[]) => ({
  services: reports.map(serviceJson),
});
