/**
 * A structural OpenAPI v3 schema. CRDs have one, and built-in kinds are described by one too, so that decoding, pruning,
 * strategic merge, managed fields and OpenAPI use the same description.
 */

import { isObject, type Json } from '../object/value.ts';

export type ValidationRule = {
  readonly rule: string;
  readonly message?: string;
  readonly messageExpression?: string;
  readonly fieldPath?: string;
  readonly reason?: string;
  readonly optionalOldSelf?: boolean;
};

export type Schema = {
  readonly type?: string;
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema | boolean;
  readonly items?: Schema;
  readonly required?: readonly string[];
  readonly default?: Json;
  readonly enum?: readonly Json[];
  readonly format?: string;
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: boolean;
  readonly exclusiveMaximum?: boolean;
  readonly multipleOf?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly minProperties?: number;
  readonly maxProperties?: number;
  readonly nullable?: boolean;
  readonly allOf?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly not?: Schema;
  readonly 'x-kubernetes-preserve-unknown-fields'?: boolean;
  readonly 'x-kubernetes-int-or-string'?: boolean;
  readonly 'x-kubernetes-embedded-resource'?: boolean;
  readonly 'x-kubernetes-list-type'?: string;
  readonly 'x-kubernetes-list-map-keys'?: readonly string[];
  readonly 'x-kubernetes-map-type'?: string;
  readonly 'x-kubernetes-patch-merge-key'?: string;
  readonly 'x-kubernetes-patch-strategy'?: string;
  readonly 'x-kubernetes-validations'?: readonly ValidationRule[];
};

/** The schema of a CRD; `kinds/crd.ts` validates that it is an object. */
export const asSchema = (value: Json | undefined): Schema => (isObject(value) ? (value as Schema) : {});

/** The schema of the field `key`; undefined where `schema` does not specify it. */
export function childOf(schema: Schema | undefined, key: string): Schema | undefined {
  if (schema === undefined) return undefined;
  const named = schema.properties;
  if (named !== undefined && Object.hasOwn(named, key)) return named[key];
  const extra = schema.additionalProperties;
  return typeof extra === 'object' ? extra : undefined;
}

/** Whether fields that the schema does not specify are preserved. */
export const preservesUnknownFields = (schema: Schema): boolean =>
  schema['x-kubernetes-preserve-unknown-fields'] === true ||
  schema.additionalProperties === true ||
  (schema.type === undefined && schema.properties === undefined && schema.items === undefined);

/** The path of a field, as kube-apiserver prints it: `spec.ports`. */
export const joinPath = (at: string, key: string): string => (at === '' ? key : `${at}.${key}`);
