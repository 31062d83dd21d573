/** Manifests of the flag `-f`, all of which have to be valid. */
import { isDeepStrictEqual } from 'node:util';
import { textOf } from '../../base/json.ts';
import { err, ok, type Result } from '../../base/result.ts';
import {
  formatManifestProblem,
  type Manifest,
  type ManifestProblem,
  type ParsedManifests,
} from '../../manifests/parse-manifests.ts';
import { type ReadOptions, readManifestFiles } from '../../manifests/read-files.ts';
import { metadataOf, nameOf, namespaceOf } from '../../objects/metadata.ts';

/** Files without any object are an error: nothing can be said of them. The errors are sentences, all at once. */
export async function readManifests(
  paths: readonly string[],
  options: ReadOptions,
): Promise<Result<readonly Manifest[], readonly string[]>> {
  const read = checkManifests(await readManifestFiles(paths, options));
  if (paths.length === 0 || !read.ok || read.value.length > 0) return read;
  return err([`${describeFiles(paths)}: there is no object in it`]);
}

/** The paths of the flag `-f`, for people. */
export const describeFiles = (paths: readonly string[]): string =>
  paths.map((path) => (path === '-' ? 'standard input' : path)).join(', ');

/** All have to be valid, with a name, and each once. The errors are sentences, all at once. */
export function checkManifests({
  manifests,
  problems,
}: ParsedManifests): Result<readonly Manifest[], readonly string[]> {
  const { unique, clashes } = mergeDuplicates(manifests);
  const errors = [...problems, ...manifests.flatMap(nameProblem), ...clashes].map(formatManifestProblem);
  return errors.length > 0 ? err(errors) : ok(unique);
}

/** Of two equal manifests the first counts. Two of one name that differ are a problem: which one is meant is not known. */
function mergeDuplicates(manifests: readonly Manifest[]): {
  readonly unique: readonly Manifest[];
  readonly clashes: readonly ManifestProblem[];
} {
  const byIdentity = new Map<string, Manifest>();
  const clashes: ManifestProblem[] = [];
  const unique = manifests.filter((manifest) => {
    const { object, location } = manifest;
    const kind = textOf(object['kind']);
    const [group = ''] = textOf(object['apiVersion']).split('/').slice(0, -1);
    const identity = [group, kind, namespaceOf(object), nameOf(object)].join('\n');
    const first = nameOf(object) === '' ? undefined : byIdentity.get(identity);
    if (first === undefined) {
      byIdentity.set(identity, manifest);
      return true;
    }
    if (!isDeepStrictEqual(first.object, object))
      clashes.push({
        location,
        message: `${kind} ${nameOf(object)} is in ${first.location}, too, and differs: leave one of them out`,
      });
    return false;
  });
  return { unique, clashes };
}

/** An object whose name the API server generates (`generateName`) has no name before it is created. */
function nameProblem({ object, location }: Manifest): readonly ManifestProblem[] {
  if (textOf(metadataOf(object)['name']) !== '') return [];
  return [{ location, message: `${textOf(object['kind'])} has no metadata.name` }];
}
