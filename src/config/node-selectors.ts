/**
 * Reads `spec.nodeSelectors` before the rest of an object. MetalLB parses a BGPPeer or BGPAdvertisement only on the nodes
 * that it selects, so that an invalid one affects no other node.
 */
import { isObject } from '../base/json.ts';
import { type LabelSelector, type Labels, selectorMatches } from '../objects/selector.ts';
import type { ConfigIssue } from './issue.ts';
import { ObjectReader } from './object-reader.ts';
import { readLabelSelector } from './selector.ts';

/**
 * Null for invalid selectors: the selected nodes are unknown, so every node reports the error. One that is written twice is
 * no reason: it is clear what it selects.
 */
export function readNodeSelectors(raw: unknown): readonly LabelSelector[] | null {
  const issues: ConfigIssue[] = [];
  const spec = isObject(raw) ? (raw['spec'] ?? {}) : {};
  const reader = ObjectReader.of(spec, 'spec', issues);
  const selectors =
    reader === null ? [] : reader.objects('nodeSelectors').map((item) => readLabelSelector(item, issues));
  return issues.length > 0 ? null : selectors;
}

/** Whether one of the selectors matches; without selectors every node is selected. */
export const selectsNode = (selectors: readonly LabelSelector[] | null, labels: Labels): boolean =>
  selectors === null ||
  selectors.length === 0 ||
  selectors.some((selector) => selectorMatches(selector, labels));
