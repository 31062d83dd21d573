/**
 * Prepares the object of a create, update or patch for storage: restores metadata that only the server writes, runs the
 * strategy of the resource, and validates the result.
 */

import { err, ok, type Result } from '../../base/result.ts';
import { nameOf } from '../../objects/metadata.ts';
import { validateNoNewFinalizers, validateObjectMeta } from '../kinds/metadata-validation.ts';
import type { ProposedWrite, ServedResource } from '../kinds/served-resource.ts';
import { type FieldError, invalidValue } from '../object/field-error.ts';
import { invalid, type StatusError } from '../object/status.ts';
import {
  deepEqual,
  isList,
  isObject,
  type Json,
  type JsonObject,
  metaOf,
  textAt,
  withKey,
  withMeta,
} from '../object/value.ts';
import { validateSchema } from '../schema/validate.ts';
import { validateRules } from '../schema/validation-rules.ts';

/** Metadata that clients cannot write. */
const SERVER_OWNED_METADATA = ['creationTimestamp', 'generation', 'selfLink'];

export function prepareForStorage(
  proposed: ProposedWrite,
  resource: ServedResource,
): Result<JsonObject, StatusError> {
  const { prepared, errors } = checkWrite(proposed, resource);
  if (errors.length > 0) return err(invalid(resource, nameOf(prepared), errors));
  const allocated = resource.strategy.allocate?.({ ...proposed, object: prepared }) ?? ok(prepared);
  if (!allocated.ok) return err(invalid(resource, nameOf(prepared), allocated.error));
  const stored = withGeneration(allocated.value, proposed.before, resource);
  return ok(stored);
}

/** The object before anything is allocated for it, and why it would be refused. */
export function checkWrite(
  proposed: ProposedWrite,
  resource: ServedResource,
): { readonly prepared: JsonObject; readonly errors: readonly FieldError[] } {
  const object =
    proposed.before === null ? proposed.object : restrictToSubresource(proposed, proposed.before, resource);
  const prepared = resource.strategy.prepare?.({ ...proposed, object }) ?? object;
  return { prepared, errors: validateWrite({ ...proposed, object: prepared }, resource) };
}

/** Restores what a write to this subresource may not change. */
function restrictToSubresource(
  { object, subresource }: ProposedWrite,
  before: JsonObject,
  resource: ServedResource,
): JsonObject {
  const meta = metaOf(object);
  const old = metaOf(before);
  let metadata: JsonObject = meta;
  for (const key of SERVER_OWNED_METADATA) metadata = withKey(metadata, key, old[key]);
  // A client may omit these, or repeat them.
  for (const key of IMMUTABLE_METADATA)
    if (metadata[key] === undefined) metadata = withKey(metadata, key, old[key]);
  if (textAt(meta, 'uid') === '') metadata = withKey(metadata, 'uid', old['uid']);
  metadata = withKey(metadata, 'resourceVersion', old['resourceVersion']);
  metadata = withKey(metadata, 'managedFields', proposedManagedFields(meta, old));
  if (subresource === 'status') {
    const identity = { ...old, uid: metadata['uid'] ?? null };
    return withKey(
      { ...before, metadata: resource.statusUpdatesMetadata ? metadata : identity },
      'status',
      object['status'],
    );
  }
  const updated = { ...object, metadata: metadata };
  return resource.hasStatus ? withKey(updated, 'status', before['status']) : updated;
}

/**
 * A client may write managedFields, to move owners; one that leaves them out means the stored ones. No entries, or one
 * that is empty, resets them (managedfields, `isResetManagedFields`).
 */
function proposedManagedFields(meta: JsonObject, old: JsonObject): Json | undefined {
  const proposed = meta['managedFields'];
  if (!isList(proposed)) return old['managedFields'];
  const [first] = proposed;
  const isReset = proposed.length === 1 && isObject(first) && Object.keys(first).length === 0;
  return isReset ? [] : proposed;
}

function validateWrite(proposed: ProposedWrite, resource: ServedResource): readonly FieldError[] {
  const { object, before } = proposed;
  const errors: FieldError[] = [...validateObjectMeta(object, resource)];
  if (before !== null)
    errors.push(...validateImmutableMetadata(object, before), ...validateNoNewFinalizers(object, before));
  if (resource.isCustom) {
    const { metadata: _meta, ...body } = object;
    const schemaErrors = validateSchema(body, resource.schema);
    errors.push(...schemaErrors);
    if (schemaErrors.length === 0) errors.push(...validateRules(object, before, resource.schema));
  }
  errors.push(...(resource.strategy.validate?.(proposed) ?? []));
  return errors;
}

/** Metadata that a client may repeat but not change. */
const IMMUTABLE_METADATA = ['name', 'namespace', 'uid', 'deletionTimestamp', 'deletionGracePeriodSeconds'];

function validateImmutableMetadata(object: JsonObject, before: JsonObject): readonly FieldError[] {
  const errors: FieldError[] = [];
  for (const key of IMMUTABLE_METADATA) {
    const value: Json = metaOf(object)[key] ?? '';
    if (value !== (metaOf(before)[key] ?? ''))
      errors.push(invalidValue(`metadata.${key}`, value, 'field is immutable'));
  }
  return errors;
}

/** Increments the generation where anything changed but metadata and, where it is a subresource, status. */
function withGeneration(object: JsonObject, before: JsonObject | null, resource: ServedResource): JsonObject {
  if (!resource.hasGeneration) return withMeta(object, { generation: undefined });
  if (before === null) return withMeta(object, { generation: 1 });
  const countedPart = (from: JsonObject): JsonObject => {
    const { metadata: _meta, ...rest } = from;
    return resource.hasStatus ? withKey(rest, 'status', undefined) : rest;
  };
  const current = metaOf(before)['generation'];
  const generation = typeof current === 'number' ? current : 1;
  const same = deepEqual(countedPart(object), countedPart(before));
  return withMeta(object, { generation: same ? generation : generation + 1 });
}
