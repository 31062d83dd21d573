/** `x-kubernetes-validations` of a schema, applied to a whole object. */

import { type FieldError, invalidValue } from '../field-error.ts';
import { isList, isObject, type Json, type JsonObject } from '../value.ts';
import { type Compiled, compileRule } from './cel.ts';
import { childOf, joinPath, type Schema, type ValidationRule } from './schema.ts';

const compiledRules = new Map<string, Compiled | null>();

/** The rule ready to run; null where it uses more of CEL than is understood here. */
export function compileCached(rule: ValidationRule): Compiled | null {
  const known = compiledRules.get(rule.rule);
  if (known !== undefined) return known;
  const compiledRule = compileRule(rule.rule);
  compiledRules.set(rule.rule, compiledRule);
  return compiledRule;
}

/** Every rule of `schema` that `object` breaks. Rules that are not understood are skipped; `unsupportedRules` names them. */
export function validateRules(
  object: JsonObject,
  before: JsonObject | null,
  schema: Schema,
): readonly FieldError[] {
  const errors: FieldError[] = [];
  walkRules(object, before ?? undefined, schema, '', errors);
  return errors;
}

function walkRules(
  value: Json,
  old: Json | undefined,
  schema: Schema,
  at: string,
  errors: FieldError[],
): void {
  for (const rule of schema['x-kubernetes-validations'] ?? []) {
    const run = compileCached(rule);
    if (run === null || (run.comparesOld && old === undefined)) continue;
    const outcome = run.evaluate(value, old);
    if (outcome === true) continue;
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
      if (child !== undefined) walkRules(inner, oldInner, child, joinPath(at, key), errors);
    }
  } else if (isList(value) && schema.items !== undefined) {
    // Entries of an atomic list have no old self.
    for (const [i, item] of value.entries()) walkRules(item, undefined, schema.items, `${at}[${i}]`, errors);
  }
}

/** The rules under `schema` that this server does not understand, with their paths. */
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
