/** PATCH in its three languages. */

import { err, ok, type Result } from '../../base/result.ts';
import { type Cluster, type Target, tableOf, type WriteOptions } from '../cluster.ts';
import { groupVersion } from '../kinds/resource.ts';
import { jsonPatch } from '../patch/json.ts';
import { mergePatch } from '../patch/merge.ts';
import { strategicMerge } from '../patch/strategic.ts';
import { badRequest, type Failure, notFound, tooLarge, unsupportedMediaType } from '../status.ts';
import { keyOf } from '../storage.ts';
import { isObject, type Json, type JsonObject } from '../value.ts';
import { decode } from './decode.ts';
import { change, type Written } from './write.ts';

export const JSON_PATCH = 'application/json-patch+json';
export const MERGE_PATCH = 'application/merge-patch+json';
export const STRATEGIC_PATCH = 'application/strategic-merge-patch+json';

/** What this server can apply. Server-side apply is not among it, and answered with 415. */
export const acceptedPatches = (target: Target): readonly string[] =>
  target.resource.custom ? [JSON_PATCH, MERGE_PATCH] : [JSON_PATCH, MERGE_PATCH, STRATEGIC_PATCH];

export function patch(
  cluster: Cluster,
  target: Target,
  document: { readonly type: string; readonly body: Json },
  options: WriteOptions,
): Result<Written, Failure> {
  const { resource, name, namespace } = target;
  if (!acceptedPatches(target).includes(document.type)) return err(unknownLanguage(target));
  const before = tableOf(cluster, resource).get(keyOf(namespace, name));
  if (before === undefined) return err(notFound(resource, name));
  // Stored objects may be of another version of a custom resource; what the client patches is of its own.
  const seen = { ...before, apiVersion: groupVersion(resource) };
  const patched = apply(seen, document, target);
  if (!patched.ok) return patched;
  const decoded = decode(patched.value, resource, options, before);
  if (!decoded.ok) return decoded;
  return change(cluster, target, before, decoded.value.object, options, decoded.value.warnings);
}

function apply(
  before: JsonObject,
  { type, body }: { readonly type: string; readonly body: Json },
  target: Target,
): Result<JsonObject, Failure> {
  if (type === JSON_PATCH) {
    const outcome = jsonPatch(before, body);
    if (outcome.ok)
      return isObject(outcome.value)
        ? ok(outcome.value)
        : err(badRequest('the patched document is not an object'));
    const { code, message } = outcome.error;
    if (code === 'too-many') return err({ ...tooLarge(0), message });
    return err(code === 'malformed' ? badRequest(`error decoding patch: ${message}`) : inapplicable(message));
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

/** Built-in kinds are refused before their handler is asked, in fewer words. */
const unknownLanguage = (target: Target): Failure => {
  const refusal = unsupportedMediaType(acceptedPatches(target));
  return target.resource.custom ? refusal : { ...refusal, message: '415: Unsupported Media Type' };
};

const inapplicable = (message: string): Failure => ({
  code: 422,
  reason: 'Invalid',
  message: 'the server rejected our request due to an error in our request',
  details: { causes: [{ reason: 'UnexpectedServerResponse', message }] },
});
