/** A Node, as far as it decides whether its speaker may announce anything. */
import type { Labels } from '../cluster/selector.ts';
import { identityOf } from '../config/identity.ts';
import { fieldsOf, listOf } from './fields.ts';

export type NodeView = {
  readonly name: string;
  readonly labels: Labels;
  /** Carries the label that keeps a node out of load balancers (KEP-1143). */
  readonly excluded: boolean;
  /** The condition NetworkUnavailable is True; Unknown is not. */
  readonly networkUnavailable: boolean;
};

/** Its value does not matter (KEP-1143). */
export const EXCLUDE_LABEL = 'node.kubernetes.io/exclude-from-external-load-balancers';

/** What is not ready, cordoned or tainted announces on, as with MetalLB: only these two are reasons. */
export function readNode(raw: unknown): NodeView {
  const { name, labels } = identityOf(raw);
  const conditions = listOf(fieldsOf(fieldsOf(raw)['status'])['conditions']).map(fieldsOf);
  return {
    name,
    labels,
    excluded: Object.hasOwn(labels, EXCLUDE_LABEL),
    networkUnavailable: conditions.some(
      ({ type, status }) => type === 'NetworkUnavailable' && status === 'True',
    ),
  };
}
