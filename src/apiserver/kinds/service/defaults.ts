/** The defaults of a Service (pkg/apis/core/v1/defaults.go). */

import { setOwnValue } from '../../../base/own-value.ts';
import {
  isObject,
  type Json,
  type JsonObject,
  listAt,
  objectAt,
  textAt,
  withKey,
  withPath,
} from '../../object/value.ts';
import type { ProposedWrite } from '../served-resource.ts';

const CLIENT_IP_SECONDS = 10_800;

export const serviceSpec = (service: JsonObject): JsonObject => objectAt(service, 'spec');
export const serviceType = (service: JsonObject): string => textAt(serviceSpec(service), 'type');

export const isExternallyAccessible = (type: string): boolean =>
  type === 'NodePort' || type === 'LoadBalancer';

/** Omits false, 0 and '', which Go does not distinguish from unset fields. */
function withoutZeros(spec: JsonObject): JsonObject {
  const next: Record<string, Json> = {};
  for (const [key, value] of Object.entries(spec)) {
    const pointer = key === 'allocateLoadBalancerNodePorts' || key === 'loadBalancerClass';
    if (pointer || (value !== '' && value !== false && value !== 0)) setOwnValue(next, key, value);
  }
  return next;
}

/** Applies the defaults of a Service; the type defaults to ClusterIP. */
export function defaultService({ object }: ProposedWrite): JsonObject {
  let spec = withoutZeros(serviceSpec(object));
  const type = textAt(spec, 'type') === '' ? 'ClusterIP' : textAt(spec, 'type');
  spec = withKey(spec, 'type', type);
  if (textAt(spec, 'sessionAffinity') === '') spec = withKey(spec, 'sessionAffinity', 'None');
  if (spec['sessionAffinity'] === 'None') spec = withKey(spec, 'sessionAffinityConfig', undefined);
  const seconds = objectAt(objectAt(spec, 'sessionAffinityConfig'), 'clientIP')['timeoutSeconds'];
  if (spec['sessionAffinity'] === 'ClientIP' && seconds === undefined) {
    spec = withPath(spec, ['sessionAffinityConfig', 'clientIP', 'timeoutSeconds'], CLIENT_IP_SECONDS);
  }
  const ports = listAt(spec, 'ports').map(defaultPort);
  spec = withKey(spec, 'ports', ports.length === 0 ? undefined : ports);
  if (isExternallyAccessible(type) || textAt(spec, 'clusterIP') === '' || type === 'ClusterIP') {
    if (isExternallyAccessible(type) && textAt(spec, 'externalTrafficPolicy') === '') {
      spec = withKey(spec, 'externalTrafficPolicy', 'Cluster');
    }
    if (type !== 'ExternalName' && textAt(spec, 'internalTrafficPolicy') === '') {
      spec = withKey(spec, 'internalTrafficPolicy', 'Cluster');
    }
  }
  if (type === 'LoadBalancer' && spec['allocateLoadBalancerNodePorts'] === undefined) {
    spec = withKey(spec, 'allocateLoadBalancerNodePorts', true);
  }
  return { ...object, spec, status: defaultStatus(objectAt(object, 'status')) };
}

function defaultPort(port: Json): Json {
  if (!isObject(port)) return port;
  let next = withoutZeros(port);
  if (next['port'] === undefined) next = withKey(next, 'port', 0);
  if (textAt(next, 'protocol') === '') next = withKey(next, 'protocol', 'TCP');
  if (next['targetPort'] === undefined) next = withKey(next, 'targetPort', next['port']);
  return next;
}

/** Defaults `ipMode` of ingress entries that have an address. */
export function defaultStatus(status: JsonObject): JsonObject {
  const loadBalancer = objectAt(status, 'loadBalancer');
  const entries = listAt(loadBalancer, 'ingress').map((entry) =>
    isObject(entry) && textAt(entry, 'ip') !== '' && entry['ipMode'] === undefined
      ? withKey(entry, 'ipMode', 'VIP')
      : entry,
  );
  const conditions = listAt(status, 'conditions');
  return {
    ...(conditions.length === 0 ? {} : { conditions }),
    loadBalancer: entries.length === 0 ? {} : { ingress: entries },
  };
}
