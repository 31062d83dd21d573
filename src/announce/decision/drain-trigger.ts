/** Decides whether a speaker drains, by its own Node. */
import type { Node } from '../../objects/node.ts';

export type DrainTriggerOptions = {
  /** A node that takes no new Pods, or evicts its Pods, drains as well. */
  readonly onCordon: boolean;
};

/** The reason, as the end of a sentence; null for a node that stays. `node` is null where there is no Node object. */
export function findDrainReason(
  node: Pick<Node, 'isDeleting' | 'isUnschedulable' | 'taints'> | null,
  { onCordon }: DrainTriggerOptions,
): string | null {
  if (node === null) return 'its Node was deleted';
  if (node.isDeleting) return 'its Node is being deleted';
  if (!onCordon) return null;
  if (node.isUnschedulable) return 'it is cordoned';
  const taint = node.taints.find(({ effect }) => effect === 'NoExecute');
  return taint === undefined ? null : `it has the taint ${taint.key} with NoExecute`;
}
