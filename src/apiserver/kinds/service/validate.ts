/** Validates a Service (pkg/apis/core/validation), as far as it concerns a load-balancer controller. */

import {
  duplicate,
  type FieldError,
  forbiddenField,
  invalidValue,
  notSupported,
  required,
} from '../../object/field-error.ts';
import {
  deepEqual,
  isObject,
  type Json,
  type JsonObject,
  listAt,
  objectAt,
  textAt,
} from '../../object/value.ts';
import { validateLabels, validateName, validateQualifiedName } from '../metadata-validation.ts';
import type { ProposedWrite } from '../served-resource.ts';
import { isSloppyCidr, sloppyIpFamily } from '../sloppy-ip.ts';
import { isExternallyAccessible, serviceSpec, serviceType } from './defaults.ts';
import { wantsHealthCheckPort } from './prepare.ts';

export const ONLY_LOAD_BALANCER_MESSAGE = "may only be used when `type` is 'LoadBalancer'";
export const IP_MESSAGE = 'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)';
const PORT_MAX = 65_535;
const PROTOCOLS = ['SCTP', 'TCP', 'UDP'];
const TYPES = ['ClusterIP', 'ExternalName', 'LoadBalancer', 'NodePort'];

export function validateService(proposed: ProposedWrite): readonly FieldError[] {
  if (proposed.subresource === 'status') return validateStatus(proposed.object);
  const spec = serviceSpec(proposed.object);
  const before = proposed.before === null ? null : serviceSpec(proposed.before);
  return [
    ...(before === null ? [] : validateUpdate(spec, before)),
    ...validateType(spec),
    ...validatePorts(spec),
    ...validateLabels(spec['selector'], 'spec.selector'),
    ...validateEnums(spec),
    ...validateAddresses(spec),
    ...validateLoadBalancer(spec),
  ];
}

function validateUpdate(spec: JsonObject, before: JsonObject): readonly FieldError[] {
  const errors: FieldError[] = [];
  const both = (type: string): boolean => textAt(spec, 'type') === type && textAt(before, 'type') === type;
  const wasIP = textAt(before, 'clusterIP');
  const external = textAt(spec, 'type') === 'ExternalName' || textAt(before, 'type') === 'ExternalName';
  if (!external && wasIP !== '' && wasIP !== textAt(spec, 'clusterIP')) {
    errors.push(invalidValue('spec.clusterIPs[0]', spec['clusterIPs'] ?? null, 'may not change once set'));
  }
  if (both('LoadBalancer') && !deepEqual(spec['loadBalancerClass'], before['loadBalancerClass'])) {
    errors.push(
      invalidValue('spec.loadBalancerClass', spec['loadBalancerClass'] ?? null, 'may not change once set'),
    );
  }
  if (
    wantsHealthCheckPort(spec) &&
    wantsHealthCheckPort(before) &&
    spec['healthCheckNodePort'] !== before['healthCheckNodePort']
  ) {
    errors.push(forbiddenField('spec.healthCheckNodePort', 'field is immutable'));
  }
  return errors;
}

function validateType(spec: JsonObject): readonly FieldError[] {
  const type = textAt(spec, 'type');
  const headless = textAt(spec, 'clusterIP') === 'None';
  const errors: FieldError[] = [];
  if (listAt(spec, 'ports').length === 0 && !headless && type !== 'ExternalName')
    errors.push(required('spec.ports'));
  if (isExternallyAccessible(type) && headless) {
    errors.push(invalidValue('spec.clusterIPs[0]', 'None', `may not be set to 'None' for ${type} services`));
  }
  if (type === 'ExternalName') {
    for (const key of ['clusterIPs', 'ipFamilies', 'ipFamilyPolicy']) {
      if (spec[key] !== undefined)
        errors.push(forbiddenField(`spec.${key}`, 'may not be set for ExternalName services'));
    }
    const name = textAt(spec, 'externalName').replace(/\.$/, '');
    if (name === '') errors.push(required('spec.externalName'));
    else
      errors.push(
        ...validateName(name, 'subdomain').map((message) => invalidValue('spec.externalName', name, message)),
      );
  }
  if (!TYPES.includes(type)) errors.push(notSupported('spec.type', type, TYPES));
  return errors;
}

function validatePorts(spec: JsonObject): readonly FieldError[] {
  const errors: FieldError[] = [];
  const ports = listAt(spec, 'ports').filter(isObject);
  const names = new Set<string>();
  const taken = new Set<string>();
  const nodePorts = new Set<string>();
  for (const [i, port] of ports.entries()) {
    const field = `spec.ports[${i}]`;
    errors.push(...validatePort(port, field, { named: ports.length > 1, names }));
    const protocol = textAt(port, 'protocol');
    const nodePort = port['nodePort'];
    if (nodePort !== undefined) {
      if (textAt(spec, 'type') === 'ClusterIP')
        errors.push(forbiddenField(`${field}.nodePort`, "may not be used when `type` is 'ClusterIP'"));
      if (nodePorts.has(`${protocol} ${nodePort}`)) errors.push(duplicate(`${field}.nodePort`, nodePort));
      nodePorts.add(`${protocol} ${nodePort}`);
    }
    const key = `${protocol} ${port['port']}`;
    if (taken.has(key)) errors.push(duplicate(field, { port: port['port'] ?? 0, protocol }));
    taken.add(key);
  }
  return errors;
}

function validatePort(
  port: JsonObject,
  field: string,
  portNames: { named: boolean; names: Set<string> },
): readonly FieldError[] {
  const errors: FieldError[] = [];
  const name = textAt(port, 'name');
  if (name === '' && portNames.named) errors.push(required(`${field}.name`));
  if (name !== '') {
    errors.push(
      ...validateName(name, 'label1123').map((message) => invalidValue(`${field}.name`, name, message)),
    );
    if (portNames.names.has(name)) errors.push(duplicate(`${field}.name`, name));
    portNames.names.add(name);
  }
  if (!isPort(port['port']))
    errors.push(invalidValue(`${field}.port`, port['port'] ?? 0, 'must be between 1 and 65535, inclusive'));
  const target = port['targetPort'];
  if (typeof target === 'number' && !isPort(target)) {
    errors.push(invalidValue(`${field}.targetPort`, target, 'must be between 1 and 65535, inclusive'));
  }
  const protocol = textAt(port, 'protocol');
  if (!PROTOCOLS.includes(protocol)) errors.push(notSupported(`${field}.protocol`, protocol, PROTOCOLS));
  return errors;
}

const isPort = (value: Json | undefined): boolean =>
  typeof value === 'number' && value >= 1 && value <= PORT_MAX;

function validateEnums(spec: JsonObject): readonly FieldError[] {
  const errors: FieldError[] = [];
  const among = (key: string, choices: readonly string[]): void => {
    const value = spec[key];
    if (value !== undefined && !choices.includes(String(value)))
      errors.push(notSupported(`spec.${key}`, value, choices));
  };
  among('sessionAffinity', ['ClientIP', 'None']);
  among('internalTrafficPolicy', ['Cluster', 'Local']);
  among('trafficDistribution', ['PreferClose', 'PreferSameZone', 'PreferSameNode']);
  among('ipFamilyPolicy', ['PreferDualStack', 'RequireDualStack', 'SingleStack']);
  const seen = new Set<Json>();
  for (const [i, family] of listAt(spec, 'ipFamilies').entries()) {
    if (family !== 'IPv4' && family !== 'IPv6')
      errors.push(notSupported(`spec.ipFamilies[${i}]`, family, ['IPv4', 'IPv6']));
    if (seen.has(family)) errors.push(duplicate(`spec.ipFamilies[${i}]`, family));
    seen.add(family);
  }
  if (isExternallyAccessible(textAt(spec, 'type'))) among('externalTrafficPolicy', ['Cluster', 'Local']);
  else if (spec['externalTrafficPolicy'] !== undefined) {
    errors.push(
      invalidValue(
        'spec.externalTrafficPolicy',
        spec['externalTrafficPolicy'],
        'may only be set for externally-accessible services',
      ),
    );
  }
  return errors;
}

function validateAddresses(spec: JsonObject): readonly FieldError[] {
  const errors: FieldError[] = [];
  const clusterIPs = listAt(spec, 'clusterIPs').map(String);
  for (const [i, address] of clusterIPs.entries()) {
    if (address !== 'None' && sloppyIpFamily(address) === 0)
      errors.push(invalidValue(`spec.clusterIPs[${i}]`, address, IP_MESSAGE));
  }
  if (clusterIPs[0] !== undefined && clusterIPs[0] !== textAt(spec, 'clusterIP')) {
    const message =
      textAt(spec, 'clusterIP') === ''
        ? 'must be empty when `clusterIP` is not specified'
        : 'first value must match `clusterIP`';
    errors.push(invalidValue('spec.clusterIPs', clusterIPs, message));
  }
  for (const [i, family] of listAt(spec, 'ipFamilies').entries()) {
    const address = clusterIPs[i];
    if (address === undefined || address === 'None' || sloppyIpFamily(address) === 0) continue;
    if ((sloppyIpFamily(address) === 6) === (family === 'IPv6')) continue;
    errors.push(
      invalidValue(
        `spec.clusterIPs[${i}]`,
        address,
        `expected an ${String(family)} value as indicated by \`ipFamilies[${i}]\``,
      ),
    );
  }
  for (const [i, address] of listAt(spec, 'externalIPs').entries()) {
    if (sloppyIpFamily(String(address)) === 0)
      errors.push(invalidValue(`spec.externalIPs[${i}]`, address, IP_MESSAGE));
  }
  return errors;
}

function validateLoadBalancer(spec: JsonObject): readonly FieldError[] {
  const errors: FieldError[] = [];
  const isLoadBalancer = textAt(spec, 'type') === 'LoadBalancer';
  const ranges = listAt(spec, 'loadBalancerSourceRanges');
  if (ranges.length > 0 && !isLoadBalancer)
    errors.push(forbiddenField('spec.LoadBalancerSourceRanges', ONLY_LOAD_BALANCER_MESSAGE));
  for (const [i, range] of ranges.entries()) {
    if (isSloppyCidr(String(range).trim())) continue;
    errors.push(
      invalidValue(
        `spec.LoadBalancerSourceRanges[${i}]`,
        range,
        'must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)',
      ),
    );
  }
  for (const key of ['allocateLoadBalancerNodePorts', 'loadBalancerClass']) {
    if (spec[key] !== undefined && !isLoadBalancer)
      errors.push(forbiddenField(`spec.${key}`, ONLY_LOAD_BALANCER_MESSAGE));
  }
  const loadBalancerClass = spec['loadBalancerClass'];
  if (isLoadBalancer && loadBalancerClass !== undefined) {
    errors.push(
      ...validateQualifiedName(String(loadBalancerClass)).map((message) =>
        invalidValue('spec.loadBalancerClass', loadBalancerClass, message),
      ),
    );
  }
  if (!wantsHealthCheckPort(spec) && spec['healthCheckNodePort'] !== undefined) {
    errors.push(
      invalidValue(
        'spec.healthCheckNodePort',
        spec['healthCheckNodePort'],
        "may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'",
      ),
    );
  }
  return errors;
}

function validateStatus(service: JsonObject): readonly FieldError[] {
  const field = 'status.loadBalancer.ingress';
  const ingress = listAt(objectAt(objectAt(service, 'status'), 'loadBalancer'), 'ingress').filter(isObject);
  if (ingress.length > 0 && serviceType(service) !== 'LoadBalancer') {
    return [forbiddenField(field, "may only be used when `spec.type` is 'LoadBalancer'")];
  }
  return ingress.flatMap((entry, i) => validateIngress(entry, `${field}[${i}]`));
}

function validateIngress(entry: JsonObject, field: string): readonly FieldError[] {
  const errors: FieldError[] = [];
  const address = textAt(entry, 'ip');
  const mode = entry['ipMode'];
  if (address !== '' && sloppyIpFamily(address) === 0)
    errors.push(invalidValue(`${field}.ip`, address, IP_MESSAGE));
  if (mode !== undefined && address === '')
    errors.push(forbiddenField(`${field}.ipMode`, 'may not be specified when `ip` is not set'));
  else if (mode !== undefined && mode !== 'VIP' && mode !== 'Proxy')
    errors.push(notSupported(`${field}.ipMode`, mode, ['Proxy', 'VIP']));
  const host = textAt(entry, 'hostname');
  if (host !== '') {
    errors.push(
      ...validateName(host, 'subdomain').map((message) => invalidValue(`${field}.hostname`, host, message)),
    );
    if (sloppyIpFamily(host) !== 0)
      errors.push(invalidValue(`${field}.hostname`, host, 'must be a DNS name, not an IP address'));
  }
  return errors;
}
