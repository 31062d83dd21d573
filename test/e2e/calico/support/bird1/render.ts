/**
 * Renders a configuration of Debian's BIRD 1.6.8 that makes a node announce what Calico would. It reads Calico's objects
 * itself and shares nothing with the model in `src/calico`, so that the two check each other. It throws `Unsupported` for
 * what it does not support.
 */
import { addCommunity, filterCalls, filterFunctions } from './filters.ts';
import { hostRoutes } from './host-routes.ts';
import {
  addressOf,
  cidrs,
  clusterIdOf,
  type Family,
  familyOf,
  groupByKind,
  isExcluded,
  isSingle,
  type Loose,
  type ObjectsByKind,
} from './objects.ts';
import { listenPort, type Session, sessionsOf } from './sessions.ts';
import { onlyFields, refuse } from './unsupported.ts';

export type Timers = { readonly connectDelay: number; readonly connectRetry: number };

export type RenderedBird = { readonly text: string; readonly sessions: readonly Session[] };

const CALICO_TIMERS: Timers = { connectDelay: 2, connectRetry: 5 };
const CONFIGURATION_FIELDS = [
  'asNumber',
  'communities',
  'listenPort',
  'logSeverityScreen',
  'nodeMeshMaxRestartTime',
  'nodeMeshPassword',
  'nodeToNodeMeshEnabled',
  'prefixAdvertisements',
  'serviceClusterIPs',
  'serviceExternalIPs',
  'serviceLoadBalancerAggregation',
  'serviceLoadBalancerIPs',
];
const POOL_FIELDS = [
  'cidr',
  'allowedUses',
  'blockSize',
  'disableBGPExport',
  'disabled',
  'ipipMode',
  'natOutgoing',
  'nodeSelector',
  'vxlanMode',
];
/** The maximum less the priority of ordinary routes; learned routes keep theirs. */
const LOCAL_PREF = `if source != RTS_BGP then bgp_local_pref = ${2 ** 31 - 1 - 1024};`;

/** The configuration of one daemon of a node. */
export function renderBird(
  objects: readonly Loose[],
  nodeName: string,
  family: Family,
  timers: Timers = CALICO_TIMERS,
): RenderedBird {
  const snapshot = groupByKind(objects);
  refuseUnsupported(snapshot);
  const node = snapshot.nodes.find(({ metadata }) => metadata.name === nodeName);
  const sessions = sessionsOf(snapshot, node, family);
  const statics = staticRoutes(snapshot, node, family);
  const lines = [
    `router id ${addressOf(node, 4)};`,
    `listen bgp port ${listenPort(snapshot, node)};`,
    'log stderr { info, warning, error, auth, fatal, bug };',
    '',
    ...filterFunctions(snapshot, family),
    ...commonExport(snapshot, node, family, statics),
    '',
    ...kernelProtocol(snapshot, family),
    'protocol device { scan time 2; }',
    'protocol direct { interface -"cali*", -"kube-ipvs*", "*"; }',
    ...staticProtocol('service_routes', statics),
    ...staticProtocol('pod_blocks', ownBlocks(snapshot, node, family)),
    ...gatewayRoutes(sessions),
    ...sessions.flatMap((session) => bgpProtocol(snapshot, node, session, timers)),
  ];
  return { text: `${lines.join('\n')}\n`, sessions };
}

function refuseUnsupported(snapshot: ObjectsByKind): void {
  onlyFields('BGPConfiguration default', snapshot.configuration('default'), CONFIGURATION_FIELDS);
  for (const { spec } of snapshot.pools) {
    onlyFields('an IPPool', spec, POOL_FIELDS);
    if ((spec.ipipMode ?? 'Never') !== 'Never') refuse('an IPPool with IPIP');
  }
}

/** Ranges that are announced as a whole, whether this node announces Services or not. */
function aggregatedRanges(snapshot: ObjectsByKind, family: Family): readonly string[] {
  const configuration = snapshot.configuration('default');
  const loadBalancerRanges =
    configuration.serviceLoadBalancerAggregation === 'Disabled' ? [] : configuration.serviceLoadBalancerIPs;
  const lists = [loadBalancerRanges, configuration.serviceExternalIPs, configuration.serviceClusterIPs];
  const all = lists.flatMap((list) => cidrs(list, family)).filter((cidr) => !isSingle(cidr));
  return [...new Set(all)];
}

const staticRoutes = (snapshot: ObjectsByKind, node: Loose, family: Family): readonly string[] =>
  isExcluded(node) ? [] : [...aggregatedRanges(snapshot, family), ...hostRoutes(snapshot, node, family)];

const ownBlocks = (snapshot: ObjectsByKind, node: Loose, family: Family): readonly string[] =>
  snapshot.affinities
    .filter(
      ({ spec }) =>
        spec.node === node.metadata.name &&
        spec.state === 'confirmed' &&
        spec.deleted !== true &&
        familyOf(spec.cidr) === family,
    )
    .map(({ spec }) => spec.cidr);

const staticProtocol = (name: string, routes: readonly string[]): readonly string[] => [
  `protocol static ${name} {`,
  ...routes.map((route) => `  route ${route} blackhole;`),
  '}',
];

const gatewayRoutes = (sessions: readonly Session[]): readonly string[] => [
  'protocol static detours {',
  ...sessions.flatMap(({ peer, family, reachableBy }) =>
    reachableBy === undefined ? [] : `  route ${peer}/${family === 4 ? 32 : 128} via ${reachableBy};`,
  ),
  '}',
];

/** The export policy of all peers, after each peer's own filters. */
function commonExport(
  snapshot: ObjectsByKind,
  node: Loose,
  family: Family,
  statics: readonly string[],
): readonly string[] {
  const pools = snapshot.pools.map(({ spec }) => spec).filter(({ cidr }) => familyOf(cidr) === family);
  return [
    'function announce() {',
    ...pools.filter((one) => one.disableBGPExport).map(({ cidr }) => `  if net ~ ${cidr} then reject;`),
    ...communityLines(snapshot, node, family),
    ...ownBlocks(snapshot, node, family).flatMap((block) => [
      `  if net = ${block} then accept;`,
      `  if net ~ ${block} then reject;`,
    ]),
    ...statics.map((route) => `  if net ~ ${route} then accept;`),
    ...reflectedRanges(snapshot, node, family).map((range) => `  if net ~ ${range} then accept;`),
    ...pools.filter((one) => !one.disableBGPExport).map(({ cidr }) => `  if net ~ ${cidr} then accept;`),
    '  reject;',
    '}',
  ];
}

/** Ranges that a route reflector passes on, whatever its own routes are. */
function reflectedRanges(snapshot: ObjectsByKind, node: Loose, family: Family): readonly string[] {
  if (clusterIdOf(node) === '') return [];
  const { serviceLoadBalancerIPs, serviceExternalIPs } = snapshot.configuration('default');
  return [...cidrs(serviceLoadBalancerIPs, family), ...cidrs(serviceExternalIPs, family)];
}

/** Names are resolved within the object; unknown names are dropped. */
function communityLines(snapshot: ObjectsByKind, node: Loose, family: Family): readonly string[] {
  const own = snapshot.configuration(`node.${node.metadata.name}`);
  const spec = own?.prefixAdvertisements === undefined ? snapshot.configuration('default') : own;
  const resolve = (text: string): string | undefined =>
    /^\d+(:\d+){1,2}$/.test(text) ? text : spec.communities?.find(({ name }: Loose) => name === text)?.value;
  return (spec.prefixAdvertisements ?? [])
    .filter(({ cidr }: Loose) => familyOf(cidr) === family)
    .map(({ cidr, communities }: Loose) => {
      const values: readonly string[] = (communities ?? []).flatMap((one: string) => resolve(one) ?? []);
      return `  if net ~ ${cidr} then { ${values.map(addCommunity).join(' ')} }`;
    });
}

/** Aggregated ranges and VXLAN pools, with everything inside of them, are not exported to the kernel. */
function kernelProtocol(snapshot: ObjectsByKind, family: Family): readonly string[] {
  const tunnelled = snapshot.pools
    .map(({ spec }) => spec)
    .filter(({ cidr, vxlanMode }) => familyOf(cidr) === family && (vxlanMode ?? 'Never') !== 'Never')
    .map(({ cidr }) => cidr);
  const notExported = [...aggregatedRanges(snapshot, family), ...tunnelled];
  return [
    'filter to_kernel {',
    ...notExported.map((cidr) => `  if net ~ ${cidr} then reject;`),
    '  accept;',
    '}',
    'protocol kernel {',
    '  learn; persist; scan time 2; merge paths on; graceful restart;',
    '  import all;',
    '  export filter to_kernel;',
    '}',
  ];
}

function bgpProtocol(
  snapshot: ObjectsByKind,
  node: Loose,
  session: Session,
  timers: Timers,
): readonly string[] {
  const external = session.remoteAS !== session.localAS;
  const { family, peer, port, remoteAS } = session;
  const exports = filterCalls(snapshot, session.filters, 'export', external);
  const imports = filterCalls(snapshot, session.filters, 'import', external);
  const remote = remoteAS === undefined ? '' : ` as ${remoteAS}`;
  return [
    `protocol bgp ${session.name} {`,
    `  local ${addressOf(node, family)} as ${session.localAS};`,
    `  neighbor ${peer}${port === 179 ? '' : ` port ${port}`}${remote};`,
    ...(session.kind === 'mesh' ? ['  multihop;'] : []),
    ...session.options.map((line) => `  ${line}`),
    ...(session.passive ? ['  passive on;'] : []),
    ...(session.password === undefined ? [] : [`  password "${session.password}";`]),
    '  gateway recursive; add paths on; graceful restart;',
    `  connect delay time ${timers.connectDelay}; connect retry time ${timers.connectRetry};`,
    '  error wait time 1, 5;',
    `  import filter { ${[...imports, 'accept;'].join(' ')} };`,
    `  export filter { ${[LOCAL_PREF, ...exports, 'announce();'].join(' ')} };`,
    '}',
  ];
}
