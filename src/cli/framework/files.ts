/** Manifests of the flag `-f`, all of which have to be valid. */
import { type Raw, textOf } from '../../base/json.ts';
import { err, ok, type Result } from '../../base/result.ts';
import { closestMatch, listSome } from '../../base/text.ts';
import { mergeDuplicates } from '../../manifests/duplicates.ts';
import {
  formatManifestProblem,
  type Manifest,
  type ManifestProblem,
  noObjectText,
  type ParsedManifests,
} from '../../manifests/parse-manifests.ts';
import { type ReadOptions, readManifestFiles } from '../../manifests/read-files.ts';
import { parseApiVersion } from '../../objects/api-group.ts';
import { metadataOf } from '../../objects/metadata.ts';
import { resourceKind } from '../../objects/resource-kind.ts';

export type ManifestOptions = ReadOptions & {
  /** The object in the namespace where it would be stored. */
  readonly place: (object: Raw) => Raw;
  /** Whether the command has the flag -R. */
  readonly mayRecurse: boolean;
  /** Takes a sentence about what was not read. */
  readonly remark: (sentence: string) => void;
};

/** Files without any object are an error: nothing can be said of them. The errors are sentences, all at once. */
export async function readManifests(
  paths: readonly string[],
  options: ManifestOptions,
): Promise<Result<readonly Manifest[], readonly string[]>> {
  const parsed = await readManifestFiles(paths, options);
  const { unreadFolders } = parsed;
  if (unreadFolders.length > 0) {
    const way = options.mayRecurse ? 'name what is to be read, or add -R' : 'name what is to be read';
    options.remark(`not read, since folders are not descended: ${listSome(unreadFolders)}; ${way}`);
  }
  const read = checkManifests(parsed, options.place);
  if (paths.length === 0 || !read.ok || read.value.length > 0) return read;
  return err([`${describeFiles(paths)}: ${noObjectText(parsed)}`]);
}

/** Files that are to be judged as a cluster: of other objects alone nothing can be said. The errors are sentences, all at once. */
export async function readClusterManifests(
  paths: readonly string[],
  options: ManifestOptions,
): Promise<Result<readonly Manifest[], readonly string[]>> {
  const read = await readManifests(paths, options);
  if (!read.ok || read.value.some(({ object }) => isJudged(object))) return read;
  const kinds = [...new Set(read.value.map(({ object }) => resourceKind(object)))];
  const rendered = kinds.filter((kind) => UNRENDERED_KINDS.has(kind));
  const hint =
    rendered.length === 0
      ? ''
      : `. What a ${rendered[0]} stands for is not in it: render it, as by helm template, and pass the result`;
  return err([
    `${describeFiles(paths)}: there is no Service, Node, pool, peer or advertisement in it, only ${kinds.slice(0, KINDS_SHOWN_MAX).join(', ')}${hint}`,
  ]);
}

const KINDS_SHOWN_MAX = 5;

/** They stand for objects that only another program can make. */
const UNRENDERED_KINDS: ReadonlySet<string> = new Set(['HelmRelease', 'HelmChart', 'Application']);

/** Groups all kinds of which say something about addresses. */
const JUDGED_GROUP = /^(metallb\.io|berth\.dev|(crd\.)?projectcalico\.org|operator\.tigera\.io)$/;

const JUDGED_KIND =
  /^(Service|Node|EndpointSlice|Namespace|Pod|DaemonSet|ConfigMap|Lease|Event|ServiceCIDR|(Cluster)?Role(Binding)?)$/i;

function isJudged(raw: Raw): boolean {
  const { group } = parseApiVersion(textOf(raw['apiVersion']));
  if (JUDGED_GROUP.test(group)) return true;
  const isNearly = closestMatch(group, ['metallb.io', 'projectcalico.org', 'crd.projectcalico.org']) !== null;
  return isNearly || JUDGED_KIND.test(resourceKind(raw));
}

/** The paths of the flag `-f`, for people. */
export const describeFiles = (paths: readonly string[]): string =>
  paths.map((path) => (path === '-' ? 'standard input' : path)).join(', ');

/** All have to be valid, with a name, and each once. The errors are sentences, all at once. */
export function checkManifests(
  { manifests, problems }: ParsedManifests,
  place?: (object: Raw) => Raw,
): Result<readonly Manifest[], readonly string[]> {
  const { unique, clashes } = mergeDuplicates(manifests, place);
  const errors = [...problems, ...manifests.flatMap(nameProblem), ...clashes].map(formatManifestProblem);
  return errors.length > 0 ? err(errors) : ok(unique);
}

/** An object whose name the API server generates (`generateName`) has no name before it is created. */
function nameProblem({ object, location }: Manifest): readonly ManifestProblem[] {
  if (textOf(metadataOf(object)['name']) !== '') return [];
  return [{ location, message: `${textOf(object['kind'])} has no metadata.name` }];
}
