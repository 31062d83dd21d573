/** Handles the subresource `scale`: the replicas of a workload as an object of its own (autoscaling/v1). */

import { mergePatch } from '../../base/merge-patch.ts';
import { err, ok, type Result } from '../../base/result.ts';
import { JSON_PATCH, MERGE_PATCH, STRATEGIC_MERGE_PATCH } from '../../objects/patch-type.ts';
import { invalidValue } from '../object/field-error.ts';
import { badRequest, invalid, notFound, type StatusError, unsupportedMediaType } from '../object/status.ts';
import { objectKey } from '../object/storage.ts';
import {
  isObject,
  type Json,
  type JsonObject,
  metaOf,
  objectAt,
  textAt,
  withMeta,
  withPath,
} from '../object/value.ts';
import { jsonPatch } from '../patch/json-patch.ts';
import { type ApiServerState, collectionOf, type RequestTarget, type WriteOptions } from './server-state.ts';
import { applyUpdate } from './write.ts';

const PATCH_TYPES = [JSON_PATCH, MERGE_PATCH, STRATEGIC_MERGE_PATCH];
/** A workload that does not say how many replicas it has, has one (apps/v1, `SetDefaults_Deployment`). */
const REPLICAS_DEFAULT = 1;

export function getScale(state: ApiServerState, target: RequestTarget): Result<JsonObject, StatusError> {
  const stored = find(state, target);
  return stored.ok ? ok(scaleOf(stored.value)) : stored;
}

/** Handles PUT, where `patchType` is null, and PATCH. */
export function writeScale(
  state: ApiServerState,
  target: RequestTarget,
  change: { readonly patchType: string | null; readonly body: Json },
  options: WriteOptions,
): Result<JsonObject, StatusError> {
  const stored = find(state, target);
  if (!stored.ok) return stored;
  const scale = changedScale(scaleOf(stored.value), change);
  if (!scale.ok) return scale;
  const replicas = objectAt(scale.value, 'spec')['replicas'] ?? 0;
  if (typeof replicas !== 'number' || !Number.isInteger(replicas) || replicas < 0) {
    const message = 'must be greater than or equal to 0';
    const identity = { group: 'autoscaling', plural: 'scales', kind: 'Scale' };
    return err(invalid(identity, target.name, [invalidValue('spec.replicas', replicas, message)]));
  }
  const resourceVersion = textAt(metaOf(scale.value), 'resourceVersion');
  const proposed = withMeta(withPath(stored.value, ['spec', 'replicas'], replicas), {
    ...(resourceVersion === '' ? {} : { resourceVersion }),
  });
  const update = { before: stored.value, proposed, warnings: [] };
  const outcome = applyUpdate(state, target, update, options);
  return outcome.ok ? ok(scaleOf(outcome.value.object)) : outcome;
}

function find(
  state: ApiServerState,
  { resource, namespace, name }: RequestTarget,
): Result<JsonObject, StatusError> {
  const stored = collectionOf(state, resource).get(objectKey(namespace, name));
  return stored === undefined ? err(notFound(resource, name)) : ok(stored);
}

function changedScale(
  scale: JsonObject,
  { patchType, body }: { readonly patchType: string | null; readonly body: Json },
): Result<JsonObject, StatusError> {
  if (patchType !== null && !PATCH_TYPES.includes(patchType)) return err(unsupportedMediaType(PATCH_TYPES));
  if (patchType === JSON_PATCH) {
    const patched = jsonPatch(scale, body);
    if (!patched.ok) return err(badRequest(patched.error.message));
    return isObject(patched.value) ? ok(patched.value) : err(badRequest('the Scale is not an object'));
  }
  if (!isObject(body)) return err(badRequest('the Scale is not an object'));
  // A Scale has no lists, so a strategic merge patch is a merge patch.
  return ok(patchType === null ? body : (mergePatch(scale, body) as JsonObject));
}

function scaleOf(object: JsonObject): JsonObject {
  const { name, namespace, uid, resourceVersion, creationTimestamp } = metaOf(object);
  const spec = objectAt(object, 'spec');
  const metadata = { name, namespace, uid, resourceVersion, creationTimestamp } as JsonObject;
  return {
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    metadata,
    spec: { replicas: spec['replicas'] ?? REPLICAS_DEFAULT },
    status: {
      replicas: objectAt(object, 'status')['replicas'] ?? 0,
      selector: Object.entries(objectAt(objectAt(spec, 'selector'), 'matchLabels'))
        .map(([key, value]) => `${key}=${String(value)}`)
        .sort()
        .join(','),
    },
  };
}
