/** Services whose endpoints decide where they are announced: P28, P29, P41. */
import { fieldsOf, listOf, type Raw, textOf } from '../../cluster/fields.ts';
import { formatAddress } from '../../net/address.ts';
import { isSingle } from '../objects/prefixes.ts';
import type { CalicoService } from '../objects/services.ts';
import { endpointNodes } from './announcing.ts';
import { type Check, someOf } from './check.ts';
import type { Found } from './finding.ts';
import { creation, patchOf, serviceRef, type World } from './world.ts';

const NEEDS = ['BGPConfiguration', 'Service', 'EndpointSlice'];

/** Load balancers with an address that Calico may announce. */
const candidates = (world: World): readonly CalicoService[] => {
  const { cluster, ranges } = world.picture;
  return [...cluster.services.values()].filter(
    ({ type, statusIPs }) => type === 'LoadBalancer' && statusIPs.some(ranges.allowsLoadBalancer),
  );
};

/** Announced by routes of its own, if at all: not by a range, and not whatever its endpoints are. */
function isByEndpoints(world: World, { local, statusIPs, loadBalancerIP }: CalicoService): boolean {
  const { cluster, ranges } = world.picture;
  if (local) return true;
  const single = (cluster.behaviour.matchesStatus ? statusIPs : []).some(ranges.isSingleLoadBalancer);
  const asked = loadBalancerIP !== null && ranges.isSingleLoadBalancer(loadBalancerIP);
  return !single && !asked && !cluster.configuration.aggregation;
}

/** Nodes from which some router learns routes. */
function sending(world: World): ReadonlySet<string> {
  const { sessions } = world.picture;
  return new Set(
    sessions
      .filter(({ result, live }) => 'link' in result && result.link.to === 'router' && !live.node.excluded)
      .map(({ live }) => live.node.name),
  );
}

function grouped(
  services: readonly CalicoService[],
  world: World,
): Omit<Found, 'says' | 'todo' | 'severity' | 'object' | 'field'> {
  const texts = new Set(services.flatMap(({ statusIPs }) => statusIPs.map(formatAddress)));
  return {
    concerns: services.map(({ key }) => serviceRef(key)),
    about: world.held.filter(({ text }) => texts.has(text)).map(({ text }) => text),
    hurts: ({ address, listed }) => listed && texts.has(address),
  };
}

const many = (services: readonly CalicoService[]): string =>
  `${services.length > 1 ? `${services.length} Services` : 'Service'} ${someOf(services.map(({ key }) => key))}`;

const P28: Check = {
  code: 'P28',
  needs: [...NEEDS, 'Node', 'BGPPeer'],
  open: 'whether Services have endpoints on nodes that announce',
  find(world) {
    const { cluster } = world.picture;
    const able = sending(world);
    // Where no node can announce anything, endpoints are not what is missing.
    if (able.size === 0) return [];
    const hit = candidates(world).filter((service) => {
      if (service.clusterIPs.length === 0 || (cluster.slices.get(service.key) ?? []).length === 0)
        return false;
      if (!isByEndpoints(world, service)) return false;
      const at = endpointNodes(world, service);
      return service.local ? ![...at].some((name) => able.has(name)) : at.size === 0;
    });
    const none = hit.filter((one) => endpointNodes(world, one).size === 0);
    const elsewhere = hit.filter((one) => endpointNodes(world, one).size > 0);
    return [
      ...(none.length === 0
        ? []
        : [
            {
              severity: 'warning',
              object: serviceRef(none[0]?.key ?? ''),
              field: 'spec.externalTrafficPolicy',
              says: `${many(none)} ${none.length > 1 ? 'have' : 'has'} no ready endpoint, so no node announces ${none.length > 1 ? 'their addresses' : 'its address'} as its own.`,
              todo: 'See why no pod is ready; the address is announced again as soon as one is.',
              fix: asCluster(none),
              ...grouped(none, world),
            } as const,
          ]),
      ...(elsewhere.length === 0
        ? []
        : [
            {
              severity: 'warning',
              object: serviceRef(elsewhere[0]?.key ?? ''),
              field: 'spec.externalTrafficPolicy',
              says: `${many(elsewhere)} ${elsewhere.length > 1 ? 'are' : 'is'} Local and ${elsewhere.length > 1 ? 'have' : 'has'} ready endpoints only on ${someOf([...endpointNodes(world, elsewhere[0] as CalicoService)])}, which no router learns Services from: requests never get to them.`,
              todo: 'Let that node peer with a router and announce, move the pods, or set externalTrafficPolicy: Cluster.',
              fix: asCluster(elsewhere),
              ...grouped(elsewhere, world),
            } as const,
          ]),
    ];
  },
};

const asCluster = (services: readonly CalicoService[]) =>
  services
    .filter(({ local }) => local)
    .map(({ key }) => patchOf(serviceRef(key), { spec: { externalTrafficPolicy: 'Cluster' } }));

/** An endpoint that nobody has (RFC 5737), so that there is something to edit. */
const EXAMPLE_ENDPOINT = '192.0.2.10';

function sliceFor({ key }: CalicoService, node: string) {
  const { namespace, name } = serviceRef(key);
  return creation({
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { name: `${name}-1`, namespace, labels: { 'kubernetes.io/service-name': name } },
    addressType: 'IPv4',
    endpoints: [{ addresses: [EXAMPLE_ENDPOINT], conditions: { ready: true }, nodeName: node }],
  });
}

const P29: Check = {
  code: 'P29',
  needs: NEEDS,
  open: 'whether every Service has an EndpointSlice',
  find(world) {
    const { cluster, ranges } = world.picture;
    const unseen = candidates(world).filter((service) => {
      const isHeadless = service.clusterIPs.length === 0;
      const isBare = (cluster.slices.get(service.key) ?? []).length === 0;
      if (!isHeadless && !isBare) return false;
      // The range stands for it, wherever its pods are.
      const isCovered = service.statusIPs.every((one) =>
        ranges.aggregated.some(({ prefix }) => prefix !== null && !isSingle(prefix) && inside(prefix, one)),
      );
      return service.local || !isCovered;
    });
    if (unseen.length === 0) return [];
    const [first] = unseen;
    const node = [...sending(world)][0] ?? '';
    const headless = first?.clusterIPs.length === 0;
    return [
      {
        severity: 'warning',
        object: serviceRef(first?.key ?? ''),
        field: headless ? 'spec.clusterIP' : '',
        says: `Calico never announces ${many(unseen)} by ${unseen.length > 1 ? 'their' : 'its'} own address: ${headless ? 'it has no ClusterIP' : 'it has no EndpointSlice'}.`,
        todo: headless
          ? 'Make the Service anew without clusterIP: None.'
          : 'Give it a selector, or an EndpointSlice with the label kubernetes.io/service-name.',
        fix: unseen.filter(({ clusterIPs }) => clusterIPs.length > 0).map((one) => sliceFor(one, node)),
        ...grouped(unseen, world),
      },
    ];
  },
};

const inside = (
  prefix: { readonly family: 4 | 6; readonly bits: bigint; readonly length: number },
  address: { readonly family: 4 | 6; readonly bits: bigint },
): boolean => {
  if (prefix.family !== address.family) return false;
  const host = BigInt((address.family === 4 ? 32 : 128) - prefix.length);
  return address.bits >> host === prefix.bits >> host;
};

/** Prefixes that a node's BIRD is seen to announce by itself (CalicoNodeStatus). */
function seen(world: World): ReadonlySet<string> {
  const routes = world.of('CalicoNodeStatus').flatMap((raw: Raw) => {
    const status = fieldsOf(fieldsOf(raw['status'])['routes']);
    return [...listOf(status['routesV4']), ...listOf(status['routesV6'])].map(fieldsOf);
  });
  return new Set(
    routes
      .filter((one) => textOf(fieldsOf(one['learnedFrom'])['sourceType']) === 'Static')
      .map((one) => textOf(one['destination'])),
  );
}

const P41: Check = {
  code: 'P41',
  needs: NEEDS,
  open: 'whether an address is still announced after its EndpointSlice was deleted',
  find(world) {
    const { cluster } = world.picture;
    const bare = candidates(world).filter(
      (one) =>
        one.clusterIPs.length > 0 &&
        (cluster.slices.get(one.key) ?? []).length === 0 &&
        isByEndpoints(world, one),
    );
    if (bare.length === 0) return [];
    const routes = seen(world);
    const texts = bare.flatMap(({ statusIPs }) => statusIPs.map(formatAddress));
    const proven = texts.filter((text) => routes.has(`${text}/32`) || routes.has(`${text}/128`));
    const [first] = bare;
    const named = proven.length > 0 ? proven : texts;
    return [
      {
        severity: 'warning',
        object: serviceRef(first?.key ?? ''),
        field: '',
        says: `${proven.length > 0 ? 'Calico announces' : 'If there was an EndpointSlice before, Calico still announces'} ${someOf(named)}, whose ${bare.length > 1 ? 'Services have' : 'Service has'} no EndpointSlice any more: it does not notice that one is deleted.`,
        todo: 'Create an empty EndpointSlice for the Service, which makes Calico look again, or delete the Service.',
        concerns: bare.map(({ key }) => serviceRef(key)),
        about: named,
      },
    ];
  },
};

export const ENDPOINTS: readonly Check[] = [P28, P29, P41];
