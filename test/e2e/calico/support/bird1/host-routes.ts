/** The host routes of a node: single addresses of Services. */
import { BlockList } from 'node:net';
import { type Family, familyOf, isExcluded, isSingle, type Loose, type ObjectsByKind } from './objects.ts';

const SERVICE_NAME = 'kubernetes.io/service-name';
const TYPES = ['ClusterIP', 'NodePort', 'LoadBalancer'];

/** As prefixes, each once, in order of their text. */
export function hostRoutes(snapshot: ObjectsByKind, node: Loose, family: Family): readonly string[] {
  if (isExcluded(node)) return [];
  const addresses = snapshot.services
    .filter((service) => isAnnounced(snapshot, service, node))
    .flatMap((service) => addressesOf(snapshot, service))
    .filter((address) => familyOf(address) === family);
  return [...new Set(addresses)].sort().map((address) => `${address}/${family === 4 ? 32 : 128}`);
}

function isAnnounced(snapshot: ObjectsByKind, service: Loose, node: Loose): boolean {
  const { spec } = service;
  const configuration = snapshot.configuration('default');
  if (!TYPES.includes(spec.type ?? 'ClusterIP') || !spec.clusterIP || spec.clusterIP === 'None') return false;
  const slices = snapshot.slices.filter(
    ({ metadata }) =>
      metadata.namespace === service.metadata.namespace &&
      metadata.labels?.[SERVICE_NAME] === service.metadata.name,
  );
  if (slices.length === 0) return false; // nothing changes then, and nothing was there before
  const local = spec.externalTrafficPolicy === 'Local';
  if (!local) {
    const loadBalancerIPs = [spec.loadBalancerIP ?? '', ...ingressOf(service)];
    if (
      spec.type === 'LoadBalancer' &&
      matchesSingleEntry(configuration.serviceLoadBalancerIPs, loadBalancerIPs)
    )
      return true;
    if (matchesSingleEntry(configuration.serviceExternalIPs, spec.externalIPs ?? [])) return true;
    if (configuration.serviceLoadBalancerAggregation !== 'Disabled') return false;
  }
  return slices
    .filter(({ addressType }) => (spec.ipFamilies ?? ['IPv4']).includes(addressType))
    .flatMap(({ endpoints }) => endpoints ?? [])
    .some(
      ({ conditions, nodeName }) =>
        conditions?.ready !== false && (!local || nodeName === node.metadata.name),
    );
}

/** All announced addresses of a Service. */
function addressesOf(snapshot: ObjectsByKind, { spec, ...service }: Loose): readonly string[] {
  const configuration = snapshot.configuration('default');
  const clusterIPs = (configuration.serviceClusterIPs ?? []).length > 0 ? (spec.clusterIPs ?? []) : [];
  return [
    ...clusterIPs,
    ...(spec.externalIPs ?? []).filter((one: string) => isListed(configuration.serviceExternalIPs, one)),
    ...(spec.type === 'LoadBalancer' ? ingressOf(service) : []).filter((one) =>
      isListed(configuration.serviceLoadBalancerIPs, one),
    ),
  ];
}

const ingressOf = ({ status }: Loose): readonly string[] =>
  (status?.loadBalancer?.ingress ?? []).flatMap(({ ip }: Loose) => ip ?? []);

const matchesSingleEntry = (list: Loose, addresses: readonly string[]): boolean =>
  (list ?? []).some(
    ({ cidr }: Loose) => isSingle(cidr) && addresses.some((one) => isListed([{ cidr }], one)),
  );

function isListed(list: Loose, address: string): boolean {
  if (address === '') return false;
  const ranges = new BlockList();
  for (const { cidr } of list ?? []) {
    const [start, length] = cidr.split('/');
    ranges.addSubnet(start, Number(length), familyOf(cidr) === 4 ? 'ipv4' : 'ipv6');
  }
  return ranges.check(address, familyOf(address) === 4 ? 'ipv4' : 'ipv6');
}
