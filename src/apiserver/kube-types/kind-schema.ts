/** This file derives the schemas of built-in kinds from their field tables. */

import type { Schema } from '../schema/schema.ts';
import { type FieldType, kubeType, type ScalarName, type TypeField } from './kube-types.ts';

const SCALAR_SCHEMAS: Readonly<Record<ScalarName, Schema>> = {
  string: { type: 'string' },
  int32: { type: 'integer', format: 'int32' },
  int64: { type: 'integer', format: 'int64' },
  bool: { type: 'boolean' },
  double: { type: 'number' },
  bytes: { type: 'string', format: 'byte' },
  Time: { type: 'string', format: 'date-time' },
  MicroTime: { type: 'string', format: 'date-time' },
  Duration: { type: 'string' },
  IntOrString: { 'x-kubernetes-int-or-string': true },
  // A number is read as its text.
  Quantity: { 'x-kubernetes-int-or-string': true },
  FieldsV1: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
  RawExtension: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
  JSON: {},
  JSONSchemaPropsOrBool: {},
  JSONSchemaPropsOrArray: {},
  JSONSchemaPropsOrStringArray: {},
};

const schemas = new Map<string, Schema>();
const names = new WeakMap<Schema, string>();

/**
 * The schema of a type, such as `core.Service`; the same value each time. A kind has `apiVersion` and `kind` too. A
 * schema may contain itself (JSONSchemaProps).
 */
export function typeSchema(name: string): Schema {
  const known = schemas.get(name);
  if (known !== undefined) return known;
  const { fields, isAtomic } = kubeType(name);
  const properties: Record<string, Schema> = {};
  const required: string[] = [];
  const schema: Schema = {
    type: 'object',
    properties,
    required,
    ...(isAtomic ? { 'x-kubernetes-map-type': 'atomic' } : {}),
  };
  schemas.set(name, schema);
  names.set(schema, name);
  if (fields.some((field) => field.name === 'metadata' && isType(field.type, 'meta.ObjectMeta'))) {
    properties['apiVersion'] = SCALAR_SCHEMAS.string;
    properties['kind'] = SCALAR_SCHEMAS.string;
  }
  for (const field of fields) {
    if (field.name === null) {
      Object.assign(properties, fieldSchema(field).properties);
      continue;
    }
    properties[field.name] = fieldSchema(field);
    if (field.isRequired) required.push(field.name);
  }
  return schema;
}

/** The name of the type that `schema` was derived from; null for any other. */
export const typeNameOf = (schema: Schema): string | null => names.get(schema) ?? null;

const isType = (type: FieldType, name: string): boolean => type.kind === 'type' && type.name === name;

function fieldSchema(field: TypeField): Schema {
  const schema = schemaOf(field.type);
  if (field.type.kind === 'map')
    return field.isAtomic ? { ...schema, 'x-kubernetes-map-type': 'atomic' } : schema;
  if (field.type.kind !== 'list')
    return field.default === null ? schema : { ...schema, default: field.default };
  const listType = field.isSet ? 'set' : field.mapKeys.length > 0 ? 'map' : 'atomic';
  return {
    ...schema,
    'x-kubernetes-list-type': listType,
    ...(listType === 'map' ? { 'x-kubernetes-list-map-keys': field.mapKeys } : {}),
    ...(field.mergeKey === null ? {} : { 'x-kubernetes-patch-strategy': 'merge' }),
    ...(field.mergeKey ? { 'x-kubernetes-patch-merge-key': field.mergeKey } : {}),
  };
}

function schemaOf(type: FieldType): Schema {
  switch (type.kind) {
    case 'scalar':
      return SCALAR_SCHEMAS[type.name];
    case 'type':
      return typeSchema(type.name);
    case 'map':
      return { type: 'object', additionalProperties: schemaOf(type.of) };
    default:
      return { type: 'array', items: schemaOf(type.of) };
  }
}

export const text: Schema = SCALAR_SCHEMAS.string;

/** The schema of `metav1.ObjectMeta`. */
export const objectMeta: Schema = typeSchema('meta.ObjectMeta');
