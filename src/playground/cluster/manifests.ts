/**
 * YAML as people write it for kubectl: several documents in one text, Lists of objects, JSON as well. Each object comes
 * with its place, so that whoever finds fault with it can say where. What cannot be read is a complaint about that
 * document alone; the others are read all the same.
 */

import type { Document } from 'yaml';
import { fieldsOf, isObject, listOf, type Raw, textOf } from '../../base/json.ts';
import { metadataOf } from '../../objects/metadata.ts';

export type PlaygroundManifest = {
  readonly object: Raw;
  /** `pools.yaml:12`. */
  readonly location: string;
};

/** What is wrong, and where: `pools.yaml:12: …`. */
export type ManifestProblem = { readonly location: string; readonly message: string };

export type ParsedManifests = {
  readonly manifests: readonly PlaygroundManifest[];
  readonly problems: readonly ManifestProblem[];
};

/** Loads the `yaml` package when first called. `file` is for the places. */
export async function parseManifestYaml(file: string, text: string): Promise<ParsedManifests> {
  const { LineCounter, parseAllDocuments } = await import('yaml');
  const lines = new LineCounter();
  const options = { lineCounter: lines, merge: true, prettyErrors: false, logLevel: 'error' } as const;
  const parsed = parseAllDocuments(text, options);
  const manifests: PlaygroundManifest[] = [];
  const problems: ManifestProblem[] = [];
  const locationAt = (offset: number): string => `${file}:${lines.linePos(offset).line}`;
  // A text without any document gives something that is not a list.
  for (const document of Array.isArray(parsed) ? parsed : []) {
    const error = document.errors[0];
    if (error !== undefined) {
      const { col } = lines.linePos(error.pos[0]);
      const message = `is not YAML: at column ${col}, ${error.message}; what is between this \`---\` and the next is left out`;
      problems.push({ location: locationAt(error.pos[0]), message });
      continue;
    }
    const location = locationAt(document.contents?.range?.[0] ?? 0);
    const value = toPlainValue(document);
    if (typeof value === 'string') problems.push({ location, message: value });
    else collectObjects(value.value, location, { manifests, problems });
  }
  return { manifests, problems };
}

/** The value, or why there is none: an alias without its anchor, or aliases of aliases that would fill the memory. */
function toPlainValue(document: Document): { readonly value: unknown } | string {
  try {
    return { value: document.toJS() };
  } catch (cause) {
    if (!(cause instanceof ReferenceError)) throw cause;
    return `is not YAML that can be read: ${cause.message}`;
  }
}

type ParsedBuffer = { readonly manifests: PlaygroundManifest[]; readonly problems: ManifestProblem[] };

function collectObjects(value: unknown, location: string, buffer: ParsedBuffer): void {
  if (value === null || value === undefined) return; // nothing between two `---`, or only a comment
  if (!isObject(value)) {
    const message = 'is no Kubernetes object: it needs the fields apiVersion, kind and metadata';
    buffer.problems.push({ location, message });
    return;
  }
  if (textOf(value['kind']) === 'List' && Array.isArray(value['items'])) {
    for (const item of listOf(value['items'])) collectObjects(item, location, buffer);
    return;
  }
  if (isKustomization(value)) return;
  const missing = missingFields(value);
  if (missing.length === 0) buffer.manifests.push({ object: value, location });
  else {
    const message = `is no Kubernetes object: without ${missing.join(', ')}`;
    buffer.problems.push({ location, message });
  }
}

/** It lies beside objects and is none. */
const isKustomization = (value: Raw): boolean =>
  textOf(value['apiVersion']).startsWith('kustomize.config.k8s.io/');

function missingFields(value: Raw): readonly string[] {
  const { name, generateName } = fieldsOf(metadataOf(value)) as { name?: unknown; generateName?: unknown };
  return [
    ...['apiVersion', 'kind'].filter((field) => textOf(value[field]) === ''),
    ...(textOf(name) === '' && textOf(generateName) === '' ? ['metadata.name'] : []),
  ];
}
