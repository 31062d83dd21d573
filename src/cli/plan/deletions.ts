/** The objects that `--delete` names. */
import { err, ok, type Result } from '../../base/result.ts';
import { NAMESPACES } from '../../kube/resource.ts';
import { ROUTE_KINDS } from '../cluster/calico-kinds.ts';
import { type DefaultNamespaces, parseRef, type ResourceRef } from '../cluster/resource-ref.ts';
import { SPEAKER_ROUTE_KINDS } from '../cluster/speaker-input.ts';
import type { ProposedEdit, RouteObjectRef } from './proposed-edit.ts';

export type Deletions = Pick<ProposedEdit, 'deletions' | 'routeObjectsRemoved'>;

/** The errors are sentences, all at once. */
export function readDeletions(
  texts: readonly string[],
  defaultNamespaces: DefaultNamespaces,
): Result<Deletions, readonly string[]> {
  const refs: ResourceRef[] = [];
  const routeObjects: RouteObjectRef[] = [];
  const errors: string[] = [];
  for (const text of texts) {
    const routeObject = parseRouteObject(text, defaultNamespaces);
    if (routeObject !== null) {
      routeObjects.push(routeObject);
      continue;
    }
    const ref = parseRef(text, defaultNamespaces, ROUTE_OBJECT_KINDS);
    if (!ref.ok) errors.push(`--delete ${ref.error}`);
    else if (isImmortal(ref.value))
      errors.push(`--delete ${text}: the API server would refuse to delete the Namespace ${ref.value.name}`);
    else refs.push(ref.value);
  }
  return errors.length > 0 ? err(errors) : ok({ deletions: refs, routeObjectsRemoved: routeObjects });
}

/** Namespaces that every cluster has (the admission plugin NamespaceLifecycle). */
const isImmortal = ({ resource, name }: ResourceRef): boolean =>
  resource === NAMESPACES && ['default', 'kube-system', 'kube-public'].includes(name);

/** Kinds that routes depend on, and no address. */
const ROUTE_OBJECT_KINDS: readonly string[] = [...ROUTE_KINDS, ...SPEAKER_ROUTE_KINDS, 'Secret'];

/** `KIND/NAME`, `KIND/NAMESPACE/NAME`, or with the API group `bgppeer.metallb.io/NAME`; null for other kinds. */
function parseRouteObject(text: string, { pools }: DefaultNamespaces): RouteObjectRef | null {
  const [kindText = '', ...path] = text.split('/');
  const dot = kindText.indexOf('.');
  const name = path.at(-1) ?? '';
  const plain = (dot < 0 ? kindText : kindText.slice(0, dot)).toLowerCase();
  const kind = ROUTE_OBJECT_KINDS.find((one) => namesOf(one).includes(plain));
  if (kind === undefined || path.length > 2 || path.includes('') || name === '') return null;
  return {
    ...{ kind, name },
    group: dot < 0 ? null : kindText.slice(dot + 1),
    // Of Secrets, only passwords of BGPPeers count, which are in the namespace of the speakers.
    namespace: path.length === 2 ? (path[0] ?? null) : kind === 'Secret' ? pools : null,
  };
}

/** As kubectl takes them: the kind, and its plural. */
function namesOf(kind: string): readonly string[] {
  const singular = kind.toLowerCase();
  return [singular, `${singular}s`, singular.replace(/y$/, 'ies')];
}
