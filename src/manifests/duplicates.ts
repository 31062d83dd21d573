/** Manifests of one object: files may have it twice, and then both have to say the same. */
import { isDeepStrictEqual } from 'node:util';
import { type Raw, textOf } from '../base/json.ts';
import { nameOf, specOf } from '../objects/metadata.ts';
import { objectId } from '../objects/object-id.ts';
import type { Manifest, ManifestProblem } from './parse-manifests.ts';

/** Of two equal manifests the first counts. Two of one name that differ are a problem: which one is meant is not known. */
export function mergeDuplicates(
  manifests: readonly Manifest[],
  /** The object in the namespace where it is stored: without one, it may be the same as another one. */
  place: (object: Raw) => Raw = (object) => object,
): {
  readonly unique: readonly Manifest[];
  readonly clashes: readonly ManifestProblem[];
} {
  const byId = new Map<string, Manifest>();
  const clashes: ManifestProblem[] = [];
  const unique = manifests.filter((manifest) => {
    const { location } = manifest;
    const object = place(manifest.object);
    const id = objectId(object);
    const first = nameOf(object) === '' ? undefined : byId.get(id);
    if (first === undefined) {
      byId.set(id, manifest);
      return true;
    }
    if (!saysTheSame(place(first.object), object))
      clashes.push({
        location,
        message: `${textOf(object['kind'])} ${nameOf(object)} is in ${first.location}, too, and differs: leave one of them out`,
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
