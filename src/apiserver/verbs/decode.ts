/** From a request's body to an object of the right kind: what does not fit is refused, what is not known is dropped. */

import { err, ok, type Result } from '../../base/result.ts';
import type { WriteOptions } from '../cluster.ts';
import { groupVersion, type Resource } from '../kinds/resource.ts';
import { fillDefaults } from '../schema/defaults.ts';
import { dropNulls, prune, undecodable } from '../schema/prune.ts';
import { objectMeta } from '../schema/shape.ts';
import { badRequest, type Failure } from '../status.ts';
import { isObject, type Json, type JsonObject, metaOf, withKey } from '../value.ts';

export type Decoded = { readonly object: JsonObject; readonly warnings: readonly string[] };

/**
 * `trusted` is the stored object that `body` was made from: parts that the two share by reference were looked at when
 * they came in, and are not looked at again.
 */
export function decode(
  body: Json,
  of: Resource,
  options: Pick<WriteOptions, 'fieldValidation'>,
  trusted: JsonObject = {},
): Result<Decoded, Failure> {
  if (!isObject(body)) {
    return err(badRequest(`couldn't get version/kind; json parse error: the body is not an object`));
  }
  const typed = withType(body, of);
  if (!typed.ok) return typed;
  const [fresh, shared] = split(typed.value, trusted);
  const shape = of.custom ? { type: 'object', properties: { metadata: objectMeta } } : of.schema;
  const problem = undecodable(fresh, shape, '', of.kind);
  if (problem !== null) {
    const says = of.custom
      ? problem
      : `${of.kind} in version ${JSON.stringify(of.version)} cannot be handled as a ${of.kind}: ${problem}`;
    return err(badRequest(says));
  }
  const cleaned = of.custom
    ? withKey(fresh, 'metadata', fresh['metadata'] === undefined ? undefined : dropNulls(metaOf(fresh)))
    : dropNulls(fresh);
  const { value, unknown } = prune(cleaned, of.schema);
  const complaints = unknown.map((path) => `unknown field ${JSON.stringify(path)}`);
  if (complaints.length > 0 && options.fieldValidation === 'Strict') {
    return err(
      badRequest(
        `${of.kind} in version ${JSON.stringify(of.version)} cannot be handled as a ${of.kind}: strict decoding error: ${complaints.join(', ')}`,
      ),
    );
  }
  const filled = of.custom ? (fillDefaults(value, of.schema) as JsonObject) : value;
  const object = { ...filled, ...shared };
  return ok({ object, warnings: options.fieldValidation === 'Warn' ? complaints : [] });
}

function split(body: JsonObject, trusted: JsonObject): readonly [fresh: JsonObject, shared: JsonObject] {
  const fresh: Record<string, Json> = {};
  const shared: Record<string, Json> = {};
  for (const key of Object.keys(body)) {
    const value = body[key] ?? null;
    const isShared = typeof value === 'object' && value !== null && value === trusted[key];
    (isShared ? shared : fresh)[key] = value;
  }
  return [fresh, shared];
}

function withType(body: JsonObject, of: Resource): Result<JsonObject, Failure> {
  const wanted = groupVersion(of);
  const { apiVersion = '', kind = '' } = body;
  if (of.custom && (kind === '' || apiVersion === '')) {
    const missing = kind === '' ? 'Kind' : 'apiVersion';
    return err(badRequest(`Object '${missing}' is missing in '${JSON.stringify(body)}'`));
  }
  if (kind !== '' && kind !== of.kind) {
    return err(
      badRequest(
        `the object provided is unrecognized (must be of type ${of.kind}): no kind ${JSON.stringify(kind)} is registered for this path`,
      ),
    );
  }
  if (apiVersion !== '' && apiVersion !== wanted) {
    return err(
      badRequest(
        `the API version in the data (${String(apiVersion)}) does not match the expected API version (${wanted})`,
      ),
    );
  }
  return ok({ ...body, apiVersion: wanted, kind: of.kind });
}
