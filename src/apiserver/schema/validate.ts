/** Validates a custom object against its schema, with the messages of kube-apiserver (kube-openapi/pkg/validation). */

import {
  duplicate,
  type FieldError,
  invalidValue,
  notSupported,
  required,
  tooLong,
  tooMany,
  typeInvalid,
} from '../object/field-error.ts';
import { deepEqual, isList, isObject, type Json, type JsonObject } from '../object/value.ts';
import { matchesFormat } from './formats.ts';
import { childOf, joinPath, type Schema } from './schema.ts';

/** All errors of `value`; [] where it is valid. */
export function validateSchema(value: Json, schema: Schema, at = ''): readonly FieldError[] {
  const errors: FieldError[] = [];
  check(value, schema, at, errors);
  return errors;
}

function check(value: Json, schema: Schema, at: string, errors: FieldError[]): void {
  if (value === null && schema.nullable === true) return;
  const expected = expectedType(value, schema);
  if (expected !== null) {
    errors.push(
      typeInvalid(
        at,
        typeName(value),
        `${at} in body must be of type ${expected}: ${JSON.stringify(typeName(value))}`,
      ),
    );
    return;
  }
  if (schema.enum !== undefined && !schema.enum.some((item) => deepEqual(item, value))) {
    errors.push(notSupported(at, value, schema.enum.map(String)));
  }
  if (typeof value === 'string') checkText(value, schema, at, errors);
  if (typeof value === 'number') checkNumber(value, schema, at, errors);
  if (isList(value)) checkList(value, schema, at, errors);
  else if (isObject(value)) checkObject(value, schema, at, errors);
  checkCombinators(value, schema, at, errors);
}

/** The type that the schema requires, where `value` has another; else null. */
function expectedType(value: Json, schema: Schema): string | null {
  if (schema['x-kubernetes-int-or-string'] === true) {
    return typeof value === 'string' || (typeof value === 'number' && Number.isInteger(value))
      ? null
      : 'integer,string';
  }
  if (schema.type === undefined) return null;
  const got = typeName(value);
  if (got === schema.type || (got === 'integer' && schema.type === 'number')) return null;
  return schema.type;
}

function typeName(value: Json): string {
  if (value === null) return 'null';
  if (isList(value)) return 'array';
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number';
  return typeof value;
}

function checkText(value: string, schema: Schema, at: string, errors: FieldError[]): void {
  const length = [...value].length;
  if (schema.maxLength !== undefined && length > schema.maxLength) errors.push(tooLong(at, schema.maxLength));
  if (schema.minLength !== undefined && length < schema.minLength) {
    errors.push(invalidValue(at, value, `${at} in body should be at least ${schema.minLength} chars long`));
  }
  if (schema.pattern !== undefined && !patternOf(schema.pattern).test(value)) {
    errors.push(invalidValue(at, value, `${at} in body should match '${schema.pattern}'`));
  }
  if (schema.format !== undefined && !matchesFormat(schema.format, value)) {
    errors.push(
      invalidValue(at, value, `${at} in body must be of type ${schema.format}: ${JSON.stringify(value)}`),
    );
  }
}

const patterns = new Map<string, RegExp>();
/** Compiled patterns are cached: there are as many as the CRDs have. */
function patternOf(source: string): RegExp {
  const known = patterns.get(source);
  if (known !== undefined) return known;
  const compiled = new RegExp(source, 'u');
  patterns.set(source, compiled);
  return compiled;
}

const ranges: Readonly<Record<string, readonly [number, number]>> = {
  int32: [-(2 ** 31), 2 ** 31 - 1],
  int64: [-(2 ** 63), 2 ** 63],
};

function checkNumber(value: number, schema: Schema, at: string, errors: FieldError[]): void {
  const { minimum, maximum } = schema;
  if (minimum !== undefined && (schema.exclusiveMinimum === true ? value <= minimum : value < minimum)) {
    const bound = schema.exclusiveMinimum === true ? 'greater than' : 'greater than or equal to';
    errors.push(invalidValue(at, value, `${at} in body should be ${bound} ${minimum}`));
  }
  if (maximum !== undefined && (schema.exclusiveMaximum === true ? value >= maximum : value > maximum)) {
    const bound = schema.exclusiveMaximum === true ? 'less than' : 'less than or equal to';
    errors.push(invalidValue(at, value, `${at} in body should be ${bound} ${maximum}`));
  }
  if (schema.multipleOf !== undefined && value % schema.multipleOf !== 0) {
    errors.push(invalidValue(at, value, `${at} in body should be a multiple of ${schema.multipleOf}`));
  }
  const range = schema.format === undefined ? undefined : ranges[schema.format];
  if (range !== undefined && (value < range[0] || value > range[1])) {
    errors.push(
      invalidValue(at, value, `Checked value does not conform to format ${JSON.stringify(schema.format)}`),
    );
  }
}

function checkList(value: readonly Json[], schema: Schema, at: string, errors: FieldError[]): void {
  if (schema.maxItems !== undefined && value.length > schema.maxItems) {
    errors.push(tooMany(at, value.length, schema.maxItems));
  }
  if (schema.minItems !== undefined && value.length < schema.minItems) {
    errors.push(
      invalidValue(at, value.length, `${at} in body should have at least ${schema.minItems} items`),
    );
  }
  const { items } = schema;
  if (items !== undefined) {
    for (const [i, item] of value.entries()) check(item, items, `${at}[${i}]`, errors);
  }
  checkUnique(value, schema, at, errors);
}

function checkUnique(value: readonly Json[], schema: Schema, at: string, errors: FieldError[]): void {
  const kind = schema['x-kubernetes-list-type'];
  if (kind !== 'set' && kind !== 'map') return;
  const keys = schema['x-kubernetes-list-map-keys'] ?? [];
  const seen = new Set<string>();
  for (const [i, item] of value.entries()) {
    const id: Json =
      kind === 'set' || !isObject(item)
        ? item
        : Object.fromEntries(keys.map((key) => [key, item[key] ?? null]));
    const text = JSON.stringify(id);
    if (seen.has(text)) errors.push(duplicate(`${at}[${i}]`, id));
    seen.add(text);
  }
}

function checkObject(value: JsonObject, schema: Schema, at: string, errors: FieldError[]): void {
  for (const key of schema.required ?? []) {
    if (!Object.hasOwn(value, key)) errors.push(required(joinPath(at, key)));
  }
  const count = Object.keys(value).length;
  if (schema.maxProperties !== undefined && count > schema.maxProperties) {
    errors.push(tooMany(at, count, schema.maxProperties));
  }
  if (schema.minProperties !== undefined && count < schema.minProperties) {
    errors.push(
      invalidValue(at, count, `${at} in body should have at least ${schema.minProperties} properties`),
    );
  }
  for (const [key, inner] of Object.entries(value)) {
    const child = childOf(schema, key);
    if (child !== undefined) check(inner, child, joinPath(at, key), errors);
  }
}

function checkCombinators(value: Json, schema: Schema, at: string, errors: FieldError[]): void {
  const fits = (other: Schema): boolean => validateSchema(value, other, at).length === 0;
  for (const other of schema.allOf ?? []) check(value, other, at, errors);
  if (schema.anyOf !== undefined && !schema.anyOf.some(fits)) {
    errors.push(invalidValue(at, value, `${at} in body must validate at least one schema (anyOf)`));
  }
  if (schema.oneOf !== undefined && schema.oneOf.filter(fits).length !== 1) {
    errors.push(invalidValue(at, value, `${at} in body must validate one and only one schema (oneOf)`));
  }
  if (schema.not !== undefined && fits(schema.not)) {
    errors.push(invalidValue(at, value, `${at} in body must not validate the schema (not)`));
  }
}
