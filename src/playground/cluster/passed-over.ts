/** Objects that are applied and have no effect, since the controller and the speakers look in one namespace. */
import { textOf } from '../../base/json.ts';
import type { Manifest, ManifestProblem } from '../../manifests/parse-manifests.ts';
import { parseApiVersion } from '../../objects/api-group.ts';
import { metadataOf, nameOf } from '../../objects/metadata.ts';

export type PlaygroundNamespaces = {
  /** Of objects that name none. */
  readonly fallback: string;
  /** Of the controller and the speakers. */
  readonly programs: string;
};

/** The remarks do not change whether a run is successful. */
export const passedOver = (
  manifests: readonly Manifest[],
  { fallback, programs }: PlaygroundNamespaces,
): readonly ManifestProblem[] =>
  manifests.flatMap(({ object, location }) => {
    if (parseApiVersion(textOf(object['apiVersion'])).group !== 'metallb.io') return [];
    const own = textOf(metadataOf(object)['namespace']) || fallback;
    if (own === programs) return [];
    const name = `${textOf(object['kind'])} ${own}/${nameOf(object)}`;
    const message = `${name} is passed over: the programs of this playground look in ${programs} alone; --pool-namespace ${own} has them look there`;
    return [{ location, message }];
  });
