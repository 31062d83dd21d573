/**
 * The OpenAPI v2 document of all resources, as JSON and as protobuf. client-go asks for protobuf only (gnostic's
 * `openapi_v2.Document`). `kubectl` before 1.27 validates by it, later ones where a kind is unknown, and Argo CD compares
 * objects by it.
 */

import type { ResourceRegistry } from '../kinds/registry.ts';
import { isList, isObject, type Json, type JsonObject, listAt, objectAt, textAt } from '../object/value.ts';
import { booleanField, bytesField, textField } from '../wire/protobuf-writer.ts';
import { Definitions } from './definitions.ts';
import { type PathItem, resourcePaths } from './operations.ts';

/** As clients ask for it. In the response the `@` is a dot, since Go parses no media type with an `@`. */
export const OPENAPI_V2_PROTOBUF_TYPE = 'application/com.github.proto-openapi.spec.v2@v1.0+protobuf';

/** `kubernetesVersion`, such as `v1.35.4`. */
export function openapiV2(registry: ResourceRegistry, kubernetesVersion: string): JsonObject {
  const definitions = new Definitions(2);
  const paths: Record<string, Json> = {};
  const parameter = (name: string): JsonObject => ({ name, in: 'query', type: 'string', uniqueItems: true });
  for (const resource of registry.all()) {
    const schema = { $ref: `#/definitions/${definitions.add(resource)}` };
    const responses = { '200': { description: 'OK', schema } };
    Object.assign(paths, resourcePaths(resource, { parameter, responses }));
  }
  return {
    swagger: '2.0',
    info: { title: 'Kubernetes', version: kubernetesVersion },
    paths,
    definitions: definitions.all,
  };
}

/** The document as protobuf: its definitions, and its paths without responses. */
export function encodeOpenapiV2(document: JsonObject): Buffer {
  const info = objectAt(document, 'info');
  const named = (entries: JsonObject, encode: (value: JsonObject) => Buffer): readonly Buffer[] =>
    Object.entries(entries).map(([name, value]) =>
      Buffer.concat([textField(1, name), bytesField(2, encode(isObject(value) ? value : {}))]),
    );
  return Buffer.concat([
    textField(1, textAt(document, 'swagger')),
    bytesField(
      2,
      Buffer.concat([textField(1, textAt(info, 'title')), textField(2, textAt(info, 'version'))]),
    ),
    bytesField(
      8,
      repeated(
        2,
        named(objectAt(document, 'paths'), (item) => encodePathItem(item as PathItem)),
      ),
    ),
    bytesField(9, repeated(1, named(objectAt(document, 'definitions'), encodeSchema))),
  ]);
}

const repeated = (number: number, messages: readonly Buffer[]): Buffer =>
  Buffer.concat(messages.map((message) => bytesField(number, message)));

/** The number of each method in `PathItem`. */
const METHODS: readonly (readonly [string, number])[] = [
  ['get', 2],
  ['put', 3],
  ['post', 4],
  ['delete', 5],
  ['patch', 8],
];

const encodePathItem = (item: PathItem): Buffer =>
  Buffer.concat(
    METHODS.flatMap(([method, number]) => {
      const operation = item[method];
      return operation === undefined ? [] : [bytesField(number, encodeOperation(operation))];
    }),
  );

/** A parameter is wrapped three times: ParametersItem, Parameter and NonBodyParameter are unions. */
function encodeOperation(operation: JsonObject): Buffer {
  const parameters = listAt(operation, 'parameters').map((parameter) => {
    const query = Buffer.concat([
      textField(2, textAt(parameter, 'in')),
      textField(4, textAt(parameter, 'name')),
      textField(6, textAt(parameter, 'type')),
    ]);
    return bytesField(1, bytesField(2, bytesField(3, query)));
  });
  return Buffer.concat([repeated(8, parameters), repeated(13, encodeExtensions(operation))]);
}

function encodeSchema(schema: JsonObject): Buffer {
  const reference = textAt(schema, '$ref');
  if (reference !== '') return textField(1, reference);
  const { items, properties, additionalProperties } = schema;
  const type = textAt(schema, 'type');
  return Buffer.concat([
    textField(2, textAt(schema, 'format')),
    textField(4, textAt(schema, 'description')),
    ...listAt(schema, 'required').map((name) => textField(19, String(name))),
    additionalProperties === undefined
      ? NONE
      : bytesField(21, encodeAdditionalProperties(additionalProperties)),
    type === '' ? NONE : bytesField(22, textField(1, type)),
    // The reader of this document insists on the type of the items.
    type === 'array' ? bytesField(23, bytesField(1, encodeSchema(isObject(items) ? items : {}))) : NONE,
    isObject(properties) ? bytesField(25, repeated(1, encodeProperties(properties))) : NONE,
    repeated(31, encodeExtensions(schema)),
  ]);
}

const NONE = Buffer.alloc(0);

const encodeProperties = (properties: JsonObject): readonly Buffer[] =>
  Object.entries(properties).map(([name, schema]) =>
    Buffer.concat([textField(1, name), bytesField(2, encodeSchema(isObject(schema) ? schema : {}))]),
  );

const encodeAdditionalProperties = (schema: Json): Buffer =>
  isObject(schema) ? bytesField(1, encodeSchema(schema)) : booleanField(2, schema === true);

/** Extensions have their value as YAML, of which JSON is a part. */
const encodeExtensions = (of: JsonObject): readonly Buffer[] =>
  Object.entries(of)
    .filter(([key, value]) => key.startsWith('x-') && (isList(value) || isObject(value) || value !== null))
    .map(([key, value]) =>
      Buffer.concat([textField(1, key), bytesField(2, textField(2, JSON.stringify(value)))]),
    );
