/**
 * `spec.nodeSelectors` alone. MetalLB parses a BGPPeer or BGPAdvertisement only on the nodes that it selects, so
 * that a bad one harms those nodes and no others; which they are is asked before anything else of it is read.
 */
import { isObject } from '../base/json.ts';
import { type LabelSelector, type Labels, selectorMatches } from '../objects/selector.ts';
import type { ConfigIssue } from './issue.ts';
import { ObjectReader } from './object-reader.ts';
import { readLabelSelectors } from './selector.ts';

/** Null where they cannot be read: nobody can say which nodes are meant, so all are told. */
export function readNodeSelectors(raw: unknown): readonly LabelSelector[] | null {
  const issues: ConfigIssue[] = [];
  const spec = isObject(raw) ? (raw['spec'] ?? {}) : {};
  const reader = ObjectReader.of(spec, 'spec', issues);
  const selectors = reader === null ? [] : readLabelSelectors(reader, 'nodeSelectors', issues);
  return issues.length > 0 ? null : selectors;
}

/** The selectors are alternatives; none at all is every node. */
export const selectsNode = (selectors: readonly LabelSelector[] | null, labels: Labels): boolean =>
  selectors === null ||
  selectors.length === 0 ||
  selectors.some((selector) => selectorMatches(selector, labels));
