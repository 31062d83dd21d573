/** Manifests of one object: files may have it twice, and then both have to say the same. */
import { isDeepStrictEqual } from 'node:util';
import { type Raw, textOf } from '../base/json.ts';
import { CALICO_GROUPS, isCalicoGroup, parseApiVersion } from '../objects/api-group.ts';
import { nameOf, namespaceOf, specOf } from '../objects/metadata.ts';
import type { Manifest, ManifestProblem } from './parse-manifests.ts';

/** Of two equal manifests the first counts. Two of one name that differ are a problem: which one is meant is not known. */
export function mergeDuplicates(manifests: readonly Manifest[]): {
  readonly unique: readonly Manifest[];
  readonly clashes: readonly ManifestProblem[];
} {
  const byIdentity = new Map<string, Manifest>();
  const clashes: ManifestProblem[] = [];
  const unique = manifests.filter((manifest) => {
    const { object, location } = manifest;
    const kind = textOf(object['kind']);
    const { group } = parseApiVersion(textOf(object['apiVersion']));
    // Both groups of Calico's API hold the same objects.
    const api = isCalicoGroup(group) ? CALICO_GROUPS[0].group : group;
    const identity = [api, kind, namespaceOf(object), nameOf(object)].join('\n');
    const first = nameOf(object) === '' ? undefined : byIdentity.get(identity);
    if (first === undefined) {
      byIdentity.set(identity, manifest);
      return true;
    }
    if (!saysTheSame(first.object, object))
      clashes.push({
        location,
        message: `${kind} ${nameOf(object)} is in ${first.location}, too, and differs: leave one of them out`,
      });
    return false;
  });
  return { unique, clashes };
}

/** An object of both groups of Calico's API has other metadata in each. */
const saysTheSame = (one: Raw, other: Raw): boolean =>
  one['apiVersion'] === other['apiVersion']
    ? isDeepStrictEqual(one, other)
    : isDeepStrictEqual(specOf(one), specOf(other));
