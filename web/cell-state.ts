/** What a cell of the map is like: its state, the sign that tells it apart without colour, and its words. */
import type { PoolOverview } from '../src/overview/document.ts';
import { densityOf, isInPool, type MapCell, notGrantedIn } from './address-map.ts';
import type { Withheld } from './offered-addresses.ts';
import { count, sizeText } from './text.ts';

export type CellState =
  | ('free' | 'used' | 'shared' | 'avoided' | 'not-granted')
  | `density-${ReturnType<typeof densityOf>}`;

export const CELL_SIGNS: Readonly<Record<CellState, string>> = {
  ...{ free: '', used: '•', shared: '+', avoided: '×', 'not-granted': '–' },
  ...{ 'density-0': '', 'density-1': '▂', 'density-2': '▄', 'density-3': '▆', 'density-4': '█' },
};

type AnyCell = Pick<MapCell, 'isBlock' | 'services' | 'range' | 'used' | 'free' | 'withheld'>;

export function cellState(cell: AnyCell): CellState {
  const { isBlock, services, used, withheld } = cell;
  if (used === 0 && withheld !== null) return withheld === 'avoided' ? 'avoided' : 'not-granted';
  if (isBlock) return `density-${densityOf(cell)}`;
  return used === 0 ? 'free' : services.length > 1 ? 'shared' : 'used';
}

/** After the address, and a colon. */
export function cellText(cell: AnyCell): string {
  const { isBlock, services, used, withheld } = cell;
  if (isBlock) return rangeText([cell]);
  if (used > 0) return services.join(', ');
  if (withheld === null) return 'free';
  return withheld === 'avoided' ? 'avoided (avoidBuggyIPs)' : 'not granted by this pool';
}

/** Why nobody gets the address of a cell: a sentence or two. */
export function withheldText(
  withheld: Withheld,
  { range }: Pick<MapCell, 'range'>,
  pool: Pick<PoolOverview, 'name' | 'state'>,
  pools: readonly Pick<PoolOverview, 'name' | 'addresses'>[],
): string {
  if (withheld === 'avoided') return `It ends in .0 or .255, which pool ${pool.name} avoids (avoidBuggyIPs).`;
  if (pool.state === 'invalid') return `Pool ${pool.name} is invalid, and does not grant it.`;
  const others = pools
    .filter((other) => other.name !== pool.name && isInPool(range, other))
    .map(({ name }) => name);
  return others.length === 1
    ? `Pool ${others[0]} is older and lists it as well, so that pool grants it.`
    : `Several pools list it, and the oldest grants it: ${others.join(', ')}.`;
}

/** `3 in use, 251 free, 2 not granted`. */
const numbersText = (used: number, free: bigint, notGranted: bigint): string =>
  [
    `${count(used)} in use`,
    `${sizeText(free)} free`,
    ...(notGranted > 0n ? [`${sizeText(notGranted)} not granted`] : []),
  ].join(', ');

const LEGEND: readonly (readonly [CellState, string])[] = [
  ['free', 'free'],
  ['used', 'in use'],
  ['shared', 'shared by several Services'],
  ['avoided', 'avoided (avoidBuggyIPs)'],
  ['not-granted', 'not granted by this pool'],
  ['density-0', 'block, nothing in use'],
  ['density-1', 'block, less than a third in use'],
  ['density-2', 'a third or more'],
  ['density-3', 'two thirds or more'],
  ['density-4', 'all of it'],
];

export type LegendEntry = { readonly state: CellState; readonly says: string };

/** Of the states that occur; those of single addresses with their number. */
export function legendOf(cells: readonly AnyCell[]): readonly LegendEntry[] {
  const addresses = new Map<CellState, number>();
  for (const cell of cells) {
    const state = cellState(cell);
    addresses.set(state, (addresses.get(state) ?? 0) + (cell.isBlock ? 0 : 1));
  }
  return LEGEND.flatMap(([state, says]) => {
    const number = addresses.get(state);
    if (number === undefined) return [];
    return [{ state, says: number === 0 ? says : `${says}: ${count(number)}` }];
  });
}

/** Of a range, by its cells. */
export function rangeText(cells: readonly Pick<MapCell, 'range' | 'used' | 'free'>[]): string {
  const used = cells.reduce((sum, cell) => sum + cell.used, 0);
  const free = cells.reduce((sum, cell) => sum + cell.free, 0n);
  const notGranted = cells.reduce((sum, cell) => sum + notGrantedIn(cell), 0n);
  return numbersText(used, free, notGranted);
}

/** `1 address`, `2^64 addresses`. */
export const addressesText = (size: bigint): string =>
  size === 1n ? '1 address' : `${sizeText(size)} addresses`;
