/**
 * Kubernetes manifests as text: YAML of several documents, JSON, and lists of objects, which are unpacked. Each object comes
 * with its location, so that later errors can name it. A document that is invalid is a problem; the others are read.
 */
import type { Document } from 'yaml';
import { fieldsOf, isObject, listOf, type Raw, textOf } from '../base/json.ts';
import { yamlProblems } from '../config/yaml-problems.ts';
import { metadataOf } from '../objects/metadata.ts';

export type Manifest = {
  readonly object: Raw;
  /** `pools.yaml:12`, `list.json: items[3]`. */
  readonly location: string;
};

/** `location` is that of a manifest, with the column if the text is no YAML. */
export type ManifestProblem = { readonly location: string; readonly message: string };

export type ParsedManifests = {
  readonly manifests: readonly Manifest[];
  readonly problems: readonly ManifestProblem[];
  /** Locations of input of kustomize: it stands for objects that only kustomize can make. */
  readonly kustomizations: readonly string[];
};

export const formatManifestProblem = ({ location, message }: ManifestProblem): string =>
  `${location}: ${message}`;

/** The end of a sentence about files that have no object. */
export const noObjectText = ({ kustomizations }: ParsedManifests): string =>
  kustomizations.length === 0
    ? 'there is no object in it'
    : 'there is no object in it, only a Kustomization: render it, as by kubectl kustomize FOLDER, and pass the result';

type Collected = {
  readonly manifests: Manifest[];
  readonly problems: ManifestProblem[];
  readonly kustomizations: string[];
};

/** `file` is the name in locations. Loads the `yaml` package when first called. */
export async function parseManifests(text: string, file: string): Promise<ParsedManifests> {
  const collected: Collected = { manifests: [], problems: [], kustomizations: [] };
  const json = tryParseJson(text);
  if (json !== undefined) {
    collectObjects(json, file, collected);
    return collected;
  }
  const yaml = await import('yaml');
  const lines = new yaml.LineCounter();
  const documents = yaml.parseAllDocuments(text, {
    lineCounter: lines,
    merge: true,
    prettyErrors: false,
    logLevel: 'error',
  });
  const positionOf = (offset: number): string => {
    const { line, col } = lines.linePos(offset);
    return `${file}:${line}:${col}`;
  };
  // For a text without any document the parser returns an object instead of a list.
  for (const document of Array.isArray(documents) ? documents : []) {
    const errors = yamlProblems(yaml, document, text);
    for (const { offset, message } of errors)
      collected.problems.push({
        ...{ location: positionOf(offset), message: `${message.verb}: ${message.what}` },
      });
    if (errors.length > 0 || document.contents === null) continue;
    const location = `${file}:${lines.linePos(document.contents.range?.[0] ?? 0).line}`;
    const value = toPlainValue(document);
    if (typeof value === 'string') collected.problems.push({ location, message: value });
    else collectObjects(value.value, location, collected);
  }
  return collected;
}

/** Much faster than YAML, for what most tools print. Undefined if it is no JSON: read as YAML, errors have a position. */
function tryParseJson(text: string): unknown {
  if (!/^\s*[{[]/.test(text)) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** An error is a sentence: an alias without its anchor, or nested aliases that would exhaust the memory. */
function toPlainValue(document: Document.Parsed): { readonly value: unknown } | string {
  try {
    return { value: document.toJS() };
  } catch (cause) {
    if (!(cause instanceof ReferenceError)) throw cause;
    return `is not valid YAML: ${cause.message}`;
  }
}

function collectObjects(value: unknown, location: string, collected: Collected): void {
  if (value === null || value === undefined) return; // a document of comments only
  if (!isObject(value)) {
    const message = 'is not a Kubernetes object: it needs apiVersion, kind and metadata.name';
    collected.problems.push({ location, message });
    return;
  }
  const kind = textOf(value['kind']);
  const { items } = value;
  if (kind === 'List' || (kind.endsWith('List') && Object.hasOwn(value, 'items'))) {
    if (items !== undefined && items !== null && !Array.isArray(items))
      collected.problems.push({ location, message: `${kind}: items is no list` });
    for (const [index, item] of listOf(items).entries())
      collectObjects(typedItem(value, item), `${location}: items[${index}]`, collected);
    return;
  }
  if (isKustomization(value)) {
    collected.kustomizations.push(location);
    return;
  }
  const problem = identityProblem(value);
  if (problem === null) collected.manifests.push({ object: value, location });
  else collected.problems.push({ location, message: problem });
}

/** The API server leaves kind and apiVersion out of the items of a list of one kind. */
function typedItem(list: Raw, item: unknown): unknown {
  const kind = textOf(list['kind']).slice(0, -'List'.length);
  return kind === '' || !isObject(item) ? item : { apiVersion: list['apiVersion'], kind, ...fieldsOf(item) };
}

/** Input of kustomize that lies in a folder of manifests, not an object of a cluster. */
const isKustomization = (value: Raw): boolean =>
  textOf(value['apiVersion']).startsWith('kustomize.config.k8s.io/');

function identityProblem(value: Raw): string | null {
  const missing = ['apiVersion', 'kind'].filter((field) => textOf(value[field]) === '');
  if (missing.length > 0) return `is not a Kubernetes object: it has no ${missing.join(' and no ')}`;
  const { name, generateName } = metadataOf(value);
  if (textOf(name) !== '' || textOf(generateName) !== '') return null;
  return `${textOf(value['kind'])} has no metadata.name`;
}
