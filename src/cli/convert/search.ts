/**
 * Looks for old configurations at every depth of a document. Each tool nests the values of a chart or a ConfigMap in its own way, and
 * many keep them as a text: Flux, Argo CD, k3s, kustomize, Ansible.
 */
import { fieldsOf, isObject, listOf, type Raw, textOf, textsOf } from '../../base/json.ts';
import { formatIssue } from '../../config/issue.ts';
import { extractLegacyText, isLegacyField, LEGACY_DATA_KEY } from '../../config/legacy/legacy-config.ts';
import { parseYaml, parseYamlDocuments } from '../../config/yaml.ts';
import { metadataOf } from '../../objects/metadata.ts';
import { resourceKind } from '../../objects/resource-kind.ts';
import { objectLabel } from './address-pools.ts';
import { setHelmValue } from './helm-parameters.ts';
import type { LegacySource } from './legacy-source.ts';

/** The field of the chart's values, up to its version 0.12. */
export const INLINE_KEY = 'configInline';

export type SearchResult = {
  readonly sources: LegacySource[];
  /** Sentences about texts that may hold one and are no YAML. */
  readonly problems: string[];
  /** Where the configuration of an input is instead: `ConfigMap lb`, `the file values.yaml`. */
  readonly elsewhere: string[];
};

/** A text that may hold one; others are not parsed. */
const MARK = /configInline["']?\s*:|(?:address-pools|bgp-communities|peers)["']?\s*:/;

/** Whether a document has the form of the old text. An object of Kubernetes has `kind` or `apiVersion`, which it lacks. */
export const mayBeLegacyText = (value: unknown): boolean =>
  isObject(value) &&
  !Object.hasOwn(value, 'kind') &&
  !Object.hasOwn(value, 'apiVersion') &&
  Object.keys(value).some(isLegacyField);

export const holdsConfig = (raw: Raw): boolean =>
  resourceKind(raw) === 'ConfigMap' && Object.hasOwn(fieldsOf(raw['data']), LEGACY_DATA_KEY);

/** What surrounds a value. */
type Surroundings = {
  readonly path: string;
  /** That of the nearest object around it that says where its chart is installed; '' for none. */
  readonly namespace: string;
  /** That of the object which this is a part of, and of what it refers to; '' for none. */
  readonly owner: string;
  /** A text of an object may be the old text itself; one of a ConfigMap is it under its own key only. */
  readonly takesText: boolean;
};

export async function searchLegacySources(documents: readonly unknown[]): Promise<SearchResult> {
  const search = new Search();
  for (const document of documents)
    await search.visit(withHelmParameters(document), { path: '', namespace: '', owner: '', takesText: true });
  const { sources, problems, elsewhere } = search;
  return { sources, problems: [...new Set(problems)], elsewhere: [...new Set(elsewhere)] };
}

class Search implements SearchResult {
  readonly sources: LegacySource[] = [];
  readonly problems: string[] = [];
  readonly elsewhere: string[] = [];

  async visit(value: unknown, around: Surroundings): Promise<void> {
    if (typeof value === 'string') return this.#visitText(value, around);
    if (Array.isArray(value)) {
      for (const [index, item] of value.entries())
        await this.visit(item, { ...around, path: `${around.path}[${index}]` });
      return;
    }
    if (isObject(value)) await this.#visitObject(value, around);
  }

  async #visitObject(object: Raw, around: Surroundings): Promise<void> {
    if (holdsConfig(object)) return this.#visitConfigMap(object, around);
    this.elsewhere.push(...placesElsewhere(object, around.owner));
    const owner = textOf(metadataOf(object)['namespace']) || around.owner;
    const namespace = installedInto(object) || around.namespace;
    const takesText = around.takesText && resourceKind(object) !== 'ConfigMap';
    for (const [key, item] of Object.entries(object)) {
      // Annotations repeat the whole object.
      if (key === 'metadata') continue;
      const path = around.path === '' ? key : `${around.path}.${key}`;
      if (key.endsWith(INLINE_KEY) && isObject(item)) this.#found(item, { path, namespace });
      else await this.visit(item, { path, namespace, owner, takesText });
    }
  }

  async #visitConfigMap(configMap: Raw, { path, namespace }: Surroundings): Promise<void> {
    const own = textOf(metadataOf(configMap)['namespace']);
    const text = extractLegacyText(configMap);
    const parsed = text.ok ? await parseYaml(text.value) : text;
    const name = objectLabel(configMap);
    if (!parsed.ok) this.problems.push(...parsed.error.map((issue) => `${name}: ${formatIssue(issue)}`));
    else this.#found(parsed.value, { path, namespace: own || namespace, label: name });
  }

  async #visitText(text: string, around: Surroundings): Promise<void> {
    if (!MARK.test(text)) return;
    // A literal of kustomize begins with the key that it gives the text.
    const parsed = await parseYamlDocuments(text.replace(/^config=/, ''));
    if (!parsed.ok) {
      this.problems.push(...parsed.error.map((issue) => `${around.path}: ${formatIssue(issue)}`));
      return;
    }
    for (const document of parsed.value) {
      if (around.takesText && mayBeLegacyText(document)) this.#found(document, around);
      else await this.visit(document, around);
    }
  }

  #found(
    value: unknown,
    { path, namespace, label = path }: Pick<Surroundings, 'path' | 'namespace'> & { label?: string },
  ): void {
    this.sources.push({ path, label, value, namespace, untouched: [] });
  }
}

/** A chart is installed where its release, its Application or its HelmChart says, which need not be where these are. */
function installedInto(object: Raw): string {
  const isFluxRelease = resourceKind(object) === 'HelmRelease';
  return (
    [
      object['targetNamespace'],
      fieldsOf(object['spec'])['targetNamespace'],
      fieldsOf(object['destination'])['namespace'],
      object['defaultNamespace'],
      object['namespace'],
      isFluxRelease ? metadataOf(object)['namespace'] : '',
    ]
      .map(textOf)
      .find((name) => name !== '') ?? ''
  );
}

/** An Application of Argo CD and a HelmChart of k3s may list single values as helm's `--set` has them: `configInline.peers[0].my-asn`. */
function withHelmParameters(document: unknown): unknown {
  if (!isObject(document)) return document;
  const spec = fieldsOf(document['spec']);
  const template = fieldsOf(fieldsOf(spec['template'])['spec']);
  const sources = [spec, template].flatMap((one) => [one['source'], ...listOf(one['sources'])].map(fieldsOf));
  const parameters = sources.flatMap(({ helm }) => listOf(fieldsOf(helm)['parameters']).map(fieldsOf));
  const single = [
    ...parameters.map(({ name, value }): [string, unknown] => [textOf(name), value]),
    ...Object.entries(fieldsOf(spec['set'])),
  ];
  const values: Raw = {};
  for (const [name, value] of single) if (name.includes(INLINE_KEY)) setHelmValue(values, name, value);
  return Object.keys(values).length === 0 ? document : { ...document, spec: { ...spec, parameters: values } };
}

const FILE_FIELDS = ['valuesFile', 'valuesFiles', 'valueFiles', 'additionalValuesFiles'];

/** Objects and files that hold the values of a chart, or a ConfigMap that is generated. */
function placesElsewhere(object: Raw, namespace: string): readonly string[] {
  const generated = listOf(object['configMapGenerator']).map(fieldsOf);
  const files = [
    ...FILE_FIELDS.flatMap((field) => [textOf(object[field]), ...textsOf(object[field])]),
    ...generated.flatMap(({ files: names }) => textsOf(names).map((name) => name.replace(/^[^=]*=/, ''))),
  ];
  const from = listOf(object['valuesFrom']).map(fieldsOf);
  return [
    ...[textOf(object['existingConfigMap'])].filter((name) => name !== '').map((name) => `ConfigMap ${name}`),
    ...from.map(({ kind, name, valuesKey }) => {
      const key = textOf(valuesKey);
      return `${textOf(kind)} ${namespace === '' ? '' : `${namespace}/`}${textOf(name)}${key === '' ? '' : `, key ${key}`}`;
    }),
    ...files.filter((name) => name !== '').map((name) => `the file ${name}`),
  ];
}
