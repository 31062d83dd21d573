/** Objects that select nodes (BGPPeer, BGPAdvertisement). Each is decoded once, when the first node needs it. */
import { lazy } from '../../base/lazy.ts';
import { readNodeSelectors, selectsNode } from '../../config/node-selectors.ts';
import type { LabelSelector, Labels } from '../../objects/selector.ts';
import type { ConfigCandidate } from './last-known-good.ts';

export type NodeSelected<T> = {
  /** Null where they are invalid: then every node is selected, and reports it. */
  readonly selectors: readonly LabelSelector[] | null;
  readonly candidate: () => ConfigCandidate<T>;
};

export const toNodeSelected = <T>(
  raw: unknown,
  read: (raw: unknown) => ConfigCandidate<T>,
): NodeSelected<T> => ({ selectors: readNodeSelectors(raw), candidate: lazy(() => read(raw)) });

export const candidatesOn = <T>(
  objects: readonly NodeSelected<T>[],
  node: Labels,
): readonly ConfigCandidate<T>[] =>
  objects.filter(({ selectors }) => selectsNode(selectors, node)).map(({ candidate }) => candidate());
