/**
 * From what a client proposes to what will be stored: metadata that only the server writes is put back, the kind's own
 * rules run, and everything is checked. Create, update and patch all come through here.
 */

import { err, ok, type Result } from '../../base/result.ts';
import { type FieldError, wrong } from '../fielderror.ts';
import { finalizerAdditions, metaProblems } from '../kinds/names.ts';
import type { Draft, Resource } from '../kinds/resource.ts';
import { checkRules } from '../schema/rules.ts';
import { validate } from '../schema/validate.ts';
import { type Failure, invalid } from '../status.ts';
import {
  type Json,
  type JsonObject,
  metaOf,
  nameOf,
  sameValue,
  textAt,
  withKey,
  withMeta,
} from '../value.ts';

/** Metadata that no client may write, whatever it sends. */
const SERVER_KEYS = ['creationTimestamp', 'generation', 'selfLink'];

export function settle(draft: Draft, of: Resource): Result<JsonObject, Failure> {
  const object = draft.before === null ? draft.object : limited(draft, draft.before, of);
  const prepared = of.rules.prepare?.({ ...draft, object }) ?? object;
  const errors = problems({ ...draft, object: prepared }, of);
  if (errors.length > 0) return err(invalid(of, nameOf(prepared), errors));
  const allocated = of.rules.allocate?.({ ...draft, object: prepared }) ?? ok(prepared);
  if (!allocated.ok) return err(invalid(of, nameOf(prepared), allocated.error));
  const counted = withGeneration(allocated.value, draft.before, of);
  return ok(counted);
}

/** Takes back what this subresource may not change. */
function limited({ object, subresource }: Draft, before: JsonObject, of: Resource): JsonObject {
  const meta = metaOf(object);
  const old = metaOf(before);
  let kept: JsonObject = meta;
  for (const key of SERVER_KEYS) kept = withKey(kept, key, old[key]);
  // Left out is as good as repeated.
  for (const key of IMMUTABLE_KEYS) if (kept[key] === undefined) kept = withKey(kept, key, old[key]);
  if (textAt(meta, 'uid') === '') kept = withKey(kept, 'uid', old['uid']);
  kept = withKey(kept, 'resourceVersion', old['resourceVersion']);
  kept = withKey(kept, 'managedFields', old['managedFields']);
  if (subresource === 'status') {
    const identity = { ...old, uid: kept['uid'] ?? null };
    return withKey(
      { ...before, metadata: of.statusCarriesMeta ? kept : identity },
      'status',
      object['status'],
    );
  }
  const whole = { ...object, metadata: kept };
  return of.hasStatus ? withKey(whole, 'status', before['status']) : whole;
}

function problems(draft: Draft, of: Resource): readonly FieldError[] {
  const { object, before } = draft;
  const errors: FieldError[] = [...metaProblems(object, of)];
  if (before !== null)
    errors.push(...identityProblems(object, before), ...finalizerAdditions(object, before));
  if (of.custom) {
    const { metadata: _meta, ...body } = object;
    const shape = validate(body, of.schema);
    errors.push(...shape);
    if (shape.length === 0) errors.push(...checkRules(object, before, of.schema));
  }
  errors.push(...(of.rules.validate?.(draft) ?? []));
  return errors;
}

/** Metadata that a client may repeat and not change. */
const IMMUTABLE_KEYS = ['name', 'namespace', 'uid', 'deletionTimestamp', 'deletionGracePeriodSeconds'];

function identityProblems(object: JsonObject, before: JsonObject): readonly FieldError[] {
  const errors: FieldError[] = [];
  for (const key of IMMUTABLE_KEYS) {
    const value: Json = metaOf(object)[key] ?? '';
    if (value !== (metaOf(before)[key] ?? ''))
      errors.push(wrong(`metadata.${key}`, value, 'field is immutable'));
  }
  return errors;
}

/** What the generation counts: everything but metadata and, where it is a subresource, status. */
function withGeneration(object: JsonObject, before: JsonObject | null, of: Resource): JsonObject {
  if (!of.counted) return withMeta(object, { generation: undefined });
  if (before === null) return withMeta(object, { generation: 1 });
  const desired = (from: JsonObject): JsonObject => {
    const { metadata: _meta, ...rest } = from;
    return of.hasStatus ? withKey(rest, 'status', undefined) : rest;
  };
  const held = metaOf(before)['generation'];
  const generation = typeof held === 'number' ? held : 1;
  const same = sameValue(desired(object), desired(before));
  return withMeta(object, { generation: same ? generation : generation + 1 });
}
