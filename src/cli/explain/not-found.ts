/** The error for a Service that does not exist: it names the namespace of one of that name, or a similar name. */
import { closestMatch, didYouMean } from '../../base/text.ts';
import { type ServiceKey, splitServiceKey } from '../../objects/service.ts';
import type { ClusterState } from '../cluster/cluster-state.ts';

export function serviceNotFoundText(
  key: ServiceKey,
  { services, namespaces }: Pick<ClusterState, 'services' | 'namespaces'>,
): string {
  const { name, namespace } = splitServiceKey(key);
  const all = [...services.keys()].map(splitServiceKey);
  const problem = `there is no Service ${key}`;
  const known = new Set([...namespaces.keys(), ...all.map((one) => one.namespace)]);
  const similarNamespace = known.has(namespace) ? null : closestMatch(namespace, known);
  if (similarNamespace !== null && services.has(`${similarNamespace}/${name}`))
    return `${problem}; did you mean ${similarNamespace}/${name}?`;
  const inOtherNamespace = all.find((one) => one.name === name);
  if (inOtherNamespace !== undefined)
    return `${problem}; there is one in the namespace ${inOtherNamespace.namespace}: add -n ${inOtherNamespace.namespace}`;
  if (similarNamespace !== null)
    return `${problem}, and no namespace ${namespace}; did you mean ${similarNamespace}?`;
  const names = all.filter((one) => one.namespace === namespace).map((one) => one.name);
  const hint = didYouMean(name, names);
  return hint === null ? problem : `${problem}; ${hint}`;
}
