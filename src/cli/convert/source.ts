/**
 * Finds the old configuration in what people have: the ConfigMap or its text, values of MetalLB's Helm chart (a values file, a
 * HelmRelease of Flux, an Application of Argo CD, a HelmChart of k3s), or objects of the kind AddressPool.
 */
import { fieldsOf, isObject, listOf, type Raw, textOf } from '../../base/json.ts';
import { err, ok, type Result } from '../../base/result.ts';
import { formatIssue } from '../../config/issue.ts';
import { extractLegacyText, isLegacyField, LEGACY_DATA_KEY } from '../../config/legacy/legacy-config.ts';
import { parseYaml, parseYamlDocuments } from '../../config/yaml.ts';
import { metadataOf, nameOf } from '../../objects/metadata.ts';
import { setHelmValue } from './helm-parameters.ts';

/** An old configuration, not yet validated. */
export type LegacySource = {
  /** Where it is in the input, for errors: a path, '' for the whole text. */
  readonly path: string;
  readonly value: unknown;
  /** Of the objects that it belongs to; '' where that is not said. */
  readonly namespace: string;
};

/** The field of the chart's values, up to its version 0.12. */
const INLINE_KEY = 'configInline';

/** The key of the chart's values that names a ConfigMap which exists. */
const EXISTING_KEY = 'existingConfigMap';

const NONE = `holds no ConfigMap with a key "${LEGACY_DATA_KEY}", no ${INLINE_KEY} of MetalLB's chart and no AddressPool`;

/** The errors are sentences that begin with the file. */
export async function findLegacySource(
  text: string,
  file: string,
): Promise<Result<LegacySource, readonly string[]>> {
  const parsed = await parseYamlDocuments(text);
  if (!parsed.ok) return err(parsed.error.map((issue) => `${file}: ${formatIssue(issue)}`));
  const objects = parsed.value.flatMap(unpackList);
  const configMaps = objects.filter((one) => one['kind'] === 'ConfigMap');
  const [configMap] = configMaps.length === 1 ? configMaps : configMaps.filter(holdsConfig);
  const inline = (await Promise.all(objects.map(findInline))).flat();
  const pools = objects.filter(isAddressPool);
  if (configMap !== undefined && (holdsConfig(configMap) || (inline.length === 0 && pools.length === 0)))
    return fromConfigMap(configMap, file);
  const found = [...inline, ...(pools.length === 0 ? [] : [fromAddressPools(pools)])];
  const [only, ...others] = found;
  if (only !== undefined && others.length === 0) return ok(only);
  if (only !== undefined) {
    const places = found.map(({ path }) => path).join(', ');
    return err([`${file}: holds ${found.length} configurations: ${places}. Pass one of them`]);
  }
  const [whole] = objects;
  if (objects.length <= 1 && (whole === undefined || mayBeLegacyText(whole)))
    return ok({ path: '', value: parsed.value[0] ?? null, namespace: '' });
  const [named] = objects.flatMap(valuesElsewhere);
  return err([
    named === undefined ? `${file}: ${NONE}` : `${file}: ${NONE}; its values are in ${named}: pass that`,
  ]);
}

/** An object of Kubernetes has `kind` or `apiVersion`, which the old format lacks. */
const mayBeLegacyText = (value: Raw): boolean =>
  !Object.hasOwn(value, 'kind') &&
  !Object.hasOwn(value, 'apiVersion') &&
  Object.keys(value).some(isLegacyField);

const unpackList = (value: unknown): readonly Raw[] => {
  if (!isObject(value)) return [];
  return textOf(value['kind']).endsWith('List') ? listOf(value['items']).flatMap(unpackList) : [value];
};

const holdsConfig = (raw: Raw): boolean => Object.hasOwn(fieldsOf(raw['data']), LEGACY_DATA_KEY);

async function fromConfigMap(configMap: Raw, file: string): Promise<Result<LegacySource, readonly string[]>> {
  const text = extractLegacyText(configMap);
  const parsed = text.ok ? await parseYaml(text.value) : text;
  if (!parsed.ok)
    return err(parsed.error.map((issue) => `${file}: ConfigMap ${nameOf(configMap)}: ${formatIssue(issue)}`));
  return ok({ path: '', value: parsed.value, namespace: textOf(metadataOf(configMap)['namespace']) });
}

/** Wherever it stands in an object: each tool nests the values of a chart in its own way, and some keep them as a text. */
async function findInline(object: Raw): Promise<readonly LegacySource[]> {
  const spec = fieldsOf(object['spec']);
  const namespace =
    [
      textOf(spec['targetNamespace']),
      textOf(fieldsOf(spec['destination'])['namespace']),
      textOf(metadataOf(object)['namespace']),
    ].find((name) => name !== '') ?? '';
  const found: LegacySource[] = [];
  const visit = async (value: unknown, path: string): Promise<void> => {
    if (typeof value === 'string') {
      if (!value.includes(`${INLINE_KEY}:`)) return;
      const parsed = await parseYaml(value);
      if (parsed.ok) await visit(parsed.value, path);
      return;
    }
    const entries = Array.isArray(value)
      ? value.map((item, index): [string, unknown] => [`${path}[${index}]`, item])
      : Object.entries(fieldsOf(value)).map(([key, item]): [string, unknown] => [
          path === '' ? key : `${path}.${key}`,
          item,
        ]);
    for (const [place, item] of entries) {
      if (place.endsWith(INLINE_KEY) && isObject(item)) found.push({ path: place, value: item, namespace });
      else if (isObject(item) || Array.isArray(item) || typeof item === 'string') await visit(item, place);
    }
  };
  await visit(withHelmParameters(object), '');
  return found;
}

/** An Application of Argo CD may list single values as helm's `--set` has them: `configInline.peers[0].my-asn`. */
function withHelmParameters(object: Raw): Raw {
  const spec = fieldsOf(object['spec']);
  const sources = [fieldsOf(spec['source']), ...listOf(spec['sources']).map(fieldsOf)];
  const parameters = sources.flatMap(({ helm }) => listOf(fieldsOf(helm)['parameters']).map(fieldsOf));
  const values: Raw = {};
  for (const { name, value } of parameters)
    if (textOf(name).includes(INLINE_KEY)) setHelmValue(values, textOf(name), value);
  return Object.keys(values).length === 0 ? object : { ...object, parameters: values };
}

/** Objects that the values of a chart name: `ConfigMap metallb-config`. */
function valuesElsewhere(object: Raw): readonly string[] {
  const spec = fieldsOf(object['spec']);
  const existing = [object, fieldsOf(spec['values'])]
    .map((one) => textOf(one[EXISTING_KEY]))
    .filter((name) => name !== '');
  const from = listOf(spec['valuesFrom']).map(fieldsOf);
  return [
    ...existing.map((name) => `ConfigMap ${name}`),
    ...from.map(({ kind, name }) => `${textOf(kind)} ${textOf(name)}`),
  ];
}

/** MetalLB 0.13 and 0.14: the same fields as in the old text, spelled as Kubernetes does, each pool an object. */
const isAddressPool = (raw: Raw): boolean =>
  raw['kind'] === 'AddressPool' && /^metallb\.io\//.test(textOf(raw['apiVersion']));

const POOL_FIELDS: Readonly<Record<string, string>> = {
  autoAssign: 'auto-assign',
  avoidBuggyIPs: 'avoid-buggy-ips',
  bgpAdvertisements: 'bgp-advertisements',
};

const ADVERTISEMENT_FIELDS: Readonly<Record<string, string>> = {
  aggregationLength: 'aggregation-length',
  aggregationLengthV6: 'aggregation-length-v6',
  localPref: 'localpref',
};

function fromAddressPools(pools: readonly Raw[]): LegacySource {
  const converted = pools.map((pool) => {
    const { bgpAdvertisements, ...spec } = fieldsOf(pool['spec']);
    const advertisements = listOf(bgpAdvertisements).map((one) =>
      rename(fieldsOf(one), ADVERTISEMENT_FIELDS),
    );
    return {
      name: nameOf(pool),
      ...rename(spec, POOL_FIELDS),
      ...(advertisements.length === 0 ? {} : { 'bgp-advertisements': advertisements }),
    };
  });
  const [first] = pools;
  return {
    path: 'AddressPool objects',
    value: { 'address-pools': converted },
    namespace: first === undefined ? '' : textOf(metadataOf(first)['namespace']),
  };
}

const rename = (fields: Raw, names: Readonly<Record<string, string>>): Raw =>
  Object.fromEntries(Object.entries(fields).map(([key, value]) => [names[key] ?? key, value]));
