/** Manifests of the flag `-f`, all of which have to be valid. */
import type { Readable } from 'node:stream';
import { textOf } from '../../base/json.ts';
import { err, ok, type Result } from '../../base/result.ts';
import {
  formatManifestProblem,
  type Manifest,
  type ManifestProblem,
} from '../../manifests/parse-manifests.ts';
import { readManifestFiles } from '../../manifests/read-files.ts';
import { metadataOf } from '../../objects/metadata.ts';

/** Folders are read with their subfolders. The errors are sentences, all at once. */
export async function readManifests(
  paths: readonly string[],
  stdin: Readable,
): Promise<Result<readonly Manifest[], readonly string[]>> {
  const { manifests, problems } = await readManifestFiles(paths, { stdin, recursive: true });
  const errors = [...problems, ...manifests.flatMap(nameProblem)].map(formatManifestProblem);
  return errors.length > 0 ? err(errors) : ok(manifests);
}

/** An object whose name the API server generates (`generateName`) has no name before it is created. */
function nameProblem({ object, location }: Manifest): readonly ManifestProblem[] {
  if (textOf(metadataOf(object)['name']) !== '') return [];
  return [{ location, message: `${textOf(object['kind'])} has no metadata.name` }];
}
