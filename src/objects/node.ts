/** A Node, as far as it decides whether its speaker may announce anything. */
import { fieldsOf, listOf, type Raw, textOf } from '../base/json.ts';
import { type Address, type Family, parseAddress } from '../net/address.ts';
import { identityOf } from './identity.ts';
import type { Labels } from './selector.ts';

/** InternalIPs of a node, the first of each family. */
export type NodeAddresses = Readonly<Record<Family, Address | null>>;

export type NodeView = {
  readonly name: string;
  readonly labels: Labels;
  /** Carries the label that keeps a node out of load balancers (KEP-1143). */
  readonly isExcluded: boolean;
  /** The condition NetworkUnavailable is True; Unknown is not. */
  readonly isNetworkUnavailable: boolean;
  readonly addresses: NodeAddresses;
};

/** The part of a Node that the sessions of its speaker depend on. */
export type LocalNode = Pick<NodeView, 'name' | 'addresses'>;

/** Its value does not matter (KEP-1143). */
export const EXCLUDE_BALANCERS_LABEL = 'node.kubernetes.io/exclude-from-external-load-balancers';

/** What is not ready, cordoned or tainted announces on, as with MetalLB: only these two are reasons. */
export function readNodeView(raw: unknown): NodeView {
  const { name, labels } = identityOf(raw);
  const status = fieldsOf(fieldsOf(raw)['status']);
  const conditions = listOf(status['conditions']).map(fieldsOf);
  const addresses = listOf(status['addresses']).map(fieldsOf).flatMap(internalAddress);
  return {
    name,
    labels,
    isExcluded: Object.hasOwn(labels, EXCLUDE_BALANCERS_LABEL),
    isNetworkUnavailable: conditions.some(
      ({ type, status }) => type === 'NetworkUnavailable' && status === 'True',
    ),
    addresses: {
      4: addresses.find(({ family }) => family === 4) ?? null,
      6: addresses.find(({ family }) => family === 6) ?? null,
    },
  };
}

function internalAddress({ type, address }: Raw): readonly Address[] {
  const read = type === 'InternalIP' ? parseAddress(textOf(address)) : null;
  return read?.ok === true ? [read.value] : [];
}
