/** Nodes: the fields that decide about announcing, draining and addresses. */
import { fieldsOf, listOf, type Raw, textOf } from '../base/json.ts';
import { type Address, type Family, parseAddress } from '../net/address.ts';
import { isRelevantNodeAnnotation } from './annotations.ts';
import { conditionStatus, decodeConditions } from './condition.ts';
import { annotationsOf, labelsOf, metadataOf, nameOf, specOf, statusOf } from './metadata.ts';
import type { Labels } from './selector.ts';

/** The first InternalIP of each family. */
export type NodeAddresses = Readonly<Record<Family, Address | null>>;

export type Taint = { readonly key: string; readonly effect: string };

export type ReportedAddress = { readonly type: 'InternalIP' | 'ExternalIP'; readonly text: string };

export type Node = {
  readonly name: string;
  readonly labels: Labels;
  /** Only those of `isRelevantNodeAnnotation`. */
  readonly annotations: Readonly<Record<string, string>>;
  /** `metadata.deletionTimestamp` is set. */
  readonly isDeleting: boolean;
  /** Cordoned: `spec.unschedulable`. */
  readonly isUnschedulable: boolean;
  readonly taints: readonly Taint[];
  /** Has the label that excludes a node from load balancers, with any value (KEP-1143). */
  readonly isExcluded: boolean;
  /** The condition Ready is True; null where the kubelet does not report it. */
  readonly isReady: boolean | null;
  /** The condition NetworkUnavailable is True; Unknown does not count. */
  readonly isNetworkUnavailable: boolean;
  readonly addresses: NodeAddresses;
  /** `status.addresses` of these types as they are written, host names included. */
  readonly reportedAddresses: readonly ReportedAddress[];
};

/** The part of a Node that the sessions of its speaker depend on. */
export type LocalNode = Pick<Node, 'name' | 'addresses'>;

/** KEP-1143: its presence counts, not its value. Calico reads it otherwise: `calico/objects/nodes.ts`. */
export const EXCLUDE_LABEL = 'node.kubernetes.io/exclude-from-external-load-balancers';

export function decodeNode(raw: Raw): Node {
  const labels = labelsOf(raw);
  const spec = specOf(raw);
  const status = statusOf(raw);
  const conditions = decodeConditions(status['conditions']);
  const ready = conditionStatus(conditions, 'Ready');
  const reportedAddresses = listOf(status['addresses']).flatMap(readAddress);
  const internal = reportedAddresses.flatMap(({ type, text }) => {
    const address = type === 'InternalIP' ? parseAddress(text) : null;
    return address?.ok === true ? [address.value] : [];
  });
  return {
    name: nameOf(raw),
    labels,
    annotations: Object.fromEntries(
      Object.entries(annotationsOf(raw)).filter(([key]) => isRelevantNodeAnnotation(key)),
    ),
    isDeleting: textOf(metadataOf(raw)['deletionTimestamp']) !== '',
    isUnschedulable: spec['unschedulable'] === true,
    taints: listOf(spec['taints']).map((one) => {
      const { key, effect } = fieldsOf(one);
      return { key: textOf(key), effect: textOf(effect) };
    }),
    isExcluded: Object.hasOwn(labels, EXCLUDE_LABEL),
    isReady: ready === null ? null : ready === 'True',
    isNetworkUnavailable: conditionStatus(conditions, 'NetworkUnavailable') === 'True',
    addresses: {
      4: internal.find(({ family }) => family === 4) ?? null,
      6: internal.find(({ family }) => family === 6) ?? null,
    },
    reportedAddresses,
  };
}

function readAddress(raw: unknown): readonly ReportedAddress[] {
  const { type, address } = fieldsOf(raw);
  return type === 'InternalIP' || type === 'ExternalIP' ? [{ type, text: textOf(address) }] : [];
}
