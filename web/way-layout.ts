/** The layout of the way of a Service: routers or the segment on the left, nodes in the middle, the Service on the right. */
import type { ServiceWay } from '../src/overview/answers.ts';

export type WayBox = {
  readonly name: string;
  readonly x: number;
  readonly y: number;
  /** Traffic goes through it. */
  readonly leads: boolean;
};

export type WayLine = {
  readonly from: WayBox;
  readonly to: WayBox;
};

export type WayLayout = {
  readonly height: number;
  readonly routers: readonly WayBox[];
  readonly nodes: readonly WayBox[];
  readonly service: WayBox;
  readonly lines: readonly WayLine[];
  /** Nodes that are left out. */
  readonly more: number;
};

export const PICTURE_WIDTH = 1160;
export const BOX = { width: 250, height: 34 } as const;
const ROW = 46;
/** Above the boxes: the titles of the columns. */
const HEAD = 24;
/** The left edges. */
export const COLUMNS = {
  router: 0,
  node: (PICTURE_WIDTH - BOX.width) / 2,
  service: PICTURE_WIDTH - BOX.width,
} as const;

/** Nodes that are drawn: those that traffic arrives by come first. */
export const NODES_DRAWN_MAX = 10;

/** By ARP and NDP there is no router in the picture: every host of the segment asks for itself. */
export const SEGMENT = 'hosts of the segment';

export function layOutWay({ by, nodes, routers }: ServiceWay, service: string): WayLayout {
  const ordered = [...nodes.filter(({ leads }) => leads), ...nodes.filter(({ leads }) => !leads)];
  const drawn = ordered.slice(0, NODES_DRAWN_MAX);
  const learning = new Map(
    by === 'layer2-speakers'
      ? [[SEGMENT, new Set(drawn.flatMap(({ node, leads }) => (leads ? [node] : [])))]]
      : routers.map(({ router, routes }) => [router, new Set(routes.flatMap(({ from }) => from))] as const),
  );
  const rows = Math.max(1, drawn.length, learning.size);
  const height = HEAD + rows * ROW;
  const place = (index: number, count: number): number =>
    HEAD + ((index + 0.5) * (height - HEAD)) / Math.max(1, count) - BOX.height / 2;
  const routerBoxes = [...learning].map(([name, from], index) => ({
    ...{ name, x: COLUMNS.router, y: place(index, learning.size) },
    leads: from.size > 0,
  }));
  const nodeBoxes = drawn.map(({ node, leads }, index) => ({
    ...{ name: node, leads, x: COLUMNS.node, y: place(index, drawn.length) },
  }));
  const serviceBox = {
    ...{ name: service, x: COLUMNS.service, y: place(0, 1) },
    leads: nodeBoxes.some(({ leads }) => leads),
  };
  return {
    height,
    routers: routerBoxes,
    nodes: nodeBoxes,
    service: serviceBox,
    lines: nodeBoxes.flatMap((node) => [
      ...routerBoxes
        .filter(({ name }) => learning.get(name)?.has(node.name) === true)
        .map((router) => ({ from: router, to: node })),
      ...(node.leads ? [{ from: node, to: serviceBox }] : []),
    ]),
    more: ordered.length - drawn.length,
  };
}
