/**
 * Invariants of a cluster at rest, checked by its objects alone and not by the controller's state: every address lies in its
 * pool and fits the request, and a Service without an address could not be assigned one.
 */
import { type AnyObject, addressesOf, conditionOf, poolOf } from '../rig.ts';
import { mayShare } from './service-history.ts';

type Pool = { readonly name: string; readonly addresses: ReadonlySet<string> };

export function findViolations(
  services: readonly AnyObject[],
  pools: readonly AnyObject[],
): readonly string[] {
  const poolRanges = pools.map(({ metadata, spec }) => ({
    name: metadata.name,
    addresses: new Set<string>(spec.addresses.flatMap(expand)),
  }));
  return [
    ...services.flatMap((service) => serviceViolations(service, services, poolRanges)),
    ...pools.flatMap((pool) => poolStatusViolations(pool, services, poolRanges)),
  ];
}

function serviceViolations(
  service: AnyObject,
  services: readonly AnyObject[],
  pools: readonly Pool[],
): readonly string[] {
  const { name } = service.metadata;
  const condition = conditionOf(service);
  const pool = poolOf(service);
  const shown = addressesOf(service);
  if (service.spec.type !== 'LoadBalancer') {
    const isBare = condition === undefined && pool === undefined && shown.length === 0;
    return isBare
      ? []
      : [`${name} is no LoadBalancer and still carries ${condition?.reason ?? pool ?? shown}`];
  }
  if (condition === undefined) return [`${name} has no condition`];
  if (shown.length === 0) {
    const candidate = candidates(service, pools).find((one) => canServe(service, one, services));
    const violations =
      candidate === undefined
        ? []
        : [`${name} waits (${condition.reason}) and ${candidate.name} could serve it`];
    if (pool !== undefined) violations.push(`${name} has no address and names the pool ${pool}`);
    if (condition.status !== 'False') violations.push(`${name} has no address and says ${condition.reason}`);
    return violations;
  }
  const ownPool = pools.find((one) => one.name === pool);
  const violations: string[] = [];
  if (condition.status !== 'True') violations.push(`${name} has ${shown} and is ${condition.status}`);
  if (ownPool === undefined || !shown.every((address) => ownPool.addresses.has(address)))
    violations.push(`${name} has ${shown}, which is not in its pool ${pool}`);
  if (condition.reason === 'Assigned') {
    if (!candidates(service, pools).some((one) => one.name === pool))
      violations.push(`${name} may not have ${pool}`);
    const requested = requestedAddressOf(service);
    if (requested !== null && shown[0] !== requested)
      violations.push(`${name} asked for ${requested} and has ${shown}`);
  } else {
    // It keeps what it had against its request: only where no pool could serve that.
    const candidate = candidates(service, pools).find((one) => canServe(service, one, services));
    if (candidate !== undefined)
      violations.push(`${name} keeps ${shown} (${condition.reason}) and ${candidate.name} could serve it`);
  }
  if (shown.length !== familiesOf(service).length)
    violations.push(`${name} has ${shown} for ${familiesOf(service)}`);
  for (const other of services) {
    if (other === service || mayShare(service, other)) continue;
    if ([service, other].some((one) => conditionOf(one)?.reason === 'SharingRefused')) continue;
    const both = addressesOf(other).filter((address) => shown.includes(address));
    if (both.length > 0) violations.push(`${name} and ${other.metadata.name} both have ${both}`);
  }
  return violations;
}

function poolStatusViolations(
  pool: AnyObject,
  services: readonly AnyObject[],
  pools: readonly Pool[],
): readonly string[] {
  const { name } = pool.metadata;
  const range = [...(pools.find((one) => one.name === name)?.addresses ?? [])];
  const used = new Set(services.filter((service) => poolOf(service) === name).flatMap(addressesOf));
  const count = (isFour: boolean): readonly [number, number] => {
    const all = range.filter((address) => address.includes('.') === isFour);
    const taken = all.filter((address) => used.has(address)).length;
    return [taken, all.length - taken];
  };
  const [[assignedIPv4, availableIPv4], [assignedIPv6, availableIPv6]] = [count(true), count(false)];
  const expected = JSON.stringify([assignedIPv4, availableIPv4, assignedIPv6, availableIPv6]);
  const status = pool.status ?? {};
  const shown = JSON.stringify([
    ...[status.assignedIPv4, status.availableIPv4],
    ...[status.assignedIPv6, status.availableIPv6],
  ]);
  return shown === expected ? [] : [`the status of pool ${name} is ${shown} instead of ${expected}`];
}

const requestedAddressOf = ({ metadata, spec }: AnyObject): string | null =>
  spec.loadBalancerIP || metadata.annotations?.['metallb.io/loadBalancerIPs'] || null;

const familiesOf = ({ spec }: AnyObject): readonly ('IPv4' | 'IPv6')[] => spec.ipFamilies;

function candidates({ metadata }: AnyObject, pools: readonly Pool[]): readonly Pool[] {
  const wanted = metadata.annotations?.['metallb.io/address-pool'];
  return wanted === undefined ? pools : pools.filter(({ name }) => name === wanted);
}

function canServe(service: AnyObject, pool: Pool, services: readonly AnyObject[]): boolean {
  const requested = requestedAddressOf(service);
  const others = services.filter((other) => other !== service);
  const isAvailable = (address: string): boolean =>
    others.every((other) => !addressesOf(other).includes(address) || mayShare(service, other));
  return familiesOf(service).every((family) =>
    [...pool.addresses].some(
      (address) =>
        address.includes('.') === (family === 'IPv4') &&
        (requested === null || requested === address) &&
        isAvailable(address),
    ),
  );
}

/** The addresses of the few shapes of ranges that the workload uses, written out by hand as it were. */
function expand(range: string): readonly string[] {
  const [first = '', last] = range.split(/[-/]/);
  const cut = Math.max(first.lastIndexOf('.'), first.lastIndexOf(':')) + 1;
  const stem = first.slice(0, cut);
  const low = Number(first.slice(cut) || '0');
  const bits = range.includes(':') ? 128 : 32;
  const count = range.includes('/') ? 2 ** (bits - Number(last)) : Number(last?.slice(cut)) - low + 1;
  return Array.from({ length: count }, (_, index) =>
    bits === 128 && low + index === 0 ? stem : `${stem}${low + index}`,
  );
}
