/** Whether a node is about to go, by its own object. */
import { fieldsOf, listOf, textOf } from '../base/json.ts';

export type DrainTriggerOptions = {
  /** A node that takes no new Pods, or drives its Pods away, counts as one that goes. */
  readonly onCordon: boolean;
};

/** The end of a sentence; null for a node that stays. `raw` is null where the object is gone. */
export function findDrainReason(raw: unknown, { onCordon }: DrainTriggerOptions): string | null {
  if (raw === null) return 'its Node was deleted';
  const { metadata, spec } = fieldsOf(raw);
  if (textOf(fieldsOf(metadata)['deletionTimestamp']) !== '') return 'its Node is being deleted';
  if (!onCordon) return null;
  const { unschedulable, taints } = fieldsOf(spec);
  if (unschedulable === true) return 'it is cordoned';
  const taint = listOf(taints)
    .map(fieldsOf)
    .find(({ effect }) => effect === 'NoExecute');
  return taint === undefined ? null : `it has the taint ${textOf(taint['key'])} with NoExecute`;
}
