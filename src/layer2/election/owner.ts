/**
 * Elects the node that answers for addresses. All speakers compute the same from the same values: no message says who
 * leads.
 */
import { firstInOrder } from './node-order.ts';

/** A node that may answer. */
export type Candidate = {
  readonly node: string;
  /** Sum of the weights of the preferences that match it. */
  readonly weight: number;
  /** How many of the wanted addresses it can answer for, counted for each Service. */
  readonly reach: number;
  /** How many of the Services have an address that it can answer for, be it for another one. */
  readonly covers: number;
};

export type OwnerElection = {
  /** The address whose hash decides among equals, as text. */
  readonly address: string;
  /** Those that are alive. */
  readonly candidates: readonly Candidate[];
  /** The node that answered last, as ServiceL2Status says; null where none is recorded. */
  readonly recorded: string | null;
  /** The node that an administrator had it handed over to; null for none. It has to be as good as any other. */
  readonly handOver: string | null;
  /** The recorded owner keeps its addresses while it is as good as others; false gives them back by hash, as MetalLB does. */
  readonly keepsOwner: boolean;
  /** Nodes that came back a short time ago: they take nothing from a recorded owner that is kept. */
  readonly returned: ReadonlySet<string>;
};

/**
 * `only` candidate; `recorded`: it answered before; `handedOver`: an administrator moved it there; `preferred` by weight;
 * `order`: by MetalLB's hash.
 */
export type OwnerReason = 'only' | 'preferred' | 'recorded' | 'handedOver' | 'order';

export type Owner = { readonly node: string; readonly reason: OwnerReason };

/** Null where there is no candidate. */
export function electOwner({
  address,
  candidates,
  recorded,
  handOver,
  keepsOwner,
  returned,
}: OwnerElection): Owner | null {
  const [first, ...others] = candidates;
  if (first === undefined) return null;
  if (others.length === 0) return { node: first.node, reason: 'only' };
  // Where the recorded owner is gone, the address moves anyway: then to the best, so that it moves once.
  const isKept = keepsOwner && candidates.some(({ node }) => node === recorded);
  const able = isKept
    ? candidates.filter(({ node }) => node === recorded || !returned.has(node))
    : candidates;
  // An address that nobody answers for is worse than one on a node that is not preferred.
  const covers = Math.max(...able.map((one) => one.covers));
  const covering = able.filter((one) => one.covers === covers);
  const weight = Math.max(...covering.map((one) => one.weight));
  const preferred = covering.filter((one) => one.weight === weight);
  if (keepsOwner && handOver !== null && preferred.some(({ node }) => node === handOver))
    return { node: handOver, reason: 'handedOver' };
  if (keepsOwner && recorded !== null && preferred.some(({ node }) => node === recorded))
    return { node: recorded, reason: 'recorded' };
  const reach = Math.max(...preferred.map((one) => one.reach));
  const equals = preferred.filter((one) => one.reach === reach);
  const node = firstInOrder(
    equals.map((one) => one.node),
    address,
  );
  if (node === null) return null;
  return {
    node,
    reason: equals.length === 1 && preferred.length < candidates.length ? 'preferred' : 'order',
  };
}
