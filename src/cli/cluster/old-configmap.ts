/** The old ConfigMap in the objects that a command reads, where the speakers run from it. */
import { flagValue } from '../../base/flag-value.ts';
import { fieldsOf, listOf, type Raw, textOf, textsOf } from '../../base/json.ts';
import { err, ok, type Result } from '../../base/result.ts';
import { formatIssue } from '../../config/issue.ts';
import { type LegacyConfigSettings, loadLegacyReader } from '../../config/legacy/config-map.ts';
import { LEGACY_DATA_KEY } from '../../config/legacy/legacy-config.ts';
import { describeOutcome, isNotFound } from '../../kube/http/api-request.ts';
import { CONFIG_MAPS, objectPath } from '../../kube/resource.ts';
import { toSpeakerPod } from '../../layer2/objects/watched-objects.ts';
import type { Manifest } from '../../manifests/parse-manifests.ts';
import { labelsOf, nameOf } from '../../objects/metadata.ts';
import {
  commandLineOf,
  containersOf,
  findMetallbContainer,
  type MetallbRole,
} from '../../objects/metallb-program.ts';
import { objectsOfKind, resourceKind } from '../../objects/resource-kind.ts';
import type { CollectionReader } from './collection-reader.ts';

/** The ConfigMap that each of Berth's programs runs from; null where it runs from objects, undefined where no Pod of it is there. */
export type LegacyConfigNames = Readonly<Record<MetallbRole, string | null | undefined>>;

/** By the flags of their Pods. */
export const legacyConfigNames = (pods: readonly Raw[]): LegacyConfigNames => ({
  speaker: legacyConfigOf(pods.filter((pod) => toSpeakerPod(pod)?.metallb === null)),
  controller: legacyConfigOf(pods.filter(isControllerPod)),
});

function legacyConfigOf(pods: readonly Raw[]): string | null | undefined {
  if (pods.length === 0) return undefined;
  const values = pods.flatMap((pod) =>
    containersOf(pod).flatMap((container) => flagValue(commandLineOf(container), 'config') || []),
  );
  return values[0] ?? null;
}

function isControllerPod(pod: Raw): boolean {
  const { component, 'app.kubernetes.io/component': role } = labelsOf(pod);
  const isController = resourceKind(pod) === 'Pod' && (component === 'controller' || role === 'controller');
  return isController && findMetallbContainer(pod, 'controller') === null;
}

/** The ConfigMap that Berth's speakers run from; null where they run from objects. */
export const legacyConfigOfPods = (pods: readonly Raw[]): string | null =>
  legacyConfigNames(pods).speaker ?? null;

/** What a ConfigMap of the live cluster stands for. The errors are sentences. */
export async function readLegacyConfigMap(
  reader: Pick<CollectionReader, 'get'>,
  { namespace, name }: { readonly namespace: string; readonly name: string },
): Promise<Result<ReadonlyMap<string, readonly Raw[]>, readonly string[]>> {
  const found = await reader.get(objectPath(CONFIG_MAPS, { namespace, name }));
  if (found.kind === 'ok') return readLegacyObjects(fieldsOf(found.body), namespace);
  const configMap = `ConfigMap ${name} of the namespace ${namespace}, which --config names,`;
  return err([
    isNotFound(found)
      ? `${configMap} does not exist: create it, or run without --config`
      : `${configMap} cannot be read: ${describeOutcome(found)}`,
  ]);
}

/** Whether a ConfigMap has the key of the old configuration. */
export const isLegacyConfigMap = (raw: Raw): boolean =>
  resourceKind(raw) === 'ConfigMap' &&
  holdsLegacyText(raw) &&
  /\b(address-pools|peers):/.test(textOf(fieldsOf(raw['data'])[LEGACY_DATA_KEY]));

const holdsLegacyText = (raw: Raw): boolean => Object.hasOwn(fieldsOf(raw['data']), LEGACY_DATA_KEY);

/** The one ConfigMap among objects that can be meant, where nothing says from which the speakers run. */
export function onlyLegacyConfig(configMaps: readonly Raw[]): string | null {
  const [first, ...others] = configMaps.filter(holdsLegacyText);
  return first === undefined || others.length > 0 ? null : nameOf(first);
}

/** Manifests without pools, and with the old ConfigMap: with the objects that it stands for. The errors are sentences. */
export async function withOldConfiguration(
  manifests: readonly Manifest[],
  namespace: string,
): Promise<Result<readonly Manifest[], readonly string[]>> {
  const ofKind = (kind: string): readonly Manifest[] =>
    manifests.filter(({ object }) => resourceKind(object) === kind);
  const name =
    ofKind('IPAddressPool').length > 0
      ? null
      : onlyLegacyConfig(ofKind('ConfigMap').map(({ object }) => object));
  const configMap = ofKind('ConfigMap').find(({ object }) => nameOf(object) === name);
  if (configMap === undefined) return ok(manifests);
  const objects = await readLegacyObjects(configMap.object, namespace);
  if (!objects.ok) return err(objects.error.map((error) => `${configMap.location}: ${error}`));
  const added = [...objects.value.values()].flat();
  return ok([...manifests, ...added.map((object) => ({ object, location: configMap.location }))]);
}

/** `--config` of the speakers of a case: by its `args`; else the one ConfigMap that can be meant, where there is no pool. */
export async function legacyConfigOfCase(file: Raw): Promise<LegacyConfigSettings | null> {
  const objects = listOf(file['objects']).map(fieldsOf);
  const ofKind = (kind: string): readonly Raw[] => objectsOfKind(objects, kind);
  const isMeant = ofKind('IPAddressPool').length === 0;
  const name =
    flagValue(textsOf(file['args']), 'config') || (isMeant ? onlyLegacyConfig(ofKind('ConfigMap')) : null);
  return name === null ? null : { name, read: await loadLegacyReader() };
}

/** The objects that a ConfigMap stands for, by kind. The errors are sentences. */
export async function readLegacyObjects(
  configMap: Raw,
  namespace: string,
): Promise<Result<ReadonlyMap<string, readonly Raw[]>, readonly string[]>> {
  const read = await loadLegacyReader();
  const objects = read(configMap, namespace);
  if (!objects.ok)
    return err(objects.error.map((issue) => `ConfigMap ${nameOf(configMap)}: ${formatIssue(issue)}`));
  const byKind = new Map<string, readonly Raw[]>();
  for (const { kind, raw } of objects.value) byKind.set(kind, [...(byKind.get(kind) ?? []), raw]);
  return ok(byKind);
}
