/** Applies the validation rules of a schema (`x-kubernetes-validations`) to a whole object. */

import { type FieldError, invalidValue } from '../object/field-error.ts';
import { isList, isObject, type Json, type JsonObject } from '../object/value.ts';
import { type CompiledRule, compileRule } from './cel.ts';
import { childOf, joinPath, type Schema, type ValidationRule } from './schema.ts';

/** Compiled rules are cached: there are as many as the CRDs have. */
const compiledRules = new Map<string, CompiledRule | null>();

function compileCached(rule: ValidationRule): CompiledRule | null {
  const key = `${rule.optionalOldSelf === true}:${rule.rule}`;
  const cached = compiledRules.get(key);
  if (cached !== undefined) return cached;
  const compiled = compileRule(rule);
  compiledRules.set(key, compiled);
  return compiled;
}

/**
 * One error for each rule of `schema` that `object` breaks; `before` is what an update replaces. Rules that do not
 * compile are skipped: `unsupportedRules` names them.
 */
export function validateRules(
  object: JsonObject,
  before: JsonObject | null,
  schema: Schema,
): readonly FieldError[] {
  const errors: FieldError[] = [];
  walkRules({ value: object, old: before ?? undefined, schema, at: '' }, errors);
  return errors;
}

type RuleSubject = {
  readonly value: Json;
  /** The stored value; undefined where there is none to compare with. */
  readonly old: Json | undefined;
  readonly schema: Schema;
  /** The path of the field; '' for the whole object. */
  readonly at: string;
};

function walkRules({ value, old, schema, at }: RuleSubject, errors: FieldError[]): void {
  for (const rule of schema['x-kubernetes-validations'] ?? []) {
    const compiled = compileCached(rule);
    if (compiled === null || (compiled.needsOldSelf && old === undefined)) continue;
    if (compiled.evaluate(value, old, schema)) continue;
    const message = rule.message ?? `failed rule: ${rule.rule}`;
    errors.push(
      invalidValue(
        at === '' ? '<nil>' : `${at}${rule.fieldPath ?? ''}`,
        isObject(value) ? {} : value,
        message,
      ),
    );
  }
  if (isObject(value)) {
    for (const [key, inner] of Object.entries(value)) {
      const child = childOf(schema, key);
      const oldInner = isObject(old) ? old[key] : undefined;
      if (child !== undefined)
        walkRules({ value: inner, old: oldInner, schema: child, at: joinPath(at, key) }, errors);
    }
  } else if (isList(value) && schema.items !== undefined) {
    // Entries of an atomic list have no oldSelf.
    for (const [i, item] of value.entries())
      walkRules({ value: item, old: undefined, schema: schema.items, at: `${at}[${i}]` }, errors);
  }
}

/** The rules under `schema` that do not compile here and are not enforced, each with its path. */
export function unsupportedRules(schema: Schema, at = ''): readonly string[] {
  const own = (schema['x-kubernetes-validations'] ?? [])
    .filter((rule) => compileCached(rule) === null)
    .map((rule) => `${at === '' ? '.' : at}: ${rule.rule}`);
  const inner = Object.entries(schema.properties ?? {}).flatMap(([key, child]) =>
    unsupportedRules(child, joinPath(at, key)),
  );
  const items = schema.items === undefined ? [] : unsupportedRules(schema.items, `${at}[*]`);
  const extra =
    typeof schema.additionalProperties === 'object'
      ? unsupportedRules(schema.additionalProperties, `${at}.*`)
      : [];
  return [...own, ...inner, ...items, ...extra];
}
