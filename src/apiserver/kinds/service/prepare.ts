/** Prepares an update of a Service: drops fields that its new type does not use (pkg/registry/core/service). */

import {
  deepEqual,
  isObject,
  type Json,
  type JsonObject,
  listAt,
  objectAt,
  textAt,
  withKey,
} from '../../object/value.ts';
import type { ProposedWrite } from '../served-resource.ts';
import { defaultService, defaultStatus, isExternallyAccessible, serviceSpec } from './defaults.ts';

const wantsClusterIP = (spec: JsonObject): boolean => textAt(spec, 'type') !== 'ExternalName';
export const wantsNodePort = (spec: JsonObject): boolean =>
  textAt(spec, 'type') === 'NodePort' ||
  (textAt(spec, 'type') === 'LoadBalancer' && spec['allocateLoadBalancerNodePorts'] !== false);
export const wantsHealthCheckPort = (spec: JsonObject): boolean =>
  textAt(spec, 'type') === 'LoadBalancer' && textAt(spec, 'externalTrafficPolicy') === 'Local';

/** Applies defaults; for an update, drops fields of the old type and keeps allocated values. */
export function prepareService(proposed: ProposedWrite): JsonObject {
  const { before } = proposed;
  // The spec is the stored one, and stays the same value.
  if (proposed.subresource === 'status')
    return { ...proposed.object, status: defaultStatus(objectAt(proposed.object, 'status')) };
  if (before === null) return withClusterIPs(defaultService(proposed));
  const cleared = {
    ...proposed.object,
    spec: normalizeClusterIPs(serviceSpec(proposed.object), serviceSpec(before)),
  };
  const defaulted = defaultService({ ...proposed, object: cleared });
  const kept = keepAllocated(serviceSpec(defaulted), serviceSpec(before));
  const spec = dropFieldsOfOldType(kept, serviceSpec(before));
  const status =
    textAt(spec, 'type') === 'LoadBalancer'
      ? defaulted['status']
      : { ...(defaulted['status'] as JsonObject), loadBalancer: {} };
  return withClusterIPs({ ...defaulted, spec, status: status ?? {} });
}

/** An older client sets `clusterIPs` by `clusterIP` only. */
function normalizeClusterIPs(spec: JsonObject, old: JsonObject): JsonObject {
  const unchanged = deepEqual(spec['clusterIPs'], old['clusterIPs']);
  const next = textAt(spec, 'clusterIP');
  const previous = textAt(old, 'clusterIP');
  if (next === previous) {
    return listAt(spec, 'clusterIPs').length === 0 ? withKey(spec, 'clusterIPs', old['clusterIPs']) : spec;
  }
  if (!unchanged) return spec;
  return withKey(spec, 'clusterIPs', next === '' ? undefined : [next]);
}

function withClusterIPs(service: JsonObject): JsonObject {
  const spec = serviceSpec(service);
  const single = textAt(spec, 'clusterIP');
  if (single === '' || listAt(spec, 'clusterIPs').length > 0) return service;
  return { ...service, spec: withKey(spec, 'clusterIPs', [single]) };
}

/** Keeps allocated values that an update leaves out. */
function keepAllocated(spec: JsonObject, old: JsonObject): JsonObject {
  let next = spec;
  if (wantsClusterIP(old) && wantsClusterIP(next)) {
    if (textAt(next, 'clusterIP') === '') next = withKey(next, 'clusterIP', old['clusterIP']);
    if (listAt(next, 'clusterIPs').length === 0) next = withKey(next, 'clusterIPs', old['clusterIPs']);
  }
  if (wantsNodePort(old) && wantsNodePort(next)) next = withKey(next, 'ports', keepNodePorts(next, old));
  if (wantsHealthCheckPort(old) && wantsHealthCheckPort(next) && next['healthCheckNodePort'] === undefined) {
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
    const allocated = oldPorts.findLast((other) => textAt(other, 'name') === textAt(port, 'name'))?.[
      'nodePort'
    ];
    if (allocated === undefined || used.has(allocated)) return port;
    used.add(allocated);
    return withKey(port, 'nodePort', allocated);
  });
}

/** Drops fields of the old type, unless the client changed them: then validation reports them. */
function dropFieldsOfOldType(spec: JsonObject, old: JsonObject): JsonObject {
  let next = spec;
  const unchanged = (key: string): boolean => deepEqual(next[key], old[key]);
  if (wantsClusterIP(old) && !wantsClusterIP(next)) {
    if (unchanged('clusterIP') && unchanged('clusterIPs')) {
      next = withKey(withKey(next, 'clusterIP', undefined), 'clusterIPs', undefined);
    }
    for (const key of ['ipFamilies', 'ipFamilyPolicy'])
      if (unchanged(key)) next = withKey(next, key, undefined);
  }
  if (isExternallyAccessible(textAt(old, 'type')) && !isExternallyAccessible(textAt(next, 'type'))) {
    if (sameNodePorts(next, old)) {
      next = withKey(
        next,
        'ports',
        listAt(next, 'ports').map((port) => (isObject(port) ? withKey(port, 'nodePort', undefined) : port)),
      );
    }
    if (unchanged('externalTrafficPolicy')) next = withKey(next, 'externalTrafficPolicy', undefined);
  }
  if (wantsHealthCheckPort(old) && !wantsHealthCheckPort(next) && unchanged('healthCheckNodePort')) {
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
  const nodePortsOf = (from: JsonObject): readonly Json[] =>
    listAt(from, 'ports').flatMap((port) =>
      isObject(port) && port['nodePort'] !== undefined ? [port['nodePort']] : [],
    );
  const before = nodePortsOf(old);
  return nodePortsOf(spec).every((port) => before.includes(port));
}
