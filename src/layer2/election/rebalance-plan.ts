/**
 * Plans which groups of Services to hand over, so that the nodes answer for equally many addresses. A group only moves to a node
 * that is as good as its owner: running, eligible for all of it, and preferred as much. No address moves twice, and none without
 * need: the plan has the smallest difference between nodes that this allows.
 */
import { compareText } from '../../base/text.ts';
import { formatAddress } from '../../net/address.ts';
import type { ServiceKey } from '../../objects/service.ts';
import type { AliveNodes } from '../membership/alive.ts';
import { type GroupElection, toCandidate } from './group-election.ts';
import type { OwnerRecord } from './record-index.ts';

export type PlannedMove<R extends OwnerRecord = OwnerRecord> = {
  /** Of the Services that share the addresses, the oldest first. */
  readonly records: readonly R[];
  readonly addresses: readonly string[];
  readonly from: string;
  readonly to: string;
};

/** How many addresses a node answers for. */
export type NodeLoad = { readonly node: string; readonly before: number; readonly after: number };

export type RebalancePlan<R extends OwnerRecord = OwnerRecord> = {
  /** Of all nodes that answer, or may; by name. */
  readonly nodes: readonly NodeLoad[];
  /** From the node with the most addresses first. */
  readonly moves: readonly PlannedMove<R>[];
};

export type RebalanceInputs<R extends OwnerRecord = OwnerRecord> = {
  readonly elections: readonly GroupElection[];
  readonly records: readonly R[];
  readonly alive: AliveNodes;
  /** Nodes that came back a short time ago take nothing. */
  readonly returned: ReadonlySet<string>;
};

/** A group that may move. */
type Piece<R extends OwnerRecord = OwnerRecord> = {
  readonly records: readonly R[];
  readonly addresses: readonly string[];
  readonly from: string;
  /** Nodes that are as good, the owner included; sorted. */
  readonly nodes: readonly string[];
};

export function planRebalance<R extends OwnerRecord>(inputs: RebalanceInputs<R>): RebalancePlan<R> {
  const pieces: Piece<R>[] = [];
  const loads = new Map<string, number>();
  const records = recordsByService(inputs.records);
  for (const election of inputs.elections) {
    const { owner } = election;
    if (owner === null) continue;
    const addresses = addressesOf(election);
    loads.set(owner.node, (loads.get(owner.node) ?? 0) + addresses.length);
    const nodes = equallyGood(election, owner.node, inputs);
    for (const node of nodes) loads.set(node, loads.get(node) ?? 0);
    const own = settledRecords(election, owner.node, records);
    if (own !== null && nodes.length > 1) pieces.push({ records: own, addresses, from: owner.node, nodes });
  }
  const before = new Map(loads);
  const moves = spread(pieces, loads).map(([{ records: own, addresses, from }, to]) => ({
    records: own,
    addresses,
    from,
    to,
  }));
  const load = (node: string): number => before.get(node) ?? 0;
  return {
    nodes: [...before.keys()]
      .sort(compareText)
      .map((node) => ({ node, before: load(node), after: loads.get(node) ?? 0 })),
    moves: moves.sort((a, b) => load(b.from) - load(a.from)),
  };
}

const addressesOf = ({ group }: GroupElection): readonly string[] => [
  ...new Set(group.flatMap((one) => one.addresses.map(formatAddress))),
];

function recordsByService<R extends OwnerRecord>(
  records: readonly R[],
): ReadonlyMap<ServiceKey, readonly R[]> {
  const lists = new Map<ServiceKey, R[]>();
  for (const record of records) {
    const list = lists.get(record.service);
    if (list === undefined) lists.set(record.service, [record]);
    else list.push(record);
  }
  return lists;
}

/** One for each Service of the group; null where they do not say who answers, or something moves already. */
function settledRecords<R extends OwnerRecord>(
  { group, isSplit }: GroupElection,
  owner: string,
  records: ReadonlyMap<ServiceKey, readonly R[]>,
): readonly R[] | null {
  const own = group.flatMap(({ service }) => records.get(service.key) ?? []);
  const isSettled = own.every(({ node, handOverTo }) => node === owner && handOverTo === null);
  const isWhole = own.length === group.length && group.every(({ service }) => records.has(service.key));
  return isSettled && isWhole && !isSplit ? own : null;
}

/** The nodes that own the group as well as its owner, sorted. Only the owner where another one is preferred: it moves by itself. */
function equallyGood(
  { group, standings, eligible, recorded }: GroupElection,
  owner: string,
  { alive, returned }: Pick<RebalanceInputs, 'alive' | 'returned'>,
): readonly string[] {
  const living = alive.among(eligible, recorded);
  const candidates = standings
    .filter(({ node }) => living.has(node))
    .map((standing) => toCandidate(standing, group));
  const weight = candidates.find(({ node }) => node === owner)?.weight;
  if (candidates.some((one) => weight === undefined || one.weight > weight)) return [owner];
  return candidates
    .filter((one) => one.weight === weight && (one.node === owner || !returned.has(one.node)))
    .map(({ node }) => node)
    .sort(compareText);
}

/** Groups of one size and with the same nodes are alike. */
const kindOf = ({ addresses, nodes }: Piece): string => `${addresses.length} ${nodes.join(' ')}`;

/** Moves pieces until nothing gets more even; `loads` has the result. A piece that ends where it began is not moved. */
function spread<R extends OwnerRecord>(
  pieces: readonly Piece<R>[],
  loads: Map<string, number>,
): readonly (readonly [Piece<R>, string])[] {
  const held = new Map<string, Map<string, Piece<R>[]>>();
  const put = (node: string, piece: Piece<R>): void => {
    const kinds = held.get(node) ?? new Map<string, Piece<R>[]>();
    const list = kinds.get(kindOf(piece));
    if (list === undefined) kinds.set(kindOf(piece), [piece]);
    else list.push(piece);
    held.set(node, kinds);
  };
  for (const piece of pieces) put(piece.from, piece);
  const sizes = [...new Set(pieces.map(({ addresses }) => addresses.length))].sort((a, b) => b - a);
  for (let path = evenPath(held, loads, sizes); path !== null; path = evenPath(held, loads, sizes)) {
    for (const { from, to, kind, size } of path) {
      const piece = takePiece(held.get(from)?.get(kind) ?? [], to);
      if (piece === undefined) throw new Error(`no piece of kind ${kind} on ${from}`);
      put(to, piece);
      loads.set(from, (loads.get(from) ?? 0) - size);
      loads.set(to, (loads.get(to) ?? 0) + size);
    }
  }
  return [...held].flatMap(([node, kinds]) =>
    [...kinds.values()].flat().flatMap((piece) => (piece.from === node ? [] : [[piece, node] as const])),
  );
}

/** One that returns to its owner first, then one that has moved already, then the youngest. */
function takePiece<P extends Piece>(list: P[], to: string): P | undefined {
  const home = list.findIndex(({ from }) => from === to);
  const moved = home < 0 ? list.findLastIndex((one) => one.from !== list[0]?.from) : home;
  return list.splice(moved < 0 ? -1 : moved, 1)[0];
}

type Shift = { readonly from: string; readonly to: string; readonly kind: string; readonly size: number };

type Held = ReadonlyMap<string, ReadonlyMap<string, readonly Piece[]>>;

/**
 * Shifts of one piece each, from the node with the most addresses along others to one with fewer, so that the two get more even.
 * In between every node gives away as much as it gets. Null where no such path is left.
 */
function evenPath(
  held: Held,
  loads: ReadonlyMap<string, number>,
  sizes: readonly number[],
): readonly Shift[] | null {
  const load = (node: string): number => loads.get(node) ?? 0;
  const sorted = [...loads.keys()].sort((a, b) => load(b) - load(a) || compareText(a, b));
  for (const start of sorted)
    for (const size of sizes) {
      const reached = reachableFrom(start, size, held);
      const end = sorted.findLast((node) => reached.has(node) && load(start) - load(node) > size);
      if (end !== undefined) return pathTo(end, reached);
    }
  return null;
}

/** The shift by which each node is reached first; null for the start. */
function reachableFrom(start: string, size: number, held: Held): ReadonlyMap<string, Shift | null> {
  const reached = new Map<string, Shift | null>([[start, null]]);
  // A map gives its items in the order in which they were added, those added meanwhile as well.
  for (const from of reached.keys())
    for (const [kind, [piece]] of held.get(from) ?? [])
      if (piece?.addresses.length === size)
        for (const to of piece.nodes) if (!reached.has(to)) reached.set(to, { from, to, kind, size });
  return reached;
}

function pathTo(end: string, reached: ReadonlyMap<string, Shift | null>): readonly Shift[] {
  const path: Shift[] = [];
  for (let shift = reached.get(end); shift != null; shift = reached.get(shift.from)) path.unshift(shift);
  return path;
}
