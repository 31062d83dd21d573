/** Objects that are applied and have no effect, since the controller and the speakers look in one namespace. */
import { textOf } from '../../base/json.ts';
import type { Manifest, ManifestProblem } from '../../manifests/parse-manifests.ts';
import { parseApiVersion } from '../../objects/api-group.ts';
import { metadataOf, nameOf } from '../../objects/metadata.ts';
import { DEFAULT_NAMESPACE } from '../../runtime/flags.ts';

/** `namespace` is that of objects that name none. The remarks do not change whether a run is successful. */
export const passedOver = (manifests: readonly Manifest[], namespace: string): readonly ManifestProblem[] =>
  manifests.flatMap(({ object, location }) => {
    if (parseApiVersion(textOf(object['apiVersion'])).group !== 'metallb.io') return [];
    const own = textOf(metadataOf(object)['namespace']) || namespace;
    if (own === DEFAULT_NAMESPACE) return [];
    const name = `${textOf(object['kind'])} ${own}/${nameOf(object)}`;
    const message = `${name} is passed over: the programs of a playground look in ${DEFAULT_NAMESPACE} alone`;
    return [{ location, message }];
  });
