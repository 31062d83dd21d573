/**
 * Encodes objects as JSON. A stored object is immutable, so it is encoded once for all gets, lists and watches; kind and
 * apiVersion are prepended in the version of the request.
 */

import { apiVersionOf } from '../../objects/api-group.ts';
import type { ServedResource } from '../kinds/served-resource.ts';
import type { JsonObject } from '../object/value.ts';

const encodedBodies = new WeakMap<JsonObject, string>();

/** Without `kind` and `apiVersion`. */
function encodeBody(object: JsonObject): string {
  const cached = encodedBodies.get(object);
  if (cached !== undefined) return cached;
  const { kind: _kind, apiVersion: _version, ...rest } = object;
  const text = JSON.stringify(rest);
  encodedBodies.set(object, text);
  return text;
}

const encodedHeads = new WeakMap<ServedResource, string>();

export function encodeObject(object: JsonObject, resource: ServedResource): string {
  if (object['kind'] !== resource.kind) return JSON.stringify(object);
  let head = encodedHeads.get(resource);
  if (head === undefined) {
    head = `{"kind":${JSON.stringify(resource.kind)},"apiVersion":${JSON.stringify(apiVersionOf(resource))},`;
    encodedHeads.set(resource, head);
  }
  return head + encodeBody(object).slice(1);
}

/** Items of a list have kind and apiVersion for custom resources only. */
export const encodeListItem = (object: JsonObject, resource: ServedResource): string =>
  resource.isCustom ? encodeObject(object, resource) : encodeBody(object);
