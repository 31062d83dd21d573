/** Decodes the body of a request into an object of a resource: refuses values that do not fit, and prunes unknown fields. */

import { setOwnValue } from '../../base/own-value.ts';
import { err, ok, type Result } from '../../base/result.ts';
import { apiVersionOf } from '../../objects/api-group.ts';
import type { ServedResource } from '../kinds/served-resource.ts';
import { objectMeta } from '../kube-types/kind-schema.ts';
import { badRequest, type StatusError } from '../object/status.ts';
import { isObject, type Json, type JsonObject, metaOf, withKey } from '../object/value.ts';
import { applyDefaults } from '../schema/defaults.ts';
import { dropNulls, findDecodeError, prune } from '../schema/prune.ts';
import type { WriteOptions } from './server-state.ts';

export type DecodedObject = { readonly object: JsonObject; readonly warnings: readonly string[] };

/**
 * An applied configuration (`isApplied`) keeps unknown fields, which its caller refuses, and gets no defaults. `trusted`
 * is the stored object that `body` was derived from: parts that both share by reference were decoded before,
 * and are not decoded again.
 */
export function decodeObject(
  body: Json,
  resource: ServedResource,
  options: Pick<WriteOptions, 'fieldValidation'> & { readonly isApplied?: boolean },
  trusted: JsonObject = {},
): Result<DecodedObject, StatusError> {
  if (!isObject(body)) {
    return err(badRequest(`couldn't get version/kind; json parse error: the body is not an object`));
  }
  const typed = withTypeMeta(body, resource);
  if (!typed.ok) return typed;
  const [fresh, shared] = splitShared(typed.value, trusted);
  const schema = resource.isCustom
    ? { type: 'object', properties: { metadata: objectMeta } }
    : resource.schema;
  const problem = findDecodeError(fresh, schema, '', resource.kind);
  if (problem !== null) {
    const message = resource.isCustom
      ? problem
      : `${resource.kind} in version ${JSON.stringify(resource.version)} cannot be handled as a ${resource.kind}: ${problem}`;
    return err(badRequest(message));
  }
  const cleaned = resource.isCustom
    ? withKey(fresh, 'metadata', fresh['metadata'] === undefined ? undefined : dropNulls(metaOf(fresh)))
    : dropNulls(fresh);
  if (options.isApplied === true) return ok({ object: cleaned, warnings: [] });
  const { value, unknown } = prune(cleaned, resource.schema);
  const unknownFields = unknown.map((path) => `unknown field ${JSON.stringify(path)}`);
  if (unknownFields.length > 0 && options.fieldValidation === 'Strict') {
    return err(
      badRequest(
        `${resource.kind} in version ${JSON.stringify(resource.version)} cannot be handled as a ${resource.kind}: strict decoding error: ${unknownFields.join(', ')}`,
      ),
    );
  }
  const filled = resource.isCustom ? (applyDefaults(value, resource.schema) as JsonObject) : value;
  const object = { ...filled, ...shared };
  return ok({ object, warnings: options.fieldValidation === 'Warn' ? unknownFields : [] });
}

function splitShared(
  body: JsonObject,
  trusted: JsonObject,
): readonly [fresh: JsonObject, shared: JsonObject] {
  const fresh: Record<string, Json> = {};
  const shared: Record<string, Json> = {};
  for (const key of Object.keys(body)) {
    const value = body[key] ?? null;
    const isShared = typeof value === 'object' && value !== null && value === trusted[key];
    setOwnValue(isShared ? shared : fresh, key, value);
  }
  return [fresh, shared];
}

function withTypeMeta(body: JsonObject, resource: ServedResource): Result<JsonObject, StatusError> {
  const expected = apiVersionOf(resource);
  const { apiVersion = '', kind = '' } = body;
  if (resource.isCustom && (kind === '' || apiVersion === '')) {
    const missing = kind === '' ? 'Kind' : 'apiVersion';
    return err(badRequest(`Object '${missing}' is missing in '${JSON.stringify(body)}'`));
  }
  if (kind !== '' && kind !== resource.kind) {
    return err(
      badRequest(
        `the object provided is unrecognized (must be of type ${resource.kind}): no kind ${JSON.stringify(kind)} is registered for this path`,
      ),
    );
  }
  if (apiVersion !== '' && apiVersion !== expected) {
    return err(
      badRequest(
        `the API version in the data (${String(apiVersion)}) does not match the expected API version (${expected})`,
      ),
    );
  }
  return ok({ ...body, apiVersion: expected, kind: resource.kind });
}
