/** Parses and matches field selectors (`metadata.name=a,spec.type!=LoadBalancer`); each resource has its selectable fields. */

import { err, ok, type Result } from '../../base/result.ts';
import { nameOf, namespaceOf } from '../../objects/metadata.ts';
import { type JsonObject, valueAt } from '../object/value.ts';

export type FieldRequirement = { readonly path: string; readonly equal: boolean; readonly value: string };

/** Selectable field → the value that counts for an object without it. */
export type SelectableFields = Readonly<Record<string, string>>;

/** The requirements of a selector, all of which must hold; the error is kube-apiserver's message. */
export function parseFieldSelector(
  text: string,
  selectableFields: SelectableFields,
): Result<readonly FieldRequirement[], string> {
  const terms: FieldRequirement[] = [];
  for (const part of splitUnescaped(text, ',')) {
    if (part === '') continue;
    const match = /^(.*?)(!=|==|=)(.*)$/s.exec(part);
    if (match === null) return err(`invalid selector: '${text}'; can't understand '${part}'`);
    const path = match[1] ?? '';
    if (path !== 'metadata.name' && path !== 'metadata.namespace' && !Object.hasOwn(selectableFields, path)) {
      return err(`field label not supported: ${path}`);
    }
    terms.push({ path, equal: match[2] !== '!=', value: unescaped(match[3] ?? '') });
  }
  return ok(terms);
}

/** Splits at each `at` without a backslash before it. */
function splitUnescaped(text: string, at: string): readonly string[] {
  const parts: string[] = [];
  let start = 0;
  for (let i = 0; i < text.length; i++) {
    if (text[i] === '\\') i++;
    else if (text[i] === at) {
      parts.push(text.slice(start, i));
      start = i + 1;
    }
  }
  return [...parts, text.slice(start)];
}

const unescaped = (text: string): string => text.replaceAll(/\\([\\,=])/g, '$1');

export const matchesFields = (
  requirements: readonly FieldRequirement[],
  selectableFields: SelectableFields,
  object: JsonObject,
): boolean =>
  requirements.every(
    (term) => (fieldValue(object, term.path, selectableFields) === term.value) === term.equal,
  );

function fieldValue(object: JsonObject, path: string, selectableFields: SelectableFields): string {
  if (path === 'metadata.name') return nameOf(object);
  if (path === 'metadata.namespace') return namespaceOf(object);
  const value = valueAt(object, path.split('.'));
  return value === undefined || value === null ? (selectableFields[path] ?? '') : String(value);
}
