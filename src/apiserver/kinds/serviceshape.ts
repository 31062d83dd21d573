/** The shape of a Service, and what the server fills in before it looks at one (pkg/apis/core/v1/defaults.go). */

import {
  condition,
  dictionary,
  flag,
  int32,
  intOrString,
  keyed,
  kubeObject,
  list,
  record,
  text,
} from '../schema/shape.ts';
import {
  isObject,
  type Json,
  type JsonObject,
  listAt,
  objectAt,
  textAt,
  withKey,
  withPath,
} from '../value.ts';
import type { Draft } from './resource.ts';

const portStatus = record({ port: int32, protocol: text, error: text }, ['port', 'protocol']);
const ingress = record({ ip: text, hostname: text, ipMode: text, ports: list(portStatus) });

const servicePort = record(
  { name: text, protocol: text, appProtocol: text, port: int32, targetPort: intOrString, nodePort: int32 },
  ['port'],
);

export const serviceSchema = kubeObject({
  spec: record({
    ports: keyed('port', servicePort, ['port', 'protocol']),
    selector: dictionary(text),
    clusterIP: text,
    clusterIPs: list(text),
    type: text,
    externalIPs: list(text),
    sessionAffinity: text,
    loadBalancerIP: text,
    loadBalancerSourceRanges: list(text),
    externalName: text,
    externalTrafficPolicy: text,
    healthCheckNodePort: int32,
    publishNotReadyAddresses: flag,
    sessionAffinityConfig: record({ clientIP: record({ timeoutSeconds: int32 }) }),
    ipFamilies: list(text),
    ipFamilyPolicy: text,
    allocateLoadBalancerNodePorts: flag,
    loadBalancerClass: text,
    internalTrafficPolicy: text,
    trafficDistribution: text,
  }),
  status: record({
    loadBalancer: record({ ingress: list(ingress) }),
    conditions: keyed('type', condition),
  }),
});

const CLIENT_IP_SECONDS = 10_800;

export const specOf = (service: JsonObject): JsonObject => objectAt(service, 'spec');
export const typeOf = (service: JsonObject): string => textAt(specOf(service), 'type');

export const isReachable = (type: string): boolean => type === 'NodePort' || type === 'LoadBalancer';

/** Unset and false are the same to Go, which leaves both out; so are 0 and ''. */
function withoutZeros(spec: JsonObject): JsonObject {
  const next: Record<string, Json> = {};
  for (const [key, value] of Object.entries(spec)) {
    const pointer = key === 'allocateLoadBalancerNodePorts' || key === 'loadBalancerClass';
    if (pointer || (value !== '' && value !== false && value !== 0)) next[key] = value;
  }
  return next;
}

/** Fills in what a Service leaves open. The type itself defaults to ClusterIP. */
export function defaultService({ object }: Draft): JsonObject {
  let spec = withoutZeros(specOf(object));
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
  if (isReachable(type) || textAt(spec, 'clusterIP') === '' || type === 'ClusterIP') {
    if (isReachable(type) && textAt(spec, 'externalTrafficPolicy') === '') {
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

/** An ingress entry with an address says how it is delivered. */
export function defaultStatus(status: JsonObject): JsonObject {
  const balancer = objectAt(status, 'loadBalancer');
  const entries = listAt(balancer, 'ingress').map((entry) =>
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
