/** Tells objects apart by API group and kind: a Service of `serving.knative.dev` has the name of the Service that it makes. */
import { type Raw, textOf } from '../base/json.ts';
import { CALICO_GROUPS, isCalicoGroup, parseApiVersion } from './api-group.ts';
import { nameOf, namespaceOf } from './metadata.ts';

/** The API group of an object; '' for the core group. Both groups of Calico's API hold the same objects and count as one. */
export function objectGroup(raw: Raw): string {
  const { group } = parseApiVersion(textOf(raw['apiVersion']));
  return isCalicoGroup(group) ? CALICO_GROUPS[0].group : group;
}

/** Whether it is of this kind and group. An object without apiVersion is taken to be of the group that is expected. */
export const isOfKind = (raw: Raw, kind: string, group: string): boolean =>
  raw['kind'] === kind && (objectGroup(raw) === group || textOf(raw['apiVersion']) === '');

/** Equal for two versions of one object, and different for any two objects. */
export const objectId = (raw: Raw): string =>
  objectIdOf({ group: objectGroup(raw), kind: textOf(raw['kind']) }, namespaceOf(raw), nameOf(raw));

/** The same of an object that is only named. `namespace` is '' for a cluster-scoped object. */
export const objectIdOf = (
  { group, kind }: { readonly group: string; readonly kind: string },
  namespace: string,
  name: string,
): string => JSON.stringify([group, kind, namespace, name]);
