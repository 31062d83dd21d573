/** What a Service may not be (pkg/apis/core/validation): the part that a load-balancer controller can run into. */

import { duplicate, type FieldError, prohibited, required, unsupported, wrong } from '../fielderror.ts';
import { isObject, type Json, type JsonObject, listAt, objectAt, sameValue, textAt } from '../value.ts';
import { familyOf, isCidr } from './addresses.ts';
import { labelProblems, nameProblems, qualifiedNameProblems } from './names.ts';
import type { Draft } from './resource.ts';
import { wantsHealthPort } from './servicechange.ts';
import { isReachable, specOf, typeOf } from './serviceshape.ts';

export const ONLY_LOAD_BALANCER = "may only be used when `type` is 'LoadBalancer'";
export const SAYS_IP = 'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)';
const PORT_MAX = 65_535;
const PROTOCOLS = ['SCTP', 'TCP', 'UDP'];
const TYPES = ['ClusterIP', 'ExternalName', 'LoadBalancer', 'NodePort'];

export function validateService(draft: Draft): readonly FieldError[] {
  if (draft.subresource === 'status') return validateStatus(draft.object);
  const spec = specOf(draft.object);
  const before = draft.before === null ? null : specOf(draft.before);
  return [
    ...(before === null ? [] : validateChange(spec, before)),
    ...validateType(spec),
    ...validatePorts(spec),
    ...labelProblems(spec['selector'], 'spec.selector'),
    ...validateChoices(spec),
    ...validateAddresses(spec),
    ...validateBalancer(spec),
  ];
}

function validateChange(spec: JsonObject, before: JsonObject): readonly FieldError[] {
  const errors: FieldError[] = [];
  const both = (type: string): boolean => textAt(spec, 'type') === type && textAt(before, 'type') === type;
  const wasIP = textAt(before, 'clusterIP');
  const external = textAt(spec, 'type') === 'ExternalName' || textAt(before, 'type') === 'ExternalName';
  if (!external && wasIP !== '' && wasIP !== textAt(spec, 'clusterIP')) {
    errors.push(wrong('spec.clusterIPs[0]', spec['clusterIPs'] ?? null, 'may not change once set'));
  }
  if (both('LoadBalancer') && !sameValue(spec['loadBalancerClass'], before['loadBalancerClass'])) {
    errors.push(
      wrong('spec.loadBalancerClass', spec['loadBalancerClass'] ?? null, 'may not change once set'),
    );
  }
  if (
    wantsHealthPort(spec) &&
    wantsHealthPort(before) &&
    spec['healthCheckNodePort'] !== before['healthCheckNodePort']
  ) {
    errors.push(prohibited('spec.healthCheckNodePort', 'field is immutable'));
  }
  return errors;
}

function validateType(spec: JsonObject): readonly FieldError[] {
  const type = textAt(spec, 'type');
  const headless = textAt(spec, 'clusterIP') === 'None';
  const errors: FieldError[] = [];
  if (listAt(spec, 'ports').length === 0 && !headless && type !== 'ExternalName')
    errors.push(required('spec.ports'));
  if (isReachable(type) && headless) {
    errors.push(wrong('spec.clusterIPs[0]', 'None', `may not be set to 'None' for ${type} services`));
  }
  if (type === 'ExternalName') {
    for (const key of ['clusterIPs', 'ipFamilies', 'ipFamilyPolicy']) {
      if (spec[key] !== undefined)
        errors.push(prohibited(`spec.${key}`, 'may not be set for ExternalName services'));
    }
    const name = textAt(spec, 'externalName').replace(/\.$/, '');
    if (name === '') errors.push(required('spec.externalName'));
    else
      errors.push(...nameProblems(name, 'subdomain').map((says) => wrong('spec.externalName', name, says)));
  }
  if (!TYPES.includes(type)) errors.push(unsupported('spec.type', type, TYPES));
  return errors;
}

function validatePorts(spec: JsonObject): readonly FieldError[] {
  const errors: FieldError[] = [];
  const ports = listAt(spec, 'ports').filter(isObject);
  const names = new Set<string>();
  const taken = new Set<string>();
  const nodePorts = new Set<string>();
  for (const [i, port] of ports.entries()) {
    const at = `spec.ports[${i}]`;
    errors.push(...validatePort(port, at, { named: ports.length > 1, names }));
    const protocol = textAt(port, 'protocol');
    const nodePort = port['nodePort'];
    if (nodePort !== undefined) {
      if (textAt(spec, 'type') === 'ClusterIP')
        errors.push(prohibited(`${at}.nodePort`, "may not be used when `type` is 'ClusterIP'"));
      if (nodePorts.has(`${protocol} ${nodePort}`)) errors.push(duplicate(`${at}.nodePort`, nodePort));
      nodePorts.add(`${protocol} ${nodePort}`);
    }
    const key = `${protocol} ${port['port']}`;
    if (taken.has(key)) errors.push(duplicate(at, { port: port['port'] ?? 0, protocol }));
    taken.add(key);
  }
  return errors;
}

function validatePort(
  port: JsonObject,
  at: string,
  rule: { named: boolean; names: Set<string> },
): readonly FieldError[] {
  const errors: FieldError[] = [];
  const name = textAt(port, 'name');
  if (name === '' && rule.named) errors.push(required(`${at}.name`));
  if (name !== '') {
    errors.push(...nameProblems(name, 'label1123').map((says) => wrong(`${at}.name`, name, says)));
    if (rule.names.has(name)) errors.push(duplicate(`${at}.name`, name));
    rule.names.add(name);
  }
  if (!isPort(port['port']))
    errors.push(wrong(`${at}.port`, port['port'] ?? 0, 'must be between 1 and 65535, inclusive'));
  const target = port['targetPort'];
  if (typeof target === 'number' && !isPort(target)) {
    errors.push(wrong(`${at}.targetPort`, target, 'must be between 1 and 65535, inclusive'));
  }
  const protocol = textAt(port, 'protocol');
  if (!PROTOCOLS.includes(protocol)) errors.push(unsupported(`${at}.protocol`, protocol, PROTOCOLS));
  return errors;
}

const isPort = (value: Json | undefined): boolean =>
  typeof value === 'number' && value >= 1 && value <= PORT_MAX;

function validateChoices(spec: JsonObject): readonly FieldError[] {
  const errors: FieldError[] = [];
  const among = (key: string, choices: readonly string[]): void => {
    const value = spec[key];
    if (value !== undefined && !choices.includes(String(value)))
      errors.push(unsupported(`spec.${key}`, value, choices));
  };
  among('sessionAffinity', ['ClientIP', 'None']);
  among('internalTrafficPolicy', ['Cluster', 'Local']);
  among('trafficDistribution', ['PreferClose', 'PreferSameZone', 'PreferSameNode']);
  among('ipFamilyPolicy', ['PreferDualStack', 'RequireDualStack', 'SingleStack']);
  const seen = new Set<Json>();
  for (const [i, family] of listAt(spec, 'ipFamilies').entries()) {
    if (family !== 'IPv4' && family !== 'IPv6')
      errors.push(unsupported(`spec.ipFamilies[${i}]`, family, ['IPv4', 'IPv6']));
    if (seen.has(family)) errors.push(duplicate(`spec.ipFamilies[${i}]`, family));
    seen.add(family);
  }
  if (isReachable(textAt(spec, 'type'))) among('externalTrafficPolicy', ['Cluster', 'Local']);
  else if (spec['externalTrafficPolicy'] !== undefined) {
    errors.push(
      wrong(
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
    if (address !== 'None' && familyOf(address) === 0)
      errors.push(wrong(`spec.clusterIPs[${i}]`, address, SAYS_IP));
  }
  if (clusterIPs[0] !== undefined && clusterIPs[0] !== textAt(spec, 'clusterIP')) {
    const says =
      textAt(spec, 'clusterIP') === ''
        ? 'must be empty when `clusterIP` is not specified'
        : 'first value must match `clusterIP`';
    errors.push(wrong('spec.clusterIPs', clusterIPs, says));
  }
  for (const [i, family] of listAt(spec, 'ipFamilies').entries()) {
    const address = clusterIPs[i];
    if (address === undefined || address === 'None' || familyOf(address) === 0) continue;
    if ((familyOf(address) === 6) === (family === 'IPv6')) continue;
    errors.push(
      wrong(
        `spec.clusterIPs[${i}]`,
        address,
        `expected an ${String(family)} value as indicated by \`ipFamilies[${i}]\``,
      ),
    );
  }
  for (const [i, address] of listAt(spec, 'externalIPs').entries()) {
    if (familyOf(String(address)) === 0) errors.push(wrong(`spec.externalIPs[${i}]`, address, SAYS_IP));
  }
  return errors;
}

function validateBalancer(spec: JsonObject): readonly FieldError[] {
  const errors: FieldError[] = [];
  const balances = textAt(spec, 'type') === 'LoadBalancer';
  const ranges = listAt(spec, 'loadBalancerSourceRanges');
  if (ranges.length > 0 && !balances)
    errors.push(prohibited('spec.LoadBalancerSourceRanges', ONLY_LOAD_BALANCER));
  for (const [i, range] of ranges.entries()) {
    if (isCidr(String(range).trim())) continue;
    errors.push(
      wrong(
        `spec.LoadBalancerSourceRanges[${i}]`,
        range,
        'must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)',
      ),
    );
  }
  for (const key of ['allocateLoadBalancerNodePorts', 'loadBalancerClass']) {
    if (spec[key] !== undefined && !balances) errors.push(prohibited(`spec.${key}`, ONLY_LOAD_BALANCER));
  }
  const named = spec['loadBalancerClass'];
  if (balances && named !== undefined) {
    errors.push(
      ...qualifiedNameProblems(String(named)).map((says) => wrong('spec.loadBalancerClass', named, says)),
    );
  }
  if (!wantsHealthPort(spec) && spec['healthCheckNodePort'] !== undefined) {
    errors.push(
      wrong(
        'spec.healthCheckNodePort',
        spec['healthCheckNodePort'],
        "may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'",
      ),
    );
  }
  return errors;
}

function validateStatus(service: JsonObject): readonly FieldError[] {
  const at = 'status.loadBalancer.ingress';
  const ingress = listAt(objectAt(objectAt(service, 'status'), 'loadBalancer'), 'ingress').filter(isObject);
  if (ingress.length > 0 && typeOf(service) !== 'LoadBalancer') {
    return [prohibited(at, "may only be used when `spec.type` is 'LoadBalancer'")];
  }
  return ingress.flatMap((entry, i) => validateIngress(entry, `${at}[${i}]`));
}

function validateIngress(entry: JsonObject, at: string): readonly FieldError[] {
  const errors: FieldError[] = [];
  const address = textAt(entry, 'ip');
  const mode = entry['ipMode'];
  if (address !== '' && familyOf(address) === 0) errors.push(wrong(`${at}.ip`, address, SAYS_IP));
  if (mode !== undefined && address === '')
    errors.push(prohibited(`${at}.ipMode`, 'may not be specified when `ip` is not set'));
  else if (mode !== undefined && mode !== 'VIP' && mode !== 'Proxy')
    errors.push(unsupported(`${at}.ipMode`, mode, ['Proxy', 'VIP']));
  const host = textAt(entry, 'hostname');
  if (host !== '') {
    errors.push(...nameProblems(host, 'subdomain').map((says) => wrong(`${at}.hostname`, host, says)));
    if (familyOf(host) !== 0)
      errors.push(wrong(`${at}.hostname`, host, 'must be a DNS name, not an IP address'));
  }
  return errors;
}
