/**
 * What the API server refuses, by the schemas of MetalLB's kinds or its own rules, before any speaker sees it. Everything else that is
 * wrong comes in, and is for the speaker to tell.
 */
import { fieldsOf, listOf, type Raw, textOf } from '../cluster/fields.ts';
import { parseDuration } from '../config/duration.ts';
import { ASN_MAX } from '../routes/asn.ts';

/** `before` is null for an object that is new. */
export function serverRefuses(raw: Raw, before: Raw | null): boolean {
  const spec = fieldsOf(raw['spec']);
  switch (raw['kind']) {
    case 'IPAddressPool':
      return !Array.isArray(spec['addresses']);
    case 'BGPAdvertisement':
      return refusesAdvertisement(spec);
    case 'Service':
      return before !== null && changesClass(spec, fieldsOf(before['spec']));
    case 'BGPPeer':
      return refusesPeer(spec, before === null ? null : fieldsOf(before['spec']));
    default:
      return false;
  }
}

const given = (value: unknown): boolean => value !== undefined && value !== null;

/** A number of the schema: absent, or whole and within its bounds. */
const fits = (value: unknown, min: number, max: number): boolean =>
  !given(value) || (typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max);

/** Kubernetes: the class of a LoadBalancer cannot change for as long as it is one. */
const changesClass = (now: Raw, before: Raw): boolean =>
  now['type'] === 'LoadBalancer' &&
  before['type'] === 'LoadBalancer' &&
  textOf(now['loadBalancerClass']) !== textOf(before['loadBalancerClass']);

/** An upper bound of the lengths is in MetalLB's code alone. The rule is in CEL. */
function refusesAdvertisement(spec: Raw): boolean {
  const [four, six] = [spec['aggregationLength'], spec['aggregationLengthV6']];
  if (!fits(four, 1, Number.MAX_SAFE_INTEGER)) return true;
  if (!fits(six, Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER)) return true;
  const aggregates = (given(four) && four !== 32) || (given(six) && six !== 128);
  return aggregates && listOf(spec['serviceSelectors']).length > 0;
}

function refusesPeer(spec: Raw, before: Raw | null): boolean {
  const { myASN, peerASN, localASN, peerPort, dynamicASN, enableGracefulRestart: restart } = spec;
  if (!given(myASN) || !fits(myASN, 0, ASN_MAX)) return true;
  if (!fits(peerASN, 0, ASN_MAX) || !fits(localASN, 1, ASN_MAX) || !fits(peerPort, 0, 16_384)) return true;
  if (given(dynamicASN) && dynamicASN !== 'internal' && dynamicASN !== 'external') return true;
  const graceful = before?.['enableGracefulRestart'];
  if (given(graceful) && given(restart) && graceful !== restart) return true;
  return refusesConnectTime(spec['connectTime']);
}

/** CEL: from 1 to 65535 seconds, and whole ones. */
function refusesConnectTime(text: unknown): boolean {
  if (typeof text !== 'string') return given(text);
  const duration = parseDuration(text);
  return (
    !duration.ok || duration.value < 1_000 || duration.value > 65_535_000 || duration.value % 1_000 !== 0
  );
}
