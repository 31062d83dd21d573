/**
 * Validation by an API server that serves `projectcalico.org/v3` from CRDs (their schemas and CEL rules, since 3.32). It
 * never stores an object that fails. calicoctl rejects more.
 */

import { fieldsOf, listOf, type Raw, textOf } from '../../base/json.ts';
import { specOf } from '../../objects/metadata.ts';
import { resourceKind } from '../../objects/resource-kind.ts';
import { isEncapsulated } from './pools.ts';
import { readRangeEntry } from './prefixes.ts';

/** The reasons, each with the field; empty for an object that is stored. */
export function validationErrors(raw: Raw): readonly string[] {
  const spec = specOf(raw);
  switch (resourceKind(raw)) {
    case 'BGPConfiguration':
      return validateConfiguration(spec);
    case 'BGPPeer':
      return validatePeer(spec);
    case 'IPPool':
      return validatePool(spec);
    default:
      return [];
  }
}

const isSet = (value: unknown): boolean => value !== undefined && value !== null && value !== '';

function validateConfiguration(spec: Raw): readonly string[] {
  const errors: string[] = [];
  const lists = ['serviceLoadBalancerIPs', 'serviceExternalIPs', 'serviceClusterIPs', 'prefixAdvertisements'];
  for (const list of lists) {
    for (const [index, one] of listOf(spec[list]).entries()) {
      const text = textOf(fieldsOf(one)['cidr']);
      if (text !== '' && readRangeEntry(text).prefix === null) {
        errors.push(
          `spec.${list}[${index}].cidr ${JSON.stringify(text)} is not a prefix such as 192.0.2.0/24`,
        );
      }
    }
  }
  if (listOf(spec['communities']).length > 0 && listOf(spec['prefixAdvertisements']).length === 0) {
    errors.push('spec.communities needs spec.prefixAdvertisements');
  }
  if (spec['nodeToNodeMeshEnabled'] === false) {
    for (const field of ['nodeMeshPassword', 'nodeMeshMaxRestartTime']) {
      if (isSet(spec[field])) errors.push(`spec.${field} needs spec.nodeToNodeMeshEnabled: true`);
    }
  }
  return errors;
}

function validatePeer(spec: Raw): readonly string[] {
  const exclusive = (a: string, b: string): readonly string[] =>
    isSet(spec[a]) && isSet(spec[b]) ? [`spec.${a} and spec.${b} exclude each other`] : [];
  return [
    ...exclusive('node', 'nodeSelector'),
    ...exclusive('peerIP', 'peerSelector'),
    ...exclusive('peerSelector', 'asNumber'),
    ...exclusive('localWorkloadSelector', 'peerIP'),
    ...exclusive('localWorkloadSelector', 'peerSelector'),
    ...(isSet(spec['reachableBy']) && !isSet(spec['peerIP']) ? ['spec.reachableBy needs spec.peerIP'] : []),
    ...(isSet(spec['nextHopMode']) && spec['keepOriginalNextHop'] === true
      ? ['spec.nextHopMode and spec.keepOriginalNextHop exclude each other']
      : []),
  ];
}

function validatePool(spec: Raw): readonly string[] {
  if (!listOf(spec['allowedUses']).includes('LoadBalancer')) return [];
  const selector = textOf(spec['nodeSelector']);
  return [
    ...(listOf(spec['allowedUses']).length > 1 ? ['spec.allowedUses: LoadBalancer excludes other uses'] : []),
    ...(isEncapsulated(spec['ipipMode']) || isEncapsulated(spec['vxlanMode'])
      ? ['a LoadBalancer pool cannot use IPIP or VXLAN']
      : []),
    ...(selector !== '' && selector !== 'all()'
      ? ['spec.nodeSelector of a LoadBalancer pool must be all()']
      : []),
    ...(spec['disableBGPExport'] === true
      ? ['spec.disableBGPExport must not be set on a LoadBalancer pool']
      : []),
  ];
}
