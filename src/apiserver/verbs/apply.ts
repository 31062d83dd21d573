/**
 * Handles server-side apply: PATCH with an applied configuration, of which the manager owns each field
 * (kubernetes.io, reference/using-api/server-side-apply).
 */

import { err, ok, type Result } from '../../base/result.ts';
import { apiVersionOf } from '../../objects/api-group.ts';
import { nameOf, namespaceOf } from '../../objects/metadata.ts';
import { difference, type FieldSet, intersection, isEmpty, union } from '../fields/field-set.ts';
import { compareFields, fieldsOf } from '../fields/fields-of.ts';
import { removeFields, structuredMerge, withStructs } from '../fields/structured-merge.ts';
import { badRequest, conflict, type StatusError } from '../object/status.ts';
import { objectKey } from '../object/storage.ts';
import { deepEqual, isObject, type Json, type JsonObject, metaOf, uidOf, withKey } from '../object/value.ts';
import { applyDefaults } from '../schema/defaults.ts';
import { type ApplyConflict, applyConflictError } from './apply-conflict.ts';
import { findTypeError } from './apply-type-error.ts';
import { decodeObject } from './decode.ts';
import {
  entryOf,
  type FieldManager,
  fieldsOfEntry,
  isEntryOf,
  managedFieldsOf,
  trackedPart,
  withoutFields,
} from './managed-fields.ts';
import {
  type ApiServerState,
  collectionOf,
  nowTimestamp,
  type RequestTarget,
  type WriteOptions,
} from './server-state.ts';
import { applyUpdate, createDecoded, type ObjectWriteResult } from './write.ts';

export type ApplyOptions = WriteOptions & {
  /** Takes fields from other managers instead of failing. */
  readonly force: boolean;
};

type Outcome = Result<ObjectWriteResult, StatusError>;

export function applyObject(
  state: ApiServerState,
  target: RequestTarget,
  body: Json,
  options: ApplyOptions,
): Outcome {
  const { resource, name, namespace } = target;
  const applied = decodeApplied(body, target);
  if (!applied.ok) return applied;
  const live = collectionOf(state, resource).get(objectKey(namespace, name));
  const fieldManager: FieldManager = {
    manager: options.manager,
    operation: 'Apply',
    subresource: target.subresource,
    apiVersion: apiVersionOf(resource),
    time: nowTimestamp(state),
  };
  const fields = fieldsOf(ownedPart(applied.value, target), resource.schema);
  if (live === undefined) {
    const uid = uidOf(applied.value);
    if (uid !== '')
      return err(
        conflict(
          resource,
          name,
          `uid mismatch: the provided object specified uid ${uid}, and no existing object was found`,
        ),
      );
    const managedFields = isEmpty(fields) ? [] : [entryOf(fieldManager, fields)];
    const object = withDefaults(applied.value, target);
    return createDecoded(state, target, { object, warnings: [] }, { ...options, managedFields });
  }
  const merged = mergeApplied(live, applied.value, { fields, fieldManager, target, force: options.force });
  if (!merged.ok) return merged;
  const { managedFields } = merged.value;
  const object = withDefaults(merged.value.object, target);
  return applyUpdate(
    state,
    target,
    { before: live, proposed: object, warnings: [] },
    { ...options, managedFields },
  );
}

/** Defaults of custom resources; those of built-in kinds belong to their strategy. */
const withDefaults = (object: JsonObject, { resource }: RequestTarget): JsonObject =>
  resource.isCustom ? (applyDefaults(object, resource.schema) as JsonObject) : object;

/** The configuration as an object of the resource; the path completes name and namespace. */
function decodeApplied(body: Json, target: RequestTarget): Result<JsonObject, StatusError> {
  const { resource, name, namespace } = target;
  if (isObject(body) && metaOf(body)['managedFields'] !== undefined && metaOf(body)['managedFields'] !== null)
    return err(badRequest('metadata.managedFields must be nil'));
  const decoded = decodeObject(body, resource, { fieldValidation: 'Ignore', isApplied: true });
  if (!decoded.ok) return decoded;
  const { object } = decoded.value;
  const typeError = findTypeError(object, resource.schema);
  if (typeError !== null) {
    const identity = `${namespaceOf(object)}/${nameOf(object)}; ${resource.group}/${resource.version}, Kind=${resource.kind}`;
    return err({
      code: 500,
      reason: '',
      message: `failed to create typed patch object (${identity}): ${typeError}`,
    });
  }
  return ok({
    ...object,
    metadata: { ...metaOf(object), name: nameOf(object) || name, ...(namespace === '' ? {} : { namespace }) },
  });
}

/** The part of an object that a write to this subresource can change, and so own. */
function ownedPart(object: JsonObject, { resource, subresource }: RequestTarget): JsonObject {
  const tracked = trackedPart(object);
  if (subresource === '') return resource.hasStatus ? withKey(tracked, 'status', undefined) : tracked;
  const { status, metadata } = tracked;
  return {
    ...(status === undefined ? {} : { status }),
    ...(metadata === undefined || !resource.statusUpdatesMetadata ? {} : { metadata }),
  };
}

type MergeContext = {
  /** The fields of the configuration. */
  readonly fields: FieldSet;
  readonly fieldManager: FieldManager;
  readonly target: RequestTarget;
  readonly force: boolean;
};

type Merged = { readonly object: JsonObject; readonly managedFields: readonly JsonObject[] };

/**
 * Merges the configuration into the live object, and removes what the manager applied last time, does not apply now, and
 * nobody else owns. The error names the fields of other managers that would change.
 */
function mergeApplied(
  live: JsonObject,
  applied: JsonObject,
  context: MergeContext,
): Result<Merged, StatusError> {
  const { fields, fieldManager, target, force } = context;
  const { schema } = target.resource;
  const entries = entriesBeforeApply(live, context);
  const own = entries.find((entry) => isEntryOf(entry, fieldManager));
  const others = entries.filter((entry) => entry !== own);
  let object = structuredMerge(live, applied, schema);
  if (own !== undefined) {
    const owned = [fields, ...others.map(fieldsOfEntry)].map((set) => withStructs(set, schema)).reduce(union);
    object = removeFields(object, difference(withStructs(fieldsOfEntry(own), schema), owned), schema);
  }
  const { changed, removed } = compareFields(ownedPart(live, target), ownedPart(object, target), schema);
  const conflicts = others.flatMap((entry): readonly ApplyConflict[] => {
    const taken = intersection(fieldsOfEntry(entry), changed);
    return isEmpty(taken) ? [] : [{ entry, fields: taken }];
  });
  if (conflicts.length > 0 && !force) return err(applyConflictError(conflicts));
  const isUnchanged = own !== undefined && isEmpty(changed) && isEmpty(removed);
  const time = isUnchanged && deepEqual(own['fieldsV1'], fields as JsonObject) ? own['time'] : undefined;
  const entry = entryOf({ ...fieldManager, ...(typeof time === 'string' ? { time } : {}) }, fields);
  const kept = withoutFields(others, union(changed, removed));
  // Entries of applied configurations come first, as in kube-apiserver.
  const managedFields = [...kept, ...(isEmpty(fields) ? [] : [entry])];
  return ok({ object, managedFields: sortEntries(managedFields) });
}

const sortEntries = (entries: readonly JsonObject[]): readonly JsonObject[] => {
  const isApplied = (entry: JsonObject): number => (entry['operation'] === 'Apply' ? 0 : 1);
  return [...entries].sort((a, b) => isApplied(a) - isApplied(b));
};

/** An object without owners gets one for all that it has, so that the first apply does not take it over unseen. */
function entriesBeforeApply(live: JsonObject, { fieldManager, target }: MergeContext): readonly JsonObject[] {
  const entries = managedFieldsOf(live);
  if (entries.length > 0) return entries;
  const fields = fieldsOf(trackedPart(live), target.resource.schema);
  const before: FieldManager = {
    ...fieldManager,
    manager: 'before-first-apply',
    operation: 'Update',
    subresource: '',
  };
  return isEmpty(fields) ? [] : [entryOf(before, fields)];
}
