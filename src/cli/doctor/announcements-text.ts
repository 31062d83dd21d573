/** What the speakers announce, for people: a line for each address. */
import { abbreviateNames, plural } from '../../base/text.ts';
import { eachRoute } from '../../delivery/bgp/delivery-routes.ts';
import type { AnnouncementSnapshot } from '../../delivery/findings/snapshot.ts';
import type { TextFormat } from '../../observe/terminal.ts';
import { type TableColumn, tableLines } from '../framework/table.ts';

/** Addresses that are listed one by one; all of them are in -o json. */
const ADDRESSES_MAX = 40;

const COLUMNS: readonly TableColumn[] = [
  { name: 'ADDRESS' },
  { name: 'SERVICE', canShrink: true },
  { name: 'BY BGP TO' },
  { name: 'FROM' },
  { name: 'BY LAYER 2' },
];

export function announcementTable(
  { announced: { deliveries } }: AnnouncementSnapshot,
  program: string,
  format: TextFormat,
): readonly string[] {
  if (deliveries.length === 0) return [];
  const shown = deliveries.slice(0, ADDRESSES_MAX);
  const more = deliveries.length - shown.length;
  const rows = shown.map(({ address, service, routes, owner }) => [
    address,
    service,
    namesOf(routes.flatMap(({ via }) => via.map(({ peer }) => peer))),
    namesOf(eachRoute(routes).map(({ node }) => node)),
    owner ?? '-',
  ]);
  return [
    format.paint('bold', 'Announced by the speakers'),
    ...tableLines(COLUMNS, rows, format, 2),
    ...(more > 0
      ? [`  and ${plural(more, 'more address', 'more addresses')}: ${program} doctor -o yaml lists them`]
      : []),
  ];
}

const namesOf = (names: readonly string[]): string => abbreviateNames([...new Set(names)]) || '-';
