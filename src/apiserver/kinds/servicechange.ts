/** What a Service's new type or policy does to fields that only the old one had a use for (pkg/registry/core/service). */

import {
  isObject,
  type Json,
  type JsonObject,
  listAt,
  objectAt,
  sameValue,
  textAt,
  withKey,
} from '../value.ts';
import type { Draft } from './resource.ts';
import { defaultService, defaultStatus, isReachable, specOf } from './serviceshape.ts';

const wantsClusterIP = (spec: JsonObject): boolean => textAt(spec, 'type') !== 'ExternalName';
export const wantsNodePort = (spec: JsonObject): boolean =>
  textAt(spec, 'type') === 'NodePort' ||
  (textAt(spec, 'type') === 'LoadBalancer' && spec['allocateLoadBalancerNodePorts'] !== false);
export const wantsHealthPort = (spec: JsonObject): boolean =>
  textAt(spec, 'type') === 'LoadBalancer' && textAt(spec, 'externalTrafficPolicy') === 'Local';

/** Defaults, then for an update: drop what the old type needed and keep what was allocated. */
export function prepareService(draft: Draft): JsonObject {
  const { before } = draft;
  // The spec is the stored one then, and stays the very same value.
  if (draft.subresource === 'status')
    return { ...draft.object, status: defaultStatus(objectAt(draft.object, 'status')) };
  if (before === null) return withPlural(defaultService(draft));
  const cleared = { ...draft.object, spec: normalized(specOf(draft.object), specOf(before)) };
  const defaulted = defaultService({ ...draft, object: cleared });
  const kept = keepAllocated(specOf(defaulted), specOf(before));
  const spec = dropForeign(kept, specOf(before));
  const status =
    textAt(spec, 'type') === 'LoadBalancer'
      ? defaulted['status']
      : { ...(defaulted['status'] as JsonObject), loadBalancer: {} };
  return withPlural({ ...defaulted, spec, status: status ?? {} });
}

/** A client that knows only `clusterIP` means the whole of `clusterIPs` by it. */
function normalized(spec: JsonObject, old: JsonObject): JsonObject {
  const same = sameValue(spec['clusterIPs'], old['clusterIPs']);
  const now = textAt(spec, 'clusterIP');
  const was = textAt(old, 'clusterIP');
  if (now === was) {
    return listAt(spec, 'clusterIPs').length === 0 ? withKey(spec, 'clusterIPs', old['clusterIPs']) : spec;
  }
  if (!same) return spec;
  return withKey(spec, 'clusterIPs', now === '' ? undefined : [now]);
}

function withPlural(service: JsonObject): JsonObject {
  const spec = specOf(service);
  const single = textAt(spec, 'clusterIP');
  if (single === '' || listAt(spec, 'clusterIPs').length > 0) return service;
  return { ...service, spec: withKey(spec, 'clusterIPs', [single]) };
}

/** An update that leaves out what the server had given keeps it. */
function keepAllocated(spec: JsonObject, old: JsonObject): JsonObject {
  let next = spec;
  if (wantsClusterIP(old) && wantsClusterIP(next)) {
    if (textAt(next, 'clusterIP') === '') next = withKey(next, 'clusterIP', old['clusterIP']);
    if (listAt(next, 'clusterIPs').length === 0) next = withKey(next, 'clusterIPs', old['clusterIPs']);
  }
  if (wantsNodePort(old) && wantsNodePort(next)) next = withKey(next, 'ports', keepNodePorts(next, old));
  if (wantsHealthPort(old) && wantsHealthPort(next) && next['healthCheckNodePort'] === undefined) {
    next = withKey(next, 'healthCheckNodePort', old['healthCheckNodePort']);
  }
  return next;
}

function keepNodePorts(spec: JsonObject, old: JsonObject): Json | undefined {
  const ports = listAt(spec, 'ports').filter(isObject);
  const oldPorts = listAt(old, 'ports').filter(isObject);
  const used = new Set(ports.map((port) => port['nodePort']).filter((port) => port !== undefined));
  return ports.map((port) => {
    if (port['nodePort'] !== undefined) return port;
    const held = oldPorts.findLast((other) => textAt(other, 'name') === textAt(port, 'name'))?.['nodePort'];
    if (held === undefined || used.has(held)) return port;
    used.add(held);
    return withKey(port, 'nodePort', held);
  });
}

/** Fields of the old type go unless the client changed them, in which case validation will speak. */
function dropForeign(spec: JsonObject, old: JsonObject): JsonObject {
  let next = spec;
  const unchanged = (key: string): boolean => sameValue(next[key], old[key]);
  if (wantsClusterIP(old) && !wantsClusterIP(next)) {
    if (unchanged('clusterIP') && unchanged('clusterIPs')) {
      next = withKey(withKey(next, 'clusterIP', undefined), 'clusterIPs', undefined);
    }
    for (const key of ['ipFamilies', 'ipFamilyPolicy'])
      if (unchanged(key)) next = withKey(next, key, undefined);
  }
  if (isReachable(textAt(old, 'type')) && !isReachable(textAt(next, 'type'))) {
    if (sameNodePorts(next, old)) {
      next = withKey(
        next,
        'ports',
        listAt(next, 'ports').map((port) => (isObject(port) ? withKey(port, 'nodePort', undefined) : port)),
      );
    }
    if (unchanged('externalTrafficPolicy')) next = withKey(next, 'externalTrafficPolicy', undefined);
  }
  if (wantsHealthPort(old) && !wantsHealthPort(next) && unchanged('healthCheckNodePort')) {
    next = withKey(next, 'healthCheckNodePort', undefined);
  }
  if (textAt(old, 'type') === 'LoadBalancer' && textAt(next, 'type') !== 'LoadBalancer') {
    for (const key of ['allocateLoadBalancerNodePorts', 'loadBalancerClass']) {
      if (unchanged(key)) next = withKey(next, key, undefined);
    }
  }
  return next;
}

function sameNodePorts(spec: JsonObject, old: JsonObject): boolean {
  const held = (of: JsonObject): readonly Json[] =>
    listAt(of, 'ports').flatMap((port) =>
      isObject(port) && port['nodePort'] !== undefined ? [port['nodePort']] : [],
    );
  const before = held(old);
  return held(spec).every((port) => before.includes(port));
}
