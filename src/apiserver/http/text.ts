/**
 * Objects as JSON text. A stored object never changes, so its text is made once and serves every get, list and watch;
 * kind and version are put in front as the request's own version wants them.
 */

import { groupVersion, type Resource } from '../kinds/resource.ts';
import type { JsonObject } from '../value.ts';

const bodies = new WeakMap<JsonObject, string>();

/** Without `kind` and `apiVersion`. */
function bodyText(object: JsonObject): string {
  const known = bodies.get(object);
  if (known !== undefined) return known;
  const { kind: _kind, apiVersion: _version, ...rest } = object;
  const text = JSON.stringify(rest);
  bodies.set(object, text);
  return text;
}

const heads = new WeakMap<Resource, string>();

export function objectText(object: JsonObject, of: Resource): string {
  if (object['kind'] !== of.kind) return JSON.stringify(object);
  let head = heads.get(of);
  if (head === undefined) {
    head = `{"kind":${JSON.stringify(of.kind)},"apiVersion":${JSON.stringify(groupVersion(of))},`;
    heads.set(of, head);
  }
  return head + bodyText(object).slice(1);
}

/** Entries of a list of built-in kinds carry neither kind nor version; custom ones do. */
export const itemText = (object: JsonObject, of: Resource): string =>
  of.custom ? objectText(object, of) : bodyText(object);
