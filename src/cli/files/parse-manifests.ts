/** Text of manifests made into objects: YAML or JSON, several documents, lists unpacked. */

import { LineCounter, parseAllDocuments } from 'yaml';
import { fieldsOf, isObject, listOf, type Raw, textOf } from '../../base/json.ts';
import { err, ok, type Result } from '../../base/result.ts';
import { metadataOf } from '../../objects/metadata.ts';

/** An object, and where somebody wrote it: `pools.yaml:12`. */
export type ParsedManifest = { readonly raw: Raw; readonly origin: string };

/** All that is wrong with the text, each with line and column: `pools.yaml:3:5: …`. */
export function parseManifestText(
  text: string,
  file: string,
): Result<readonly ParsedManifest[], readonly string[]> {
  const json = tryParseJson(text);
  if (json !== undefined) return unpackLists([{ value: json, origin: file }]);
  const lines = new LineCounter();
  const documents = parseAllDocuments(text, {
    lineCounter: lines,
    merge: true,
    prettyErrors: false,
    logLevel: 'error',
  });
  const complaints: string[] = [];
  const values: YamlValue[] = [];
  // Without a single document there is an object that says so in place of the list.
  for (const document of Array.isArray(documents) ? documents : []) {
    const firstErrors = new Map<number, string>(); // the parser says the same place's fault twice, from within and without
    for (const { message, pos } of document.errors)
      if (!firstErrors.has(pos[0])) firstErrors.set(pos[0], message);
    for (const [offset, message] of firstErrors) {
      const { line, col } = lines.linePos(offset);
      complaints.push(`${file}:${line}:${col}: is not YAML: ${message}`);
    }
    if (document.errors.length > 0 || document.contents === null) continue;
    const start = document.contents.range?.[0] ?? 0;
    const origin = `${file}:${lines.linePos(start).line}`;
    try {
      values.push({ value: document.toJS(), origin });
    } catch (cause) {
      // An alias without its anchor, or aliases of aliases that would fill the memory.
      if (!(cause instanceof ReferenceError)) throw cause;
      complaints.push(`${origin}: is not YAML that can be read: ${cause.message}`);
    }
  }
  return complaints.length > 0 ? err(complaints) : unpackLists(values);
}

type YamlValue = { readonly value: unknown; readonly origin: string };

/** What most tools print, read without the detour over YAML; undefined where it is not JSON. */
function tryParseJson(text: string): unknown {
  if (!/^\s*[{[]/.test(text)) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // read as YAML it gets a line and a column to its complaint, or turns out to be fine
  }
}

function unpackLists(values: readonly YamlValue[]): Result<readonly ParsedManifest[], readonly string[]> {
  const complaints: string[] = [];
  const manifests: ParsedManifest[] = [];
  const addObject = ({ value, origin }: YamlValue): void => {
    if (value === null || value === undefined) return; // nothing but comments
    if (!isObject(value)) {
      complaints.push(`${origin}: is not a Kubernetes object`);
      return;
    }
    const kind = textOf(value['kind']);
    if (kind === '' || textOf(value['apiVersion']) === '') {
      complaints.push(
        `${origin}: is not a Kubernetes object: it has no ${kind === '' ? 'kind' : 'apiVersion'}`,
      );
    } else if (kind.endsWith('List') && Object.hasOwn(value, 'items')) {
      const itemKind = kind.slice(0, -'List'.length);
      for (const [index, item] of listOf(value['items']).entries()) {
        // The API server leaves kind and version out inside of a list of one kind.
        const typedItem =
          itemKind === '' ? item : { apiVersion: value['apiVersion'], kind: itemKind, ...fieldsOf(item) };
        addObject({ value: typedItem, origin: `${origin}: items[${index}]` });
      }
    } else if (textOf(metadataOf(value)['name']) === '') {
      complaints.push(`${origin}: ${kind} has no metadata.name`);
    } else {
      manifests.push({ raw: value, origin });
    }
  };
  for (const one of values) addObject(one);
  return complaints.length > 0 ? err(complaints) : ok(manifests);
}
