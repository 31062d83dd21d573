/** Finds what an applied configuration may not have: unknown fields, and items that cannot be told apart. */

import { isAssociative, itemStep, pathsOf } from '../fields/field-set.ts';
import { isList, isObject, type Json, type JsonObject } from '../object/value.ts';
import { childOf, preservesUnknownFields, type Schema } from '../schema/schema.ts';

/** The sentence of structured-merge-diff; null where there is no error. */
export function findTypeError(object: JsonObject, schema: Schema): string | null {
  const errors: string[] = [];
  check(object, schema, '', errors);
  if (errors.length <= 1) return errors[0] ?? null;
  return `errors:\n${errors.map((each) => `  ${each}`).join('\n')}`;
}

function check(value: Json, schema: Schema, at: string, errors: string[]): void {
  if (isObject(value)) {
    const isOpen = preservesUnknownFields(schema);
    for (const [key, inner] of Object.entries(value)) {
      const child = childOf(schema, key);
      if (child !== undefined) check(inner, child, `${at}.${key}`, errors);
      else if (!isOpen) errors.push(`${at}.${key}: field not declared in schema`);
    }
  } else if (isList(value)) {
    if (isAssociative(schema)) checkItems(value, schema, at, errors);
    const { items } = schema;
    if (items === undefined) return;
    for (const [i, item] of value.entries())
      check(item, items, isAssociative(schema) ? itemPath(item, schema, at) : `${at}[${i}]`, errors);
  }
}

function checkItems(value: readonly Json[], schema: Schema, at: string, errors: string[]): void {
  const seen = new Set<string>();
  for (const [i, item] of value.entries()) {
    const keys = schema['x-kubernetes-list-map-keys'] ?? [];
    if (isObject(item) && keys.length > 0 && keys.every((key) => isOmitted(item, key, schema))) {
      const names = keys.map((key) => JSON.stringify(key)).join(' ');
      errors.push(
        `${at}: element ${i}: associative list with keys has an element that omits all key fields [${names}] (and doesn't have default values for any key fields)`,
      );
      continue;
    }
    const step = itemStep(item, schema);
    if (seen.has(step)) errors.push(`${at}: duplicate entries for key ${itemPath(item, schema, '')}`);
    seen.add(step);
  }
}

const isOmitted = (item: JsonObject, key: string, schema: Schema): boolean =>
  item[key] === undefined && schema.items?.properties?.[key]?.default === undefined;

const itemPath = (item: Json, schema: Schema, at: string): string =>
  `${at}${pathsOf({ [itemStep(item, schema)]: {} })[0] ?? ''}`;
