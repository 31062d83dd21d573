/**
 * Applies a JSON Patch (RFC 6902) by the package `rfc6902`. All operations apply, or none does. The package resolves
 * pointers as JavaScript resolves properties; what RFC 6901 and Kubernetes refuse beyond that is checked here first.
 */

import { applyPatch, type Operation, Pointer } from 'rfc6902';
import { err, ok, type Result } from '../../base/result.ts';
import { deepEqual, isList, isObject, type Json, type JsonObject } from '../object/value.ts';

/** As kube-apiserver (`jsonPatch` in apiserver/pkg/endpoints/handlers/patch.go). */
export const OPERATIONS_MAX = 10_000;

export type JsonPatchError = {
  /** `malformed`: not a patch; `inapplicable`: a patch, but not for this document (a missing path, a failed test). */
  readonly code: 'malformed' | 'inapplicable' | 'too-many';
  readonly message: string;
};

const OPERATIONS: readonly unknown[] = ['add', 'remove', 'replace', 'move', 'copy', 'test'];

/** The package does not replace a whole document, so the document becomes a member of one. */
const ROOT = '/document';

type Location = {
  /** What contains the location; undefined where there is nothing. */
  readonly container: Json | undefined;
  readonly key: string;
  /** Undefined where the location does not exist. */
  readonly value: Json | undefined;
};

/** `target` with `patch` applied; `target` itself is not changed. */
export function jsonPatch(target: Json, patch: Json): Result<Json, JsonPatchError> {
  if (!isList(patch)) return err(malformed('a JSON patch is a list of operations'));
  if (patch.length > OPERATIONS_MAX) {
    const message = `The allowed maximum operations in a JSON patch is ${OPERATIONS_MAX}, got ${patch.length}`;
    return err({ code: 'too-many', message });
  }
  const wrapped: { document?: Json } = { document: structuredClone(target) };
  for (const operation of patch) {
    const error = validateOperation(operation) ?? applyOperation(wrapped, operation as JsonObject);
    if (error !== null) return err(error);
  }
  const { document } = wrapped;
  return document === undefined ? err(inapplicable('the whole document was removed')) : ok(document);
}

function validateOperation(operation: Json): JsonPatchError | null {
  if (!isObject(operation)) return malformed('an operation must be an object');
  const { op, path, from, value } = operation;
  if (!OPERATIONS.includes(op)) return malformed(`Unexpected kind: ${String(op)}`);
  if (!isPointer(path)) return malformed(`invalid path ${JSON.stringify(path ?? null)}`);
  if ((op === 'move' || op === 'copy') && !isPointer(from))
    return inapplicable(`missing value at ${String(from)}`);
  if ((op === 'add' || op === 'replace') && value === undefined)
    return malformed(`${op} operation needs a value`);
  return null;
}

const isPointer = (path: Json | undefined): path is string =>
  typeof path === 'string' && (path === '' || path.startsWith('/'));

function applyOperation(
  document: JsonObject,
  { op, path, from, value = null }: JsonObject,
): JsonPatchError | null {
  const to = `${ROOT}${String(path)}`;
  switch (op) {
    case 'add':
      return add(document, to, value);
    case 'remove':
      return remove(document, to);
    case 'replace':
      return locate(document, to).value === undefined
        ? missing('replace', to)
        : run(document, { op: 'replace', path: to, value });
    case 'test':
      // In Kubernetes a location that does not exist equals null, in the package it does not.
      return deepEqual(locate(document, to).value ?? null, value)
        ? null
        : inapplicable(`testing value ${String(path)} failed`);
    default: {
      const source = `${ROOT}${String(from)}`;
      const moved = locate(document, source).value;
      if (moved === undefined || (op === 'move' && to.startsWith(`${source}/`)))
        return missing(String(op), source);
      // RFC 6902, 4.4: a move is a removal, followed by an addition. The package resolves both locations before.
      return (op === 'move' ? remove(document, source) : null) ?? add(document, to, moved);
    }
  }
}

function add(document: JsonObject, path: string, value: Json): JsonPatchError | null {
  const { container, key } = locate(document, path);
  const fits = isList(container)
    ? key === '-' || (INDEX.test(key) && Number(key) <= container.length)
    : isObject(container);
  return fits ? run(document, { op: 'add', path, value }) : missing('add', path);
}

const remove = (document: JsonObject, path: string): JsonPatchError | null =>
  locate(document, path).value === undefined
    ? missing('remove', path)
    : run(document, { op: 'remove', path });

function run(document: JsonObject, operation: Operation): JsonPatchError | null {
  if (SKIPPED.test(operation.path)) return inapplicable(`the path ${operation.path} is not supported`);
  const error = applyPatch(document, [operation])[0] ?? null;
  return error === null ? null : inapplicable(error.message);
}

/** RFC 6901, 4: an index of a list has no leading zeros. */
const INDEX = /^(0|[1-9][0-9]*)$/;

/** Keys that the package passes over wherever a pointer contains them, to protect prototypes. */
const SKIPPED = /\/(__proto__|constructor|prototype)(\/|$)/;

/** Resolves a pointer by its keys in objects and its indexes in lists (RFC 6901), and by nothing that is inherited. */
function locate(document: JsonObject, path: string): Location {
  let container: Json | undefined;
  let value: Json | undefined = document;
  const keys = Pointer.fromJSON(path).tokens.slice(1);
  for (const key of keys) {
    container = value;
    if (isList(container)) value = INDEX.test(key) ? container[Number(key)] : undefined;
    else value = isObject(container) && Object.hasOwn(container, key) ? container[key] : undefined;
  }
  return { container, key: keys.at(-1) ?? '', value };
}

const malformed = (message: string): JsonPatchError => ({ code: 'malformed', message });
const inapplicable = (message: string): JsonPatchError => ({ code: 'inapplicable', message });

const missing = (op: string, path: string): JsonPatchError =>
  inapplicable(
    `${op} operation does not apply: doc is missing path: ${path.slice(ROOT.length)}: missing value`,
  );
