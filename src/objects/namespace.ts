import type { Labels } from './selector.ts';

/** What a pool's `namespaceSelectors` look at. */
export type Namespace = { readonly name: string; readonly labels: Labels };
