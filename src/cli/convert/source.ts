/**
 * Finds the old configuration in what people have: the ConfigMap or its text, values of MetalLB's Helm chart, whatever holds one of
 * them at any depth, or objects of the kind AddressPool.
 */
import { isOldPool } from '../../allocation/findings/old-pools.ts';
import { isObject, listOf, type Raw, textOf } from '../../base/json.ts';
import { err, ok, type Result } from '../../base/result.ts';
import { inflect } from '../../base/text.ts';
import { formatIssue } from '../../config/issue.ts';
import { extractLegacyText, LEGACY_DATA_KEY } from '../../config/legacy/legacy-config.ts';
import { parseYamlDocuments } from '../../config/yaml.ts';
import { objectsOfKind } from '../../objects/resource-kind.ts';
import { addressPoolSource, isMetalLBObject, objectLabel } from './address-pools.ts';
import { encryptedDocuments } from './encrypted.ts';
import type { LegacySource } from './legacy-source.ts';
import { otherLanguageError } from './other-languages.ts';
import { INLINE_KEY, mayBeLegacyText, type SearchResult, searchLegacySources } from './search.ts';

const NONE = `holds no ConfigMap with a key "${LEGACY_DATA_KEY}", no ${INLINE_KEY} of MetalLB's chart and no AddressPool`;

/** The errors are sentences that begin with the file. */
export async function findLegacySource(
  text: string,
  file: string,
): Promise<Result<LegacySource, readonly string[]>> {
  const inFile = (sentence: string): string => `${file}: ${sentence}`;
  const otherLanguage = otherLanguageError(file);
  if (otherLanguage !== null) return err([inFile(otherLanguage)]);
  const parsed = await parseYamlDocuments(text);
  if (!parsed.ok) return err(parsed.error.map((issue) => inFile(formatIssue(issue))));
  const documents = parsed.value.flatMap(unpackList).filter((one) => one !== null);
  const encrypted = encryptedDocuments(documents);
  if (encrypted.length > 0) return err(encrypted.map(inFile));
  const objects = documents.filter(isObject);
  const [whole] = documents;
  if (documents.length <= 1 && (whole === undefined || mayBeLegacyText(whole)))
    return ok({ path: '', label: file, value: whole ?? null, namespace: '', untouched: [] });
  const found = await searchLegacySources(documents);
  const pools = objects.filter(isOldPool);
  const untouched = objects.filter((one) => isMetalLBObject(one) && !isOldPool(one)).map(objectLabel);
  const converted = pools.length === 0 ? [] : [addressPoolSource(pools, untouched)];
  const wrong = [...found.problems, ...converted.flatMap((one) => (one.ok ? [] : [one.error]))];
  if (wrong.length > 0) return err(wrong.map(inFile));
  const sources = [...found.sources, ...converted.flatMap((one) => (one.ok ? [one.value] : []))];
  const [only, ...others] = sources;
  if (only === undefined) return err(noneFound(objects, untouched, found).map(inFile));
  if (others.length === 0) return ok({ ...only, untouched });
  const places = sources.map(({ label }) => label).join(', ');
  return err([inFile(`holds ${sources.length} configurations: ${places}. Pass one of them`)]);
}

/** A document that is a list, as of Ansible's tasks, stays one. */
const unpackList = (value: unknown): readonly unknown[] =>
  isObject(value) && textOf(value['kind']).endsWith('List')
    ? listOf(value['items']).flatMap(unpackList)
    : [value];

/** What to do instead, where that can be told. */
function noneFound(
  objects: readonly Raw[],
  untouched: readonly string[],
  { elsewhere }: SearchResult,
): readonly string[] {
  const configMaps = objectsOfKind(objects, 'ConfigMap');
  const [configMap] = configMaps;
  const text = configMap === undefined || configMaps.length > 1 ? ok('') : extractLegacyText(configMap);
  if (configMap !== undefined && !text.ok)
    return text.error.map((issue) => `${objectLabel(configMap)}: ${formatIssue(issue)}`);
  if (elsewhere.length > 0) return [`${NONE}; its values are in ${elsewhere.join(', ')}: pass that`];
  if (objects.some((one) => one['kind'] === 'Kustomization'))
    return [
      `${NONE}; a Kustomization stands for other objects: pass what kubectl kustomize prints of its folder`,
    ];
  if (untouched.length > 0)
    return [
      `${NONE}: ${untouched.join(', ')} ${inflect(untouched.length, 'needs', 'need')} no conversion, as ${inflect(untouched.length, 'an object', 'objects')} of metallb.io`,
    ];
  return [NONE];
}
