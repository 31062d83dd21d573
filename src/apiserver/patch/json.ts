/** JSON Patch, RFC 6902. All operations apply, or none does. */

import { err, ok, type Result } from '../../base/result.ts';
import { deepEqual, isList, isObject, type Json, type JsonObject } from '../value.ts';

/** As the real server (`jsonPatch` in apiserver/pkg/endpoints/handlers/patch.go). */
export const OPERATIONS_MAX = 10_000;

export type JsonPatchFault = {
  /** `malformed`: not a patch; `inapplicable`: a patch, but not for this document (a missing path, a failed test). */
  readonly code: 'malformed' | 'inapplicable' | 'too-many';
  readonly message: string;
};

type Step = Result<Json, JsonPatchFault>;

const inapplicable = (message: string): Step => err({ code: 'inapplicable', message });

export function jsonPatch(target: Json, patch: Json): Step {
  if (!isList(patch)) return err({ code: 'malformed', message: 'a JSON patch is a list of operations' });
  if (patch.length > OPERATIONS_MAX) {
    return err({
      code: 'too-many',
      message: `The allowed maximum operations in a JSON patch is ${OPERATIONS_MAX}, got ${patch.length}`,
    });
  }
  let at: Json = target;
  for (const operation of patch) {
    if (!isObject(operation)) return err({ code: 'malformed', message: 'an operation must be an object' });
    const step = apply(at, operation);
    if (!step.ok) return step;
    at = step.value;
  }
  return ok(at);
}

function apply(target: Json, operation: JsonObject): Step {
  const path = pointer(operation['path']);
  if (path === null)
    return err({ code: 'malformed', message: `invalid path ${JSON.stringify(operation['path'] ?? null)}` });
  switch (operation['op']) {
    case 'add':
      return operation['value'] === undefined ? needsValue('add') : add(target, path, operation['value']);
    case 'replace':
      return operation['value'] === undefined
        ? needsValue('replace')
        : replace(target, path, operation['value']);
    case 'remove':
      return remove(target, path);
    case 'test': {
      const found = get(target, path);
      const holds = deepEqual(found ?? null, operation['value'] ?? null);
      return holds ? ok(target) : inapplicable(`testing value ${String(operation['path'])} failed`);
    }
    case 'move':
    case 'copy': {
      const from = pointer(operation['from']);
      const value = from === null ? undefined : get(target, from);
      if (from === null || value === undefined)
        return inapplicable(`missing value at ${String(operation['from'])}`);
      if (operation['op'] === 'copy') return add(target, path, value);
      const without = remove(target, from);
      return without.ok ? add(without.value, path, value) : without;
    }
    default:
      return err({ code: 'malformed', message: `Unexpected kind: ${String(operation['op'])}` });
  }
}

const needsValue = (op: string): Step => err({ code: 'malformed', message: `${op} operation needs a value` });

/** RFC 6901: the parts of a pointer; null if it is none. */
function pointer(text: Json | undefined): readonly string[] | null {
  if (typeof text !== 'string') return null;
  if (text === '') return [];
  if (!text.startsWith('/')) return null;
  return text
    .slice(1)
    .split('/')
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
}

function get(target: Json, path: readonly string[]): Json | undefined {
  let at: Json | undefined = target;
  for (const part of path) {
    if (isList(at)) at = at[indexOf(part, at.length - 1) ?? -1];
    else at = isObject(at) && Object.hasOwn(at, part) ? at[part] : undefined;
  }
  return at;
}

/** A list index no greater than `max`; null for anything else (leading zeros, signs, blanks). */
function indexOf(part: string, max: number): number | null {
  if (!/^(0|[1-9][0-9]*)$/.test(part)) return null;
  const index = Number(part);
  return index <= max ? index : null;
}

/** Rebuilds the containers along `path` and lets `edit` change the last one. */
function edit(target: Json, path: readonly string[], change: (holder: Json, last: string) => Step): Step {
  const [head, ...rest] = path;
  if (head === undefined) return inapplicable('the whole document cannot be edited here');
  if (rest.length === 0) return change(target, head);
  const inner = get(target, [head]);
  if (inner === undefined)
    return inapplicable(`doc is missing path: ${JSON.stringify(`/${path.join('/')}`)}: missing value`);
  const step = edit(inner, rest, change);
  if (!step.ok) return step;
  if (isList(target)) return ok(target.with(Number(head), step.value));
  return isObject(target) ? ok({ ...target, [head]: step.value }) : inapplicable('not a container');
}

function add(target: Json, path: readonly string[], value: Json): Step {
  if (path.length === 0) return ok(value);
  return edit(target, path, (holder, last) => {
    if (isObject(holder)) return ok({ ...holder, [last]: value });
    if (!isList(holder)) return inapplicable('add operation does not apply: not a container');
    const index = last === '-' ? holder.length : indexOf(last, holder.length);
    return index === null
      ? inapplicable(`invalid array index ${last}`)
      : ok(holder.toSpliced(index, 0, value));
  });
}

function replace(target: Json, path: readonly string[], value: Json): Step {
  if (path.length === 0) return ok(value);
  if (get(target, path) === undefined) return missing('replace', path);
  return edit(target, path, (holder, last) =>
    isList(holder) ? ok(holder.with(Number(last), value)) : ok({ ...(holder as JsonObject), [last]: value }),
  );
}

function remove(target: Json, path: readonly string[]): Step {
  if (get(target, path) === undefined) return missing('remove', path);
  return edit(target, path, (holder, last) => {
    if (isList(holder)) return ok(holder.toSpliced(Number(last), 1));
    const { [last]: _gone, ...rest } = holder as JsonObject;
    return ok(rest);
  });
}

const missing = (op: string, path: readonly string[]): Step =>
  inapplicable(`${op} operation does not apply: doc is missing key: /${path.join('/')}: missing value`);
