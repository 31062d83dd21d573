/**
 * YAML as people write it for kubectl: several documents in one text, Lists of objects, JSON as well. Each object comes
 * with its place, so that whoever finds fault with it can say where. What cannot be read is a complaint about that
 * document alone; the others are read all the same.
 */

import type { Document } from 'yaml';
import { fieldsOf, isObject, listOf, metadataOf, type Raw, textOf } from '../cluster/fields.ts';

export type Manifest = {
  readonly object: Raw;
  /** `pools.yaml:12`. */
  readonly place: string;
};

/** What is wrong, and where: `pools.yaml:12: …`. */
export type Complaint = { readonly place: string; readonly says: string };

export type Manifests = {
  readonly manifests: readonly Manifest[];
  readonly complaints: readonly Complaint[];
};

/** Loads the `yaml` package when first called. `file` is for the places. */
export async function readManifests(file: string, text: string): Promise<Manifests> {
  const { LineCounter, parseAllDocuments } = await import('yaml');
  const lines = new LineCounter();
  const options = { lineCounter: lines, merge: true, prettyErrors: false, logLevel: 'error' } as const;
  const parsed = parseAllDocuments(text, options);
  const manifests: Manifest[] = [];
  const complaints: Complaint[] = [];
  const placeAt = (offset: number): string => `${file}:${lines.linePos(offset).line}`;
  // A text without any document gives something that is not a list.
  for (const document of Array.isArray(parsed) ? parsed : []) {
    const error = document.errors[0];
    if (error !== undefined) {
      const { col } = lines.linePos(error.pos[0]);
      const says = `is not YAML: at column ${col}, ${error.message}; what is between this \`---\` and the next is left out`;
      complaints.push({ place: placeAt(error.pos[0]), says });
      continue;
    }
    const place = placeAt(document.contents?.range?.[0] ?? 0);
    const value = plainValue(document);
    if (typeof value === 'string') complaints.push({ place, says: value });
    else collect(value.is, place, { manifests, complaints });
  }
  return { manifests, complaints };
}

/** The value, or why there is none: an alias without its anchor, or aliases of aliases that would fill the memory. */
function plainValue(document: Document): { readonly is: unknown } | string {
  try {
    return { is: document.toJS() };
  } catch (cause) {
    if (!(cause instanceof ReferenceError)) throw cause;
    return `is not YAML that can be read: ${cause.message}`;
  }
}

type Found = { readonly manifests: Manifest[]; readonly complaints: Complaint[] };

function collect(value: unknown, place: string, found: Found): void {
  if (value === null || value === undefined) return; // nothing between two `---`, or only a comment
  if (!isObject(value)) {
    const says = 'is no Kubernetes object: it needs the fields apiVersion, kind and metadata';
    found.complaints.push({ place, says });
    return;
  }
  if (textOf(value['kind']) === 'List' && Array.isArray(value['items'])) {
    for (const item of listOf(value['items'])) collect(item, place, found);
    return;
  }
  if (isKustomization(value)) return;
  const missing = missingFields(value);
  if (missing.length === 0) found.manifests.push({ object: value, place });
  else {
    const says = `is no Kubernetes object: without ${missing.join(', ')}`;
    found.complaints.push({ place, says });
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
