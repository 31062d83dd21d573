/**
 * A naive oracle: why a Service may give up an address between two moments. It reads plain objects, and shares no code with
 * the allocator.
 */
import type { Service } from '../../../src/objects/service.ts';
import { isValid, type Moment, type PlainPool } from './request-history.ts';
import { GRACE } from './test-cluster.ts';

export type Change = {
  readonly before: Moment;
  readonly after: Moment;
  readonly edited: ReadonlySet<string>;
  readonly deletedAt: ReadonlyMap<string, number>;
};

const PREFIXES = ['metallb.io/', 'metallb.universe.tf/'];
const FROM = 'metallb.io/ip-allocated-from-pool';

export const addressesOf = ({ ingress }: Service): readonly string[] => ingress.flatMap(({ ip }) => ip ?? []);
const familyOf = (text: string): string => (text.includes(':') ? 'IPv6' : 'IPv4');

const annotationOf = ({ annotations }: Service, name: string): string | undefined =>
  PREFIXES.map((prefix) => annotations[prefix + name]).find((value) => value !== undefined);

/** The addresses that the Service requests; null for none, `unreadable` where they have no effect. */
function requestedAddresses(one: Service): readonly string[] | null | 'unreadable' {
  const annotated = annotationOf(one, 'loadBalancerIPs');
  if (annotated !== undefined && one.loadBalancerIP !== '') return 'unreadable';
  if (annotated === undefined) return one.loadBalancerIP === '' ? null : [one.loadBalancerIP];
  const texts = annotated.split(',');
  const isReadable =
    texts.every((text) => /^(10\.0\.0|fd00:)/.test(text)) &&
    new Set(texts.map(familyOf)).size === texts.length;
  return isReadable ? texts : 'unreadable';
}

const permits = ({ app }: PlainPool, { labels }: Service): boolean => app === null || labels['app'] === app;

const lists = ({ addresses, avoidsBuggy }: PlainPool, address: string): boolean =>
  addresses.includes(address) && !(avoidsBuggy && address.endsWith('.0'));

/** Whether the addresses, from the pool, are what the Service requests. */
function meets(
  one: Service,
  addresses: readonly string[],
  from: string | undefined,
  { pools }: Moment,
): boolean {
  const poolRequest = annotationOf(one, 'address-pool');
  const requested = requestedAddresses(one);
  const inPool = pools.find(({ name }) => name === poolRequest);
  const isOfPool =
    poolRequest === undefined ||
    poolRequest === from ||
    (inPool !== undefined &&
      isValid(inPool) &&
      permits(inPool, one) &&
      addresses.every((text) => lists(inPool, text)));
  const hasAddresses =
    requested === null || (requested !== 'unreadable' && requested.every((text) => addresses.includes(text)));
  return isOfPool && hasAddresses;
}

const hasRequest = (one: Service): boolean =>
  annotationOf(one, 'address-pool') !== undefined || requestedAddresses(one) !== null;

const keyOf = (one: Service): string => annotationOf(one, 'allow-shared-ip') ?? '';

/** Whether each of two Services on one address would get traffic of the other. */
function serveTheSame(a: Service, b: Service): boolean {
  const portsOf = ({ ports }: Service) => (ports ?? []).map(({ protocol, port }) => `${protocol}/${port}`);
  const haveOneBackend =
    (a.externalTrafficPolicy === 'Cluster' && b.externalTrafficPolicy === 'Cluster') ||
    (a.externalTrafficPolicy === b.externalTrafficPolicy && a.selector === b.selector);
  return !haveOneBackend || portsOf(a).some((text) => portsOf(b).includes(text));
}

/** Why the pool of the addresses takes this one; null where it does not. */
function poolReason(one: Service, held: readonly string[], address: string, change: Change): string | null {
  const { before, after, deletedAt } = change;
  const from = before.services.get(one.key)?.annotations[FROM];
  const pool = after.pools.find(({ name }) => name === from);
  const isElsewhere =
    annotationOf(one, 'address-pool') === undefined &&
    after.pools.some(
      (other) => isValid(other) && permits(other, one) && held.every((text) => lists(other, text)),
    );
  if (isElsewhere) return null;
  if (pool === undefined) {
    const end = (deletedAt.get(from ?? '') ?? 0) + GRACE;
    return after.now >= end ? 'its pool is gone for longer than the grace period' : null;
  }
  // Of an invalid pool the last valid version still says which Services it is for.
  const version = after.lastValid.get(pool.name);
  if (version !== undefined && !permits(version, one)) return 'its pool is not for the Service';
  if (!isValid(pool)) return null;
  return lists(pool, address) ? null : 'its pool does not list it';
}

/** Why the others on the address may take it; null where they do not. */
function sharingReason(old: Service, one: Service, address: string, change: Change): string | null {
  const { before, after, edited } = change;
  // Of two that are edited together one is decided about first, while the other one is as it was.
  const present = [...before.services.values(), ...after.services.values()].filter(
    (other) => other.key !== one.key && addressesOf(other).includes(address),
  );
  const wasKeptUnshared = present.some((other) => keyOf(other) !== keyOf(old) || keyOf(other) === '');
  if (!edited.has(one.key) && !wasKeptUnshared) return null;
  // One that is being deleted keeps what it had before an edit that others do not permit.
  if (present.some((other) => other.deleting || serveTheSame(one, other)))
    return 'another Service on it serves the same';
  const hasOtherKey = present.some((other) => keyOf(other) !== keyOf(one) || keyOf(other) === '');
  const hasAnother = addressesOf(one).some((text) => familyOf(text) === familyOf(address));
  return hasOtherKey && hasAnother ? 'it has another address than those that it does not share with' : null;
}

/** Why the Service may give the address up, which it had before; null where nothing permits that. */
export function releaseReason(key: string, address: string, change: Change): string | null {
  const { before, after } = change;
  const [old, one] = [before.services.get(key), after.services.get(key)];
  if (old === undefined || one === undefined) return 'it is gone';
  if (one.type !== 'LoadBalancer' || one.deleting) return 'it is no load balancer any more';
  if (!one.ipFamilies.includes(familyOf(address))) return 'it has no cluster IP of the family';
  const held = addressesOf(old).filter((text) => one.ipFamilies.includes(familyOf(text)));
  const now = addressesOf(one);
  const isMet = now.length > 0 && meets(one, now, one.annotations[FROM], after);
  if (hasRequest(one) && isMet && !meets(one, held, old.annotations[FROM], after))
    return 'it has what it requests';
  const lossOf = (text: string): string | null =>
    poolReason(one, held, text, change) ?? sharingReason(old, one, text, change);
  const requiresBoth = one.ipFamilyPolicy === 'RequireDualStack' && one.ipFamilies.length === 2;
  const lacksOne = held.length === 1 || held.some((text) => lossOf(text) !== null);
  const hasBoth = requiresBoth && now.length === 2 && lacksOne;
  return lossOf(address) ?? (hasBoth ? 'it has both families that it requires' : null);
}
