/**
 * This file writes the schemas of served resources as OpenAPI definitions. Types of built-in kinds become definitions of
 * their own, with the names that Kubernetes gives them, and are referred to by name.
 */

import type { ServedResource } from '../kinds/served-resource.ts';
import { typeNameOf, typeSchema } from '../kube-types/kind-schema.ts';
import type { Json, JsonObject } from '../object/value.ts';
import { preservesUnknownFields, type Schema } from '../schema/schema.ts';

/** OpenAPI v2 (Swagger 2.0) or v3. */
export type OpenapiVersion = 2 | 3;

const REFERENCE_ROOTS = { 2: '#/definitions/', 3: '#/components/schemas/' } as const;

/** The definition of a resource refers to others, which are added to `definitions` too. */
export class Definitions {
  readonly all: Record<string, JsonObject> = {};
  readonly #version: OpenapiVersion;

  constructor(version: OpenapiVersion) {
    this.#version = version;
  }

  /** Adds the kind of `resource`, and returns its name. */
  add(resource: ServedResource): string {
    const name = definitionName(resource);
    this.all[name] = {
      ...this.#convert(resource.schema),
      'x-kubernetes-group-version-kind': [groupVersionKind(resource)],
    };
    return name;
  }

  /** A reference to the type, which is added. */
  #refer(typeName: string): JsonObject {
    const name = typeDefinitionName(typeName);
    if (!Object.hasOwn(this.all, name)) {
      this.all[name] = {}; // for a type that contains itself
      this.all[name] = this.#convert(typeSchema(typeName));
    }
    return { $ref: `${REFERENCE_ROOTS[this.#version]}${name}` };
  }

  #convertOrRefer(schema: Schema): JsonObject {
    const typeName = typeNameOf(schema);
    return typeName === null ? this.#convert(schema) : this.#refer(typeName);
  }

  #convert(schema: Schema): JsonObject {
    const { description } = schema;
    const described: JsonObject = description === undefined ? {} : { description };
    // Swagger has no type for these two, so Kubernetes writes them in its own way.
    if (this.#version === 2 && schema['x-kubernetes-int-or-string'] === true)
      return { ...described, type: 'string', format: 'int-or-string' };
    if (this.#version === 2 && preservesUnknownFields(schema))
      return { ...described, ...extensionsOf(schema) };
    const { properties, additionalProperties, items, allOf, anyOf, oneOf, not, ...rest } = schema;
    const converted: Record<string, Json> = { ...((this.#version === 2 ? plain(rest) : rest) as JsonObject) };
    if (properties !== undefined)
      converted['properties'] = mapValues(properties, (property) => this.#convertOrRefer(property));
    if (additionalProperties !== undefined)
      converted['additionalProperties'] =
        typeof additionalProperties === 'boolean'
          ? additionalProperties
          : this.#convertOrRefer(additionalProperties);
    if (items !== undefined) converted['items'] = this.#convertOrRefer(items);
    if (this.#version === 3) {
      for (const [key, list] of Object.entries({ allOf, anyOf, oneOf }))
        if (list !== undefined) converted[key] = list.map((each) => this.#convertOrRefer(each));
      if (not !== undefined) converted['not'] = this.#convertOrRefer(not);
    }
    return converted;
  }
}

/** What Swagger 2.0 knows, of the rest of a schema. */
function plain(schema: Schema): JsonObject {
  const { type, format, description, required } = schema;
  return {
    ...(type === undefined ? {} : { type }),
    ...(format === undefined ? {} : { format }),
    ...(description === undefined ? {} : { description }),
    ...(required === undefined || required.length === 0 ? {} : { required }),
    ...extensionsOf(schema),
  };
}

const extensionsOf = (schema: Schema): JsonObject =>
  Object.fromEntries(
    Object.entries(schema as JsonObject).filter(
      ([key]) => key.startsWith('x-kubernetes-') && key !== 'x-kubernetes-validations',
    ),
  );

const mapValues = (
  record: Readonly<Record<string, Schema>>,
  convert: (schema: Schema) => JsonObject,
): JsonObject => Object.fromEntries(Object.entries(record).map(([key, value]) => [key, convert(value)]));

export const groupVersionKind = ({ group, version, kind }: ServedResource): JsonObject => ({
  group,
  version,
  kind,
});

const reversed = (group: string): string => group.split('.').reverse().join('.');

function definitionName({ group, version, kind, isCustom, schema }: ServedResource): string {
  const typeName = isCustom ? null : typeNameOf(schema);
  return typeName === null ? `${reversed(group)}.${version}.${kind}` : typeDefinitionName(typeName);
}

const PACKAGE_ROOTS: Readonly<Record<string, string>> = {
  meta: 'io.k8s.apimachinery.pkg.apis.meta',
  apiextensions: 'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions',
};

/** `core.ServiceSpec` as `io.k8s.api.core.v1.ServiceSpec`. */
function typeDefinitionName(typeName: string): string {
  const [pack = '', short = ''] = typeName.split('.');
  return `${PACKAGE_ROOTS[pack] ?? `io.k8s.api.${pack}`}.v1.${short}`;
}
