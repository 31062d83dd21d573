/**
 * Whether a cluster at rest is as it should be, judged by what stands in it and by nothing that the controller
 * knows: every address lies in its pool and fits the wish, and who has none could not be given one.
 */
import { addressesOf, conditionOf, type Loose, poolOf } from '../support/rig.ts';
import { mayShare } from './history.ts';

type Pool = { readonly name: string; readonly addresses: ReadonlySet<string> };

export function judge(services: readonly Loose[], pools: readonly Loose[]): readonly string[] {
  const known = pools.map(({ metadata, spec }) => ({
    name: metadata.name,
    addresses: new Set<string>(spec.addresses.flatMap(expand)),
  }));
  return [
    ...services.flatMap((service) => judgeService(service, services, known)),
    ...pools.flatMap((pool) => judgeStatus(pool, services, known)),
  ];
}

function judgeService(service: Loose, services: readonly Loose[], pools: readonly Pool[]): readonly string[] {
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
    const could = candidates(service, pools).find((one) => canServe(service, one, services));
    const complaints =
      could === undefined ? [] : [`${name} waits (${condition.reason}) and ${could.name} could serve it`];
    if (pool !== undefined) complaints.push(`${name} has no address and names the pool ${pool}`);
    if (condition.status !== 'False') complaints.push(`${name} has no address and says ${condition.reason}`);
    return complaints;
  }
  const home = pools.find((one) => one.name === pool);
  const complaints: string[] = [];
  if (condition.reason !== 'Assigned') complaints.push(`${name} has ${shown} and says ${condition.reason}`);
  if (home === undefined || !shown.every((address) => home.addresses.has(address)))
    complaints.push(`${name} has ${shown}, which is not in its pool ${pool}`);
  if (!candidates(service, pools).some((one) => one.name === pool))
    complaints.push(`${name} may not have ${pool}`);
  const asked = askedOf(service);
  if (asked !== null && shown[0] !== asked) complaints.push(`${name} asked for ${asked} and has ${shown}`);
  if (shown.length !== familiesOf(service).length)
    complaints.push(`${name} has ${shown} for ${familiesOf(service)}`);
  for (const other of services) {
    if (other === service || mayShare(service, other)) continue;
    const both = addressesOf(other).filter((address) => shown.includes(address));
    if (both.length > 0) complaints.push(`${name} and ${other.metadata.name} both have ${both}`);
  }
  return complaints;
}

function judgeStatus(pool: Loose, services: readonly Loose[], pools: readonly Pool[]): readonly string[] {
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

const askedOf = ({ metadata, spec }: Loose): string | null =>
  spec.loadBalancerIP || metadata.annotations?.['metallb.io/loadBalancerIPs'] || null;

const familiesOf = ({ spec }: Loose): readonly ('IPv4' | 'IPv6')[] => spec.ipFamilies;

function candidates({ metadata }: Loose, pools: readonly Pool[]): readonly Pool[] {
  const wanted = metadata.annotations?.['metallb.io/address-pool'];
  return wanted === undefined ? pools : pools.filter(({ name }) => name === wanted);
}

function canServe(service: Loose, pool: Pool, services: readonly Loose[]): boolean {
  const asked = askedOf(service);
  const others = services.filter((other) => other !== service);
  const isOpen = (address: string): boolean =>
    others.every((other) => !addressesOf(other).includes(address) || mayShare(service, other));
  return familiesOf(service).every((family) =>
    [...pool.addresses].some(
      (address) =>
        address.includes('.') === (family === 'IPv4') &&
        (asked === null || asked === address) &&
        isOpen(address),
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
