/** Checks of Services whose host routes depend on endpoints: P28, P29. */
import { inflect, listSome } from '../../base/text.ts';
import { formatAddress } from '../../net/address.ts';
import { prefixContains } from '../../net/prefix.ts';
import { routerFamily } from '../cluster/converged-cluster.ts';
import { wideRanges } from '../confd/service-ranges.ts';
import { isSingle } from '../objects/prefixes.ts';
import type { CalicoService } from '../objects/services.ts';
import type { DiagnosticCheck } from './check.ts';
import { endpointNodes } from './delivery.ts';
import type { CheckResult } from './finding.ts';
import { type ClusterSnapshot, creationOf, patchOf, serviceRef } from './snapshot.ts';

const NEEDS = ['BGPConfiguration', 'Service', 'EndpointSlice'];

/** Services of type LoadBalancer with an address that Calico may announce. */
export function announceableServices({
  converged: { cluster, ranges },
}: ClusterSnapshot): readonly CalicoService[] {
  return [...cluster.services.values()].filter(
    ({ type, statusIPs }) => type === 'LoadBalancer' && statusIPs.some(ranges.allowsLoadBalancer),
  );
}

/** Those with an address that is not delivered. A Service that shares its address can be served by the other's routes. */
const undeliveredServices = (snapshot: ClusterSnapshot): readonly CalicoService[] =>
  announceableServices(snapshot).filter(
    ({ statusIPs }) =>
      snapshot.undelivered === null ||
      statusIPs.some((address) => snapshot.undelivered?.has(formatAddress(address))),
  );

/** Whether routers learn its addresses only from nodes with endpoints: not by a range, and not by a single-address entry. */
export function dependsOnEndpoints(
  snapshot: ClusterSnapshot,
  { isLocal, statusIPs, loadBalancerIP }: CalicoService,
): boolean {
  const { cluster, ranges } = snapshot.converged;
  if (isLocal) return true;
  const hasSingleEntry = (cluster.behaviour.matchesStatus ? statusIPs : []).some(ranges.isSingleLoadBalancer);
  const hasRequestedSingleEntry = loadBalancerIP !== null && ranges.isSingleLoadBalancer(loadBalancerIP);
  return !hasSingleEntry && !hasRequestedSingleEntry && !cluster.configuration.aggregation;
}

function relatedFields(
  services: readonly CalicoService[],
  snapshot: ClusterSnapshot,
): Omit<CheckResult, 'problem' | 'remedy' | 'severity' | 'object' | 'field'> {
  const texts = new Set(services.flatMap(({ statusIPs }) => statusIPs.map(formatAddress)));
  return {
    concerns: services.map(({ key }) => serviceRef(key)),
    mentioned: snapshot.assigned.filter(({ text }) => texts.has(text)).map(({ text }) => text),
    explains: ({ address, isListed }) => isListed && texts.has(address),
  };
}

const describeServices = (services: readonly CalicoService[]): string =>
  `${inflect(services.length, 'Service', `${services.length} Services`)} ${listSome(services.map(({ key }) => key))}`;

const P28: DiagnosticCheck = {
  code: 'P28',
  needs: [...NEEDS, 'Node', 'BGPPeer'],
  question: 'whether Services have endpoints on nodes that announce',
  find(snapshot) {
    const { cluster, sessions } = snapshot.converged;
    // Without any session with a router, endpoints are not the cause.
    if (!sessions.some(({ outcome }) => 'link' in outcome && outcome.link.to === 'router')) return [];
    const affected = undeliveredServices(snapshot).filter((service) => {
      if (service.clusterIPs.length === 0 || (cluster.slices.get(service.key) ?? []).length === 0)
        return false;
      if (!dependsOnEndpoints(snapshot, service)) return false;
      const nodes = endpointNodes(cluster, service);
      if (nodes.size === 0) return true;
      return service.isLocal && !isLearnedFromAny(snapshot, nodes) && !hasHostRoute(snapshot, service);
    });
    const withoutEndpoints = affected.filter(
      (one) => endpointNodes(snapshot.converged.cluster, one).size === 0,
    );
    const elsewhere = affected.filter((one) => endpointNodes(snapshot.converged.cluster, one).size > 0);
    return [
      ...(withoutEndpoints.length === 0
        ? []
        : [
            {
              severity: 'warning',
              object: serviceRef(withoutEndpoints[0]?.key ?? ''),
              field: 'spec.externalTrafficPolicy',
              problem: `${describeServices(withoutEndpoints)} ${inflect(withoutEndpoints.length, 'has', 'have')} no ready endpoint, so no node announces a host route for ${inflect(withoutEndpoints.length, 'its address', 'their addresses')}.`,
              remedy: 'Find out why no pod is ready. The address is announced again as soon as one is.',
              edits: policyClusterEdits(withoutEndpoints),
              ...relatedFields(withoutEndpoints, snapshot),
            } as const,
          ]),
      ...(elsewhere.length === 0
        ? []
        : [
            {
              severity: 'warning',
              object: serviceRef(elsewhere[0]?.key ?? ''),
              field: 'spec.externalTrafficPolicy',
              problem: `No request reaches ${describeServices(elsewhere)} with policy Local. ${inflect(elsewhere.length, 'Its', 'Their')} ready endpoints are only on ${listSome([...endpointNodes(snapshot.converged.cluster, elsewhere[0] as CalicoService)])}, where no router learns Services from.`,
              remedy:
                'Let that node peer with a router and announce, move the pods, or set externalTrafficPolicy: Cluster.',
              edits: policyClusterEdits(elsewhere),
              ...relatedFields(elsewhere, snapshot),
            } as const,
          ]),
    ];
  },
};

/** Whether some router learns routes from one of the nodes, or sends traffic there. */
function isLearnedFromAny({ learnedNodes }: ClusterSnapshot, nodes: ReadonlySet<string>): boolean {
  const learned = learnedNodes();
  return [...nodes].some((name) => learned.has(name));
}

/** Whether some router learns a host route to an address of the Service. */
const hasHostRoute = ({ converged }: ClusterSnapshot, { statusIPs }: CalicoService): boolean =>
  converged.routers.some((router) =>
    statusIPs.some((address) => {
      const route = routerFamily(router) === address.family ? converged.longestMatch(router, address) : null;
      return route !== null && isSingle(route.prefix);
    }),
  );

const policyClusterEdits = (services: readonly CalicoService[]) =>
  services
    .filter(({ isLocal }) => isLocal)
    .map(({ key }) => patchOf(serviceRef(key), { spec: { externalTrafficPolicy: 'Cluster' } }));

/** A placeholder (RFC 5737) to be replaced by the address of an endpoint. */
const EXAMPLE_ENDPOINT = '192.0.2.10';

function sliceFor({ key }: CalicoService, node: string) {
  const { namespace, name } = serviceRef(key);
  return creationOf({
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { name: `${name}-1`, namespace, labels: { 'kubernetes.io/service-name': name } },
    addressType: 'IPv4',
    endpoints: [{ addresses: [EXAMPLE_ENDPOINT], conditions: { ready: true }, nodeName: node }],
  });
}

const P29: DiagnosticCheck = {
  code: 'P29',
  needs: NEEDS,
  question: 'whether every Service has an EndpointSlice',
  find(snapshot) {
    const { cluster, ranges } = snapshot.converged;
    const unannounced = undeliveredServices(snapshot).filter((service) => {
      const isHeadless = service.clusterIPs.length === 0;
      const isBare = (cluster.slices.get(service.key) ?? []).length === 0;
      if (!isHeadless && !isBare) return false;
      // The whole range is announced, wherever the pods are.
      const isCovered = service.statusIPs.every((one) =>
        wideRanges(ranges.aggregated).some(({ prefix }) => prefix !== null && prefixContains(prefix, one)),
      );
      return service.isLocal || !isCovered;
    });
    if (unannounced.length === 0) return [];
    const [first] = unannounced;
    const node = [...snapshot.learnedNodes()][0] ?? cluster.nodes[0]?.name ?? '';
    const isFirstHeadless = first?.clusterIPs.length === 0;
    return [
      {
        severity: 'warning',
        object: serviceRef(first?.key ?? ''),
        field: isFirstHeadless ? 'spec.clusterIP' : '',
        problem: `Calico never announces a host route for ${describeServices(unannounced)}, without ${isFirstHeadless ? 'a ClusterIP' : 'an EndpointSlice'}.`,
        remedy: isFirstHeadless
          ? 'Create the Service again without clusterIP: None.'
          : 'Give it a selector, or an EndpointSlice with the label kubernetes.io/service-name.',
        edits: unannounced
          .filter(({ clusterIPs }) => clusterIPs.length > 0)
          .map((one) => sliceFor(one, node)),
        ...relatedFields(unannounced, snapshot),
      },
    ];
  },
};

export const ENDPOINT_CHECKS: readonly DiagnosticCheck[] = [P28, P29];
