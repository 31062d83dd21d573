/** Handles PATCH: JSON patch, merge patch, strategic merge patch, and server-side apply. */

import { mergePatch } from '../../base/merge-patch.ts';
import { err, ok, type Result } from '../../base/result.ts';
import { apiVersionOf } from '../../objects/api-group.ts';
import { APPLY_PATCH, JSON_PATCH, MERGE_PATCH, STRATEGIC_MERGE_PATCH } from '../../objects/patch-type.ts';
import { badRequest, notFound, type StatusError, tooLarge, unsupportedMediaType } from '../object/status.ts';
import { objectKey } from '../object/storage.ts';
import { isObject, type Json, type JsonObject } from '../object/value.ts';
import { jsonPatch } from '../patch/json-patch.ts';
import { strategicMerge } from '../patch/strategic-merge.ts';
import { applyObject } from './apply.ts';
import { decodeObject } from './decode.ts';
import { type ApiServerState, collectionOf, type RequestTarget, type WriteOptions } from './server-state.ts';
import { applyUpdate, type ObjectWriteResult } from './write.ts';

/** The patch types of a resource. */
export const acceptedPatchTypes = (target: RequestTarget): readonly string[] =>
  target.resource.isCustom
    ? [JSON_PATCH, MERGE_PATCH, APPLY_PATCH]
    : [JSON_PATCH, MERGE_PATCH, STRATEGIC_MERGE_PATCH, APPLY_PATCH];

export function patchObject(
  state: ApiServerState,
  target: RequestTarget,
  patch: { readonly type: string; readonly body: Json; readonly force: boolean },
  options: WriteOptions,
): Result<ObjectWriteResult, StatusError> {
  const { resource, name, namespace } = target;
  if (!acceptedPatchTypes(target).includes(patch.type)) return err(unsupportedPatchType(target));
  if (patch.type === APPLY_PATCH)
    return applyObject(state, target, patch.body, { ...options, force: patch.force });
  const before = collectionOf(state, resource).get(objectKey(namespace, name));
  if (before === undefined) return err(notFound(resource, name));
  // A stored custom resource may have another version than the one that the client patches.
  const inVersion = { ...before, apiVersion: apiVersionOf(resource) };
  const patched = applyPatch(inVersion, patch, target);
  if (!patched.ok) return patched;
  const decoded = decodeObject(patched.value, resource, options, before);
  if (!decoded.ok) return decoded;
  return applyUpdate(
    state,
    target,
    { before, proposed: decoded.value.object, warnings: decoded.value.warnings },
    options,
  );
}

function applyPatch(
  before: JsonObject,
  { type, body }: { readonly type: string; readonly body: Json },
  target: RequestTarget,
): Result<JsonObject, StatusError> {
  if (type === JSON_PATCH) {
    const outcome = jsonPatch(before, body);
    if (outcome.ok)
      return isObject(outcome.value)
        ? ok(outcome.value)
        : err(badRequest('the patched document is not an object'));
    const { code, message } = outcome.error;
    if (code === 'too-many') return err({ ...tooLarge(0), message });
    return err(
      code === 'malformed' ? badRequest(`error decoding patch: ${message}`) : inapplicablePatch(message),
    );
  }
  if (!isObject(body))
    return err(
      badRequest(
        'error decoding patch: json: cannot unmarshal the patch into Go value of type map[string]interface {}',
      ),
    );
  if (type === MERGE_PATCH) return ok(mergePatch(before, body) as JsonObject);
  const merged = strategicMerge(before, body, target.resource.schema);
  return merged.ok ? merged : err(badRequest(merged.error));
}

/** For built-in kinds kube-apiserver refuses the request earlier, with a shorter message. */
const unsupportedPatchType = (target: RequestTarget): StatusError => {
  const error = unsupportedMediaType(acceptedPatchTypes(target));
  return target.resource.isCustom ? error : { ...error, message: '415: Unsupported Media Type' };
};

const inapplicablePatch = (message: string): StatusError => ({
  code: 422,
  reason: 'Invalid',
  message: 'the server rejected our request due to an error in our request',
  details: { causes: [{ reason: 'UnexpectedServerResponse', message }] },
});
