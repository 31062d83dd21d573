/**
 * Admission: what the API server rejects by MetalLB's schemas or by its own rules. All other invalid objects are stored,
 * and the speakers report them.
 */
import { fieldsOf, isObject, listOf, type Raw, textOf } from '../../base/json.ts';
import { ASN_MAX } from '../../bgp/attributes/asn.ts';
import { parseDuration } from '../../config/duration.ts';

/** `before` is null for a new object. */
export function isDenied(raw: Raw, before: Raw | null): boolean {
  const spec = fieldsOf(raw['spec']);
  switch (raw['kind']) {
    case 'IPAddressPool':
      return !Array.isArray(spec['addresses']);
    case 'BGPAdvertisement':
      return isAdvertisementDenied(spec);
    case 'L2Advertisement':
      return listOf(spec['preferredNodeSelectors']).map(fieldsOf).some(isPreferenceDenied);
    case 'Service':
      return before !== null && isClassChanged(spec, fieldsOf(before['spec']));
    case 'BGPPeer':
      return isPeerDenied(spec, before === null ? null : fieldsOf(before['spec']));
    default:
      return false;
  }
}

const isSet = (value: unknown): boolean => value !== undefined && value !== null;

/** A schema's integer field: absent, or a whole number within its bounds. */
const isInBounds = (value: unknown, min: number, max: number): boolean =>
  !isSet(value) || (typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max);

/** Kubernetes: loadBalancerClass is immutable while the type is LoadBalancer. */
const isClassChanged = (now: Raw, before: Raw): boolean =>
  now['type'] === 'LoadBalancer' &&
  before['type'] === 'LoadBalancer' &&
  textOf(now['loadBalancerClass']) !== textOf(before['loadBalancerClass']);

/** The schema has no upper bounds, which are in MetalLB's code alone. The second rule is a CEL rule. */
function isAdvertisementDenied(spec: Raw): boolean {
  const [four, six] = [spec['aggregationLength'], spec['aggregationLengthV6']];
  if (!isInBounds(four, 1, Number.MAX_SAFE_INTEGER)) return true;
  if (!isInBounds(six, Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER)) return true;
  const aggregates = (isSet(four) && four !== 32) || (isSet(six) && six !== 128);
  return aggregates && listOf(spec['serviceSelectors']).length > 0;
}

const WEIGHT = { min: 1, max: 100 } as const;

const isPreferenceDenied = ({ weight, preference }: Raw): boolean =>
  !isSet(weight) || !isInBounds(weight, WEIGHT.min, WEIGHT.max) || !isObject(preference);

function isPeerDenied(spec: Raw, before: Raw | null): boolean {
  const { myASN, peerASN, localASN, peerPort, dynamicASN, enableGracefulRestart: restart } = spec;
  if (!isSet(myASN) || !isInBounds(myASN, 0, ASN_MAX)) return true;
  if (
    !isInBounds(peerASN, 0, ASN_MAX) ||
    !isInBounds(localASN, 1, ASN_MAX) ||
    !isInBounds(peerPort, 0, 16_384)
  )
    return true;
  if (isSet(dynamicASN) && dynamicASN !== 'internal' && dynamicASN !== 'external') return true;
  const gracefulBefore = before?.['enableGracefulRestart'];
  if (isSet(gracefulBefore) && isSet(restart) && gracefulBefore !== restart) return true;
  return isConnectTimeDenied(spec['connectTime']);
}

/** CEL rule: whole seconds, from 1 to 65535. */
function isConnectTimeDenied(text: unknown): boolean {
  if (typeof text !== 'string') return isSet(text);
  const duration = parseDuration(text);
  return (
    !duration.ok || duration.value < 1_000 || duration.value > 65_535_000 || duration.value % 1_000 !== 0
  );
}
