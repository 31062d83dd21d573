/** Namespaces. */
import type { Raw } from '../base/json.ts';
import { labelsOf, nameOf } from './metadata.ts';
import { type Labels, limitLabels } from './selector.ts';

/** The fields that a pool's `namespaceSelectors` match against. */
export type Namespace = { readonly name: string; readonly labels: Labels };

/** Null for an object without a name. */
export function decodeNamespace(raw: Raw): Namespace | null {
  const name = nameOf(raw);
  return name === '' ? null : { name, labels: limitLabels(labelsOf(raw)) };
}
