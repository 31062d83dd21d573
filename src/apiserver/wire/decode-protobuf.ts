/**
 * This file decodes the protobuf bodies of built-in kinds into the objects that JSON bodies give. Typed clients of
 * newer client-go send them by default, so `kubectl create`, `kubectl drain` and helm do.
 */

import { ownValue, setOwnValue } from '../../base/own-value.ts';
import { err, ok, type Result } from '../../base/result.ts';
import {
  type FieldType,
  type KubeType,
  kubeTypes,
  type ScalarName,
  type TypeField,
} from '../kube-types/kube-types.ts';
import type { Json, JsonObject } from '../object/value.ts';
import { isObject } from '../object/value.ts';
import {
  asBytes,
  asDouble,
  asInteger,
  asText,
  lastOf,
  MalformedProtobuf,
  readFields,
  type WireValue,
} from './protobuf-reader.ts';

export const PROTOBUF_TYPE = 'application/vnd.kubernetes.protobuf';

/** The first octets of each such body (apimachinery, serializer/protobuf). */
const MAGIC = Buffer.from('k8s\0');

/**
 * The object of a body; the error is a sentence. The body is a `runtime.Unknown`: apiVersion and kind, and the encoded
 * object.
 */
export function decodeProtobuf(bytes: Buffer): Result<JsonObject, string> {
  if (!bytes.subarray(0, MAGIC.length).equals(MAGIC))
    return err('provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]');
  try {
    const unknown = readFields(bytes.subarray(MAGIC.length));
    const typeMeta = readFields(asBytes(lastOf(unknown, 1) ?? Buffer.alloc(0)));
    const apiVersion = asText(lastOf(typeMeta, 1) ?? Buffer.alloc(0));
    const kind = asText(lastOf(typeMeta, 2) ?? Buffer.alloc(0));
    const type = findType(apiVersion, kind);
    if (type === null)
      return err(`no kind ${JSON.stringify(kind)} is registered for version ${JSON.stringify(apiVersion)}`);
    return ok({ apiVersion, kind, ...decodeMessage(asBytes(lastOf(unknown, 2) ?? Buffer.alloc(0)), type) });
  } catch (cause) {
    if (cause instanceof MalformedProtobuf || cause instanceof SyntaxError)
      return err(`proto: ${cause.message}`);
    throw cause;
  }
}

/** Options of a deletion have the version of their group, and are the same in all. */
function findType(apiVersion: string, kind: string): KubeType | null {
  if (kind === 'DeleteOptions') return kubeTypes().get('meta.DeleteOptions') ?? null;
  const group = apiVersion.includes('/') ? apiVersion.replace(/\..*|\/.*/, '') : 'core';
  return apiVersion.replace(/.*\//, '') === 'v1' ? (kubeTypes().get(`${group}.${kind}`) ?? null) : null;
}

function decodeMessage(bytes: Buffer, type: KubeType): JsonObject {
  const object: Record<string, Json> = {};
  for (const { number, value } of readFields(bytes)) {
    // A number that is not in the table belongs to a newer client; kube-apiserver skips it too.
    const field = type.fields.find((each) => each.number === number);
    if (field !== undefined) addField(object, field, value);
  }
  return object;
}

function addField(object: Record<string, Json>, field: TypeField, value: WireValue): void {
  const { name, type } = field;
  if (name === null) {
    const inner = decodeValue(type, value);
    if (isObject(inner)) Object.assign(object, inner);
    return;
  }
  const before = ownValue(object, name);
  if (type.kind === 'list') {
    const list: Json[] = Array.isArray(before) ? (before as Json[]) : [];
    // Kubernetes' messages are proto2: numbers too have a field for each item.
    list.push(decodeValue(type.of, value));
    object[name] = list;
  } else if (type.kind === 'map') {
    const entry = readFields(asBytes(value));
    const key = asText(lastOf(entry, 1) ?? Buffer.alloc(0));
    const item = lastOf(entry, 2) ?? Buffer.alloc(0);
    // A map under construction is not shared yet. Its keys are the client's, and may be `__proto__`.
    const map = isObject(before) ? before : {};
    const decoded = decodeValue(type.of, item);
    setOwnValue(map as Record<string, Json>, key, decoded);
    object[name] = map;
  } else {
    const decoded = decodeValue(type, value);
    // Go sends a value that is no pointer even where it is unset; its JSON form omits that one.
    const isUnset = decoded === null || (!field.isPointer && isZero(decoded));
    if (!isUnset || (field.isRequired && decoded !== null)) object[name] = decoded;
  }
}

const isZero = (value: Json): boolean => value === '' || value === 0 || value === false;

function decodeValue(type: FieldType, value: WireValue): Json {
  switch (type.kind) {
    case 'scalar':
      return SCALAR_DECODERS[type.name](value);
    case 'type': {
      const message = kubeTypes().get(type.name);
      return message === undefined ? {} : decodeMessage(asBytes(value), message);
    }
    case 'items':
      return readFields(asBytes(value)).flatMap((field) =>
        field.number === 1 ? [decodeValue(type.of, field.value)] : [],
      );
    default:
      throw new MalformedProtobuf('a list within a list');
  }
}

const SCALAR_DECODERS: Readonly<Record<ScalarName, (value: WireValue) => Json>> = {
  string: asText,
  int32: asInteger,
  int64: asInteger,
  bool: (value) => asInteger(value) !== 0,
  double: asDouble,
  bytes: (value) => asBytes(value).toString('base64'),
  Time: (value) => decodeTime(value, 0),
  MicroTime: (value) => decodeTime(value, MICROSECOND_DIGITS),
  Duration: (value) => `${asInteger(lastOf(readFields(asBytes(value)), 1) ?? 0n)}ns`,
  FieldsV1: (value) => parseRaw(value),
  RawExtension: (value) => parseRaw(value),
  JSON: (value) => parseRaw(value),
  IntOrString: decodeIntOrString,
  Quantity: (value) => asText(lastOf(readFields(asBytes(value)), 1) ?? Buffer.from('0')),
  JSONSchemaPropsOrBool: (value) => {
    const fields = readFields(asBytes(value));
    const schema = lastOf(fields, 2);
    return schema === undefined ? asInteger(lastOf(fields, 1) ?? 0n) !== 0 : decodeSchemaProps(schema);
  },
  JSONSchemaPropsOrArray: (value) => {
    const fields = readFields(asBytes(value));
    const schema = lastOf(fields, 1);
    if (schema !== undefined) return decodeSchemaProps(schema);
    return fields.flatMap((field) => (field.number === 2 ? [decodeSchemaProps(field.value)] : []));
  },
  JSONSchemaPropsOrStringArray: (value) => {
    const fields = readFields(asBytes(value));
    const schema = lastOf(fields, 1);
    if (schema !== undefined) return decodeSchemaProps(schema);
    return fields.flatMap((field) => (field.number === 2 ? [asText(field.value)] : []));
  },
};

const decodeSchemaProps = (value: WireValue): Json =>
  decodeValue({ kind: 'type', name: 'apiextensions.JSONSchemaProps' }, value);

const MICROSECOND_DIGITS = 6;
const NANOSECONDS_PER_MICROSECOND = 1000;

/** Seconds and nanoseconds as RFC 3339; null for the zero time, which Go encodes as no fields. */
function decodeTime(value: WireValue, fractionDigits: number): Json {
  const fields = readFields(asBytes(value));
  if (fields.length === 0) return null;
  const date = new Date(asInteger(lastOf(fields, 1) ?? 0n) * 1000);
  if (Number.isNaN(date.getTime())) throw new MalformedProtobuf('a time outside of the years 0 to 9999');
  const seconds = date.toISOString().slice(0, -'.000Z'.length);
  if (fractionDigits === 0) return `${seconds}Z`;
  const micros = Math.trunc(asInteger(lastOf(fields, 2) ?? 0n) / NANOSECONDS_PER_MICROSECOND);
  return `${seconds}.${String(micros).padStart(fractionDigits, '0')}Z`;
}

/** `type` 0 is the number, 1 the text. */
function decodeIntOrString(value: WireValue): Json {
  const fields = readFields(asBytes(value));
  return asInteger(lastOf(fields, 1) ?? 0n) === 0
    ? asInteger(lastOf(fields, 2) ?? 0n)
    : asText(lastOf(fields, 3) ?? Buffer.alloc(0));
}

/** A value that is JSON within protobuf. */
function parseRaw(value: WireValue): Json {
  const raw = lastOf(readFields(asBytes(value)), 1);
  return raw === undefined || asBytes(raw).length === 0 ? null : (JSON.parse(asText(raw)) as Json);
}
