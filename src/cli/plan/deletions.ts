/** The objects that `--delete` names. */
import { err, ok, type Result } from '../../base/result.ts';
import { ROUTE_KINDS } from '../cluster/calico-kinds.ts';
import { type DefaultNamespaces, parseRef, type ResourceRef } from '../cluster/resource-ref.ts';
import type { ProposedEdit } from './proposed-edit.ts';

export type Deletions = Pick<ProposedEdit, 'deletions' | 'routeObjectsRemoved'>;

/** The errors are sentences, all at once. */
export function readDeletions(
  texts: readonly string[],
  defaultNamespaces: DefaultNamespaces,
): Result<Deletions, readonly string[]> {
  const refs: ResourceRef[] = [];
  const routeObjects: string[] = [];
  const errors: string[] = [];
  for (const text of texts) {
    const [kind = '', name = '', ...more] = text.split('/');
    const routeKind = [...ROUTE_KINDS].find((one) => new RegExp(`^${one}s?$`, 'i').test(kind));
    if (routeKind !== undefined && name !== '' && more.length === 0) {
      routeObjects.push(`${routeKind} ${name}`);
      continue;
    }
    const ref = parseRef(text, defaultNamespaces);
    if (ref.ok) refs.push(ref.value);
    else errors.push(`--delete ${ref.error}`);
  }
  return errors.length > 0 ? err(errors) : ok({ deletions: refs, routeObjectsRemoved: routeObjects });
}
