/** Suggests the Service that was probably meant by a key that does not exist. */
import { closestMatch, didYouMean } from '../base/text.ts';
import { parseAddress } from '../net/address.ts';
import { type ServiceKey, splitServiceKey } from './service.ts';

/** What the search reads of a cluster. */
export type KnownServices = {
  readonly services: Iterable<ServiceKey>;
  /** Namespaces that are known besides those of the Services. */
  readonly namespaces: Iterable<string>;
};

/** The end of a sentence about the Service `key`: one of that name elsewhere, or a similar name; null if there is none. */
export function suggestService(key: ServiceKey, { services, namespaces }: KnownServices): string | null {
  const { name, namespace } = splitServiceKey(key);
  if (parseAddress(name).ok) return `who has an address says: berth explain address ${name}`;
  const all = [...services].map(splitServiceKey);
  const known = new Set([...namespaces, ...all.map((one) => one.namespace)]);
  const similarNamespace = known.has(namespace) ? null : closestMatch(namespace, known);
  const namesakes = all.filter((one) => one.name === name);
  if (similarNamespace !== null && namesakes.some((one) => one.namespace === similarNamespace))
    return `did you mean ${similarNamespace}/${name}?`;
  const [namesake] = namesakes;
  if (namesake !== undefined)
    return `there is one in the namespace ${namesake.namespace}: add -n ${namesake.namespace}`;
  if (similarNamespace !== null)
    return `there is no namespace ${namespace}, did you mean ${similarNamespace}?`;
  const names = all.filter((one) => one.namespace === namespace).map((one) => one.name);
  return didYouMean(name, names);
}
