/**
 * Places for the boxes of a network, in three columns: routers, nodes, destinations. Inside of a column, a box stands at the mean
 * height of those that it is linked with, so that few lines cross (the barycenter method of layered drawing).
 */
import type { Box, BoxKind } from './boxes.ts';
import type { NetworkGraph } from './graph.ts';

export type PlacedBox = Box & {
  /** The upper edge in pixels. */
  readonly y: number;
};

export type Placement = {
  /** In pixels. */
  readonly height: number;
  /** From the top to the bottom. */
  readonly columns: Readonly<Record<BoxKind, readonly PlacedBox[]>>;
};

/** Pixels. */
export const BOX_HEIGHT = 48;
const ROW = 60;
const SWEEPS = 4;

export function placeBoxes({ boxes, sessions, routes }: NetworkGraph): Placement {
  const links: readonly (readonly [string, string])[] = [
    ...sessions.map(({ router, node }) => [router, node] as const),
    ...routes.map(({ node, destination }) => [node, destination] as const),
  ];
  const neighbours = new Map<string, string[]>();
  for (const [from, to] of links) {
    neighbours.set(from, [...(neighbours.get(from) ?? []), to]);
    neighbours.set(to, [...(neighbours.get(to) ?? []), from]);
  }
  const columns: Record<BoxKind, readonly Box[]> = { ...boxes };
  const rank = new Map<string, number>();
  const number = (column: readonly Box[]): void => {
    for (const [index, { id }] of column.entries()) rank.set(id, (index + 0.5) / column.length);
  };
  Object.values(columns).forEach(number);
  const mean = (id: string): number => {
    const near = neighbours.get(id) ?? [];
    // What is linked with nothing comes last.
    if (near.length === 0) return 1;
    return near.reduce((sum, other) => sum + (rank.get(other) ?? 0), 0) / near.length;
  };
  for (let sweep = 0; sweep < SWEEPS; sweep++)
    for (const kind of ['node', 'router', 'destination'] as const) {
      const means = new Map(columns[kind].map(({ id }) => [id, mean(id)]));
      columns[kind] = columns[kind].toSorted(
        (a, b) => Number(a.isRest) - Number(b.isRest) || (means.get(a.id) ?? 0) - (means.get(b.id) ?? 0),
      );
      number(columns[kind]);
    }
  const rows = Math.max(1, ...Object.values(columns).map(({ length }) => length));
  const height = rows * ROW;
  const place = (column: readonly Box[]): readonly PlacedBox[] =>
    column.map((box, index) => ({
      ...box,
      y: ((index + 0.5) * height) / column.length - BOX_HEIGHT / 2,
    }));
  return {
    height,
    columns: {
      router: place(columns.router),
      node: place(columns.node),
      destination: place(columns.destination),
    },
  };
}
