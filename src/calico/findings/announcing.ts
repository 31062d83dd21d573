/** What nodes announce that they should not, or only by themselves: P4, P5, P7, P8. */
import { listOf, specOf } from '../../cluster/fields.ts';
import { formatPrefix, prefixContains } from '../../net/prefix.ts';
import { covers, isSingle, type RangeEntry } from '../objects/prefixes.ts';
import type { CalicoService } from '../objects/services.ts';
import { familyOf } from '../picture.ts';
import { type Check, someOf } from './check.ts';
import type { Edit, Found } from './finding.ts';
import type { HeldAddress } from './held.ts';
import { peerRef } from './peers.ts';
import {
  configure,
  creation,
  DEFAULT_CONFIGURATION,
  defaultSpec,
  patchOf,
  rawNamed,
  refTo,
  serviceRef,
  type World,
} from './world.ts';

/** Nodes with an endpoint that counts for the Service. */
export function endpointNodes(world: World, service: CalicoService): ReadonlySet<string> {
  const { slices, behaviour } = world.picture.cluster;
  const counted = (slices.get(service.key) ?? []).filter(({ addressType }) =>
    service.families.includes(addressType),
  );
  return new Set(
    counted.flatMap(({ endpoints }) =>
      endpoints.filter(({ ready }) => ready || !behaviour.needsReadiness).map(({ node }) => node),
    ),
  );
}

type Leak = {
  readonly held: HeldAddress;
  readonly router: string;
  readonly from: readonly string[];
  readonly as: number;
};

/** Addresses of Local Services that routers are told to reach by nodes without an endpoint. */
function leaks(world: World): readonly Leak[] {
  const { routers, routeTo } = world.picture;
  return world.held.flatMap((held) => {
    if (!held.services.every(({ local }) => local)) return [];
    const right = new Set(held.services.flatMap((one) => [...endpointNodes(world, one)]));
    return routers.flatMap((router): readonly Leak[] => {
      if (familyOf(router) !== held.address.family) return [];
      const route = routeTo(router, held.address);
      if (route === null || !isSingle(route.prefix)) return [];
      // Where next hops are kept, what counts is where the traffic goes, not who told of it.
      const wrong = route.hops.map(({ node }) => node).filter((name) => !right.has(name));
      return wrong.length === 0 ? [] : [{ held, router: router.name, from: wrong, as: router.as }];
    });
  });
}

const FILTER = 'own-service-routes-only';

const P4: Check = {
  code: 'P4',
  needs: ['BGPConfiguration', 'BGPPeer', 'Node', 'Service', 'EndpointSlice'],
  open: 'whether nodes pass on addresses of Local Services that are not theirs',
  find(world) {
    const found = leaks(world);
    if (found.length === 0) return [];
    const { aggregation } = world.picture.cluster.configuration;
    const services = [...new Set(found.flatMap(({ held }) => held.services.map(({ key }) => key)))];
    const [first] = found;
    return [
      {
        severity: 'error',
        object: DEFAULT_CONFIGURATION,
        field: aggregation ? 'spec.nodeToNodeMeshEnabled' : 'spec.serviceLoadBalancerIPs',
        says: `${services.length > 1 ? 'Services' : 'Service'} ${someOf(services)} ${services.length > 1 ? 'are' : 'is'} Local, but ${someOf(first?.from ?? [])} without an endpoint ${(first?.from.length ?? 0) > 1 ? 'pass' : 'passes'} ${first?.held.text} on to ${first?.router}, learned from the other nodes: requests that go there are dropped.`,
        todo: `Add a BGPFilter to the peers that rejects routes learned from other nodes, turn the mesh off${aggregation ? ', or set serviceLoadBalancerAggregation: Disabled' : ''}.`,
        fix: filterEdits(world),
        concerns: services.map(serviceRef),
        about: found.map(({ held }) => held.text),
      },
    ];
  },
};

/** A filter against what was learned from other nodes, on every peer that is a router. */
export function filterEdits(world: World): readonly Edit[] {
  const { cluster } = world.picture;
  const rule = (entry: RangeEntry): readonly unknown[] =>
    entry.prefix === null
      ? []
      : [{ cidr: formatPrefix(entry.prefix), matchOperator: 'In', source: 'RemotePeers', action: 'Reject' }];
  const of = (family: 4 | 6) =>
    cluster.configuration.loadBalancerIPs.filter(({ prefix }) => prefix?.family === family).flatMap(rule);
  const lists = { exportV4: of(4), exportV6: of(6) };
  const spec = Object.fromEntries(Object.entries(lists).filter(([, rules]) => rules.length > 0));
  return [
    creation({
      apiVersion: 'projectcalico.org/v3',
      kind: 'BGPFilter',
      metadata: { name: FILTER },
      spec,
    }),
    ...cluster.peers
      .filter(({ peerIP }) => peerIP !== '')
      .map(({ name, filters }) => patchOf(peerRef(name), { spec: { filters: [FILTER, ...filters] } })),
  ];
}

const P5: Check = {
  code: 'P5',
  needs: ['BGPConfiguration'],
  open: 'whether nodes drop what their own processes send to Services',
  find(world) {
    const { configuration, pools } = world.picture.cluster;
    const { aggregation, loadBalancerIPs } = configuration;
    const shielding = [
      ...(aggregation ? loadBalancerIPs.filter(({ prefix }) => prefix !== null && !isSingle(prefix)) : []),
      ...pools.filter(({ vxlan }) => vxlan).map(({ range }) => range),
    ];
    const bare = loadBalancerIPs.filter(
      ({ prefix }) =>
        prefix !== null &&
        (!aggregation || isSingle(prefix)) &&
        !shielding.some(({ prefix: outer }) => outer !== null && covers(outer, prefix)),
    );
    if (bare.length === 0) return [];
    const hit = world.held.filter(({ address }) =>
      bare.some(({ prefix }) => prefix !== null && prefixContains(prefix, address)),
    );
    return [
      {
        severity: 'warning',
        object: DEFAULT_CONFIGURATION,
        field: aggregation ? 'spec.serviceLoadBalancerIPs' : 'spec.serviceLoadBalancerAggregation',
        says: `Nodes that announce single addresses of ${someOf(bare.map(({ text }) => text))} get kernel routes that drop them: processes on such a node's own network (kubelet, container runtime, host-network pods) cannot reach these Services; pods and clients can.`,
        todo: aggregation
          ? 'List a range that contains the address instead, if such processes need the Service.'
          : "Set serviceLoadBalancerAggregation: Enabled, with a BGPFilter against other nodes' routes, if such processes need the Services.",
        fix: aggregation ? widened(world, bare) : aggregated(world),
        about: hit.map(({ text }) => text),
      },
    ];
  },
};

/** Each single address gets the pair around it listed, which shields the kernel. */
const widened = (world: World, bare: readonly RangeEntry[]): readonly Edit[] => [
  configure(world, {
    serviceLoadBalancerIPs: [
      ...listOf(defaultSpec(world)['serviceLoadBalancerIPs']),
      ...bare.flatMap(({ prefix }) => {
        if (prefix === null) return [];
        const pair = { ...prefix, bits: prefix.bits & ~1n, length: prefix.length - 1 };
        return [{ cidr: formatPrefix(pair) }];
      }),
    ],
  }),
];

const aggregated = (world: World): readonly Edit[] => [
  configure(world, { serviceLoadBalancerAggregation: 'Enabled' }),
  ...(world.picture.cluster.configuration.mesh ? filterEdits(world) : []),
];

const P7: Check = {
  code: 'P7',
  needs: ['BGPConfiguration', 'ClusterInformation'],
  open: 'whether this version of Calico announces entries for single addresses',
  find(world) {
    const { configuration, behaviour } = world.picture.cluster;
    if (behaviour.matchesStatus || !configuration.aggregation) return [];
    const { ranges } = world.picture;
    const wide = configuration.loadBalancerIPs.filter(({ prefix }) => prefix !== null && !isSingle(prefix));
    const single = configuration.loadBalancerIPs.filter(
      ({ prefix }) =>
        prefix !== null &&
        isSingle(prefix) &&
        !wide.some(({ prefix: outer }) => outer !== null && covers(outer, prefix)),
    );
    const within = ({ address }: HeldAddress): boolean =>
      single.some(({ prefix }) => prefix !== null && prefixContains(prefix, address));
    const hit = world.held.filter(
      (one) =>
        within(one) &&
        one.services.every(
          ({ local, loadBalancerIP }) =>
            !local && (loadBalancerIP === null || !ranges.isSingleLoadBalancer(loadBalancerIP)),
        ),
    );
    const isUsed = world.held.some(within);
    if (single.length === 0 || (isUsed && hit.length === 0)) return [];
    return [
      {
        severity: 'error',
        object: DEFAULT_CONFIGURATION,
        field: 'spec.serviceLoadBalancerIPs',
        says: `This version of Calico announces single-address entries (${someOf(single.map(({ text }) => text))}) only for Services with spec.loadBalancerIP, not for the address in their status.`,
        todo: 'Upgrade Calico to 3.30.7, 3.31.5 or 3.32, or list a range that contains the address.',
        fix: widened(world, single),
        concerns: hit.flatMap(({ services }) => services.map(({ key }) => serviceRef(key))),
        hurts: ({ address, listed }) => listed && hit.some(({ text }) => text === address),
      },
    ];
  },
};

/** The first of each line that looks at readiness again. */
const MENDED = { 31: 'v3.31.7', 32: 'v3.32.2' } as const;

const P8: Check = {
  code: 'P8',
  needs: ['ClusterInformation', 'Service'],
  open: 'whether this version of Calico announces endpoints that are not ready',
  find(world): readonly Found[] {
    const { behaviour, services, version } = world.picture.cluster;
    if (behaviour.needsReadiness) return [];
    const local = [...services.values()].filter((one) => one.type === 'LoadBalancer' && one.local);
    if (local.length === 0) return [];
    const to = version?.[1] === 31 ? MENDED[31] : MENDED[32];
    const daemonSet = world
      .of('DaemonSet')
      .some((raw) => rawNamed(world, 'DaemonSet', 'calico-node') === raw);
    return [
      {
        severity: 'warning',
        object: refTo('ClusterInformation', 'default'),
        field: 'spec.calicoVersion',
        says: `Calico v${version?.join('.')} announces Local Services (${someOf(local.map(({ key }) => key))}) from nodes whose pods are not ready, so requests reach pods that cannot answer yet.`,
        todo: `Upgrade Calico to ${to} or later.`,
        fix: daemonSet ? [upgrade(world, to)] : [],
        concerns: local.map(({ key }) => serviceRef(key)),
      },
    ];
  },
};

function upgrade(world: World, to: string): Edit {
  const raw = rawNamed(world, 'DaemonSet', 'calico-node');
  const template = specOf(raw)['template'] as { spec?: { containers?: { name?: string; image?: string }[] } };
  const image = template.spec?.containers?.find(({ name }) => name === 'calico-node')?.image ?? 'calico/node';
  const containers = [{ name: 'calico-node', image: `${image.replace(/:[^:/]*$/, '')}:${to}` }];
  const ref = refTo(
    'DaemonSet',
    'calico-node',
    String((raw['metadata'] as { namespace?: string }).namespace ?? world.namespace),
  );
  return patchOf(ref, { spec: { template: { spec: { containers } } } });
}

export const ANNOUNCING: readonly Check[] = [P4, P5, P7, P8];
