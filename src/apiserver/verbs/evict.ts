/**
 * Handles the subresource `eviction` of Pods, by which `kubectl drain` deletes them (policy/v1). PodDisruptionBudgets are
 * stored only: no controller counts what they allow, so none refuses an eviction.
 */

import { err, ok, type Result } from '../../base/result.ts';
import { nameOf } from '../../objects/metadata.ts';
import { badRequest, type StatusError, successStatus } from '../object/status.ts';
import { isObject, type Json, type JsonObject, objectAt } from '../object/value.ts';
import { deleteObject } from './delete.ts';
import type { ApiServerState, RequestTarget, WriteOptions } from './server-state.ts';

export function evictPod(
  state: ApiServerState,
  target: RequestTarget,
  body: Json,
  options: WriteOptions,
): Result<JsonObject, StatusError> {
  if (!isObject(body)) return err(badRequest('the Eviction is not an object'));
  const named = nameOf(body);
  if (named !== '' && named !== target.name)
    return err(badRequest('name in URL does not match name in Eviction object'));
  const deleteOptions = objectAt(body, 'deleteOptions');
  const dryRun = options.dryRun || deleteOptions['dryRun'] !== undefined;
  const deleted = deleteObject(state, target, { dryRun, body: deleteOptions });
  return deleted.ok ? ok(successStatus()) : deleted;
}
