/**
 * Writes the configuration of Debian's BIRD 1.6.8 that makes a node announce what Calico would. It reads Calico's objects
 * by itself and shares nothing with the model in `src/calico`, so that the two can be held against each other. What it
 * was not made for it refuses by throwing `Unsupported`.
 */
import { addCommunity, filterCalls, filterFunctions } from './bird1/filters.ts';
import { hostRoutes } from './bird1/hostroutes.ts';
import { listenPort, type Session, sessionsOf } from './bird1/sessions.ts';
import { onlyFields, refuse } from './bird1/unsupported.ts';
import {
  addressOf,
  cidrs,
  type Family,
  familyOf,
  isExcluded,
  isSingle,
  type Loose,
  readWorld,
  type World,
} from './bird1/world.ts';

export type Timers = { readonly connectDelay: number; readonly connectRetry: number };

export type Rendered = { readonly text: string; readonly sessions: readonly Session[] };

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
/** The most there can be, less the priority that Calico gives to routes of an ordinary kind. */
const LOCAL_PREF = `bgp_local_pref = ${2 ** 31 - 1 - 1024};`;
const REFLECTOR = 'projectcalico.org/RouteReflectorClusterID';

/** What one daemon of one node is to read. */
export function renderBird(
  objects: readonly Loose[],
  nodeName: string,
  family: Family,
  timers: Timers = CALICO_TIMERS,
): Rendered {
  const world = readWorld(objects);
  refuseTheUnknown(world);
  const node = world.nodes.find(({ metadata }) => metadata.name === nodeName);
  const sessions = sessionsOf(world, node, family);
  const statics = staticRoutes(world, node, family);
  const lines = [
    `router id ${addressOf(node, 4)};`,
    `listen bgp port ${listenPort(world, node)};`,
    'log stderr { info, warning, error, auth, fatal, bug };',
    '',
    ...filterFunctions(world, family),
    ...commonExport(world, node, family, statics),
    '',
    ...kernelPart(world, family),
    'protocol device { scan time 2; }',
    'protocol direct { interface -"cali*", -"kube-ipvs*", "*"; }',
    ...staticProtocol('service_routes', statics),
    ...staticProtocol('pod_blocks', ownBlocks(world, node, family)),
    ...detours(sessions),
    ...sessions.flatMap((session) => bgpPart(world, node, session, timers)),
  ];
  return { text: `${lines.join('\n')}\n`, sessions };
}

function refuseTheUnknown(world: World): void {
  onlyFields('BGPConfiguration default', world.configuration('default'), CONFIGURATION_FIELDS);
  for (const { spec } of world.pools) {
    onlyFields('an IPPool', spec, POOL_FIELDS);
    if ((spec.ipipMode ?? 'Never') !== 'Never') refuse('an IPPool with IPIP');
  }
  for (const { metadata } of world.nodes)
    if (metadata.annotations?.[REFLECTOR]) refuse('a node that reflects routes');
}

/** Ranges that are announced as a whole, whether or not this node announces anything. */
function aggregatedRanges(world: World, family: Family): readonly string[] {
  const settings = world.configuration('default');
  const balanced =
    settings.serviceLoadBalancerAggregation === 'Disabled' ? [] : settings.serviceLoadBalancerIPs;
  const lists = [balanced, settings.serviceExternalIPs, settings.serviceClusterIPs];
  const all = lists.flatMap((list) => cidrs(list, family)).filter((cidr) => !isSingle(cidr));
  return [...new Set(all)];
}

const staticRoutes = (world: World, node: Loose, family: Family): readonly string[] =>
  isExcluded(node) ? [] : [...aggregatedRanges(world, family), ...hostRoutes(world, node, family)];

const ownBlocks = (world: World, node: Loose, family: Family): readonly string[] =>
  world.affinities
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

const detours = (sessions: readonly Session[]): readonly string[] => [
  'protocol static detours {',
  ...sessions.flatMap(({ peer, family, reachableBy }) =>
    reachableBy === undefined ? [] : `  route ${peer}/${family === 4 ? 32 : 128} via ${reachableBy};`,
  ),
  '}',
];

/** The part of the export policy that is the same for all peers, after the filters that a peer has of its own. */
function commonExport(
  world: World,
  node: Loose,
  family: Family,
  statics: readonly string[],
): readonly string[] {
  const pools = world.pools.map(({ spec }) => spec).filter(({ cidr }) => familyOf(cidr) === family);
  return [
    'function announce() {',
    ...pools.filter((one) => one.disableBGPExport).map(({ cidr }) => `  if net ~ ${cidr} then reject;`),
    ...communityLines(world, node, family),
    ...ownBlocks(world, node, family).flatMap((block) => [
      `  if net = ${block} then accept;`,
      `  if net ~ ${block} then reject;`,
    ]),
    ...statics.map((route) => `  if net ~ ${route} then accept;`),
    ...pools.filter((one) => !one.disableBGPExport).map(({ cidr }) => `  if net ~ ${cidr} then accept;`),
    '  reject;',
    '}',
  ];
}

/** Names stand for values of the same object; a name that stands for nothing is dropped. */
function communityLines(world: World, node: Loose, family: Family): readonly string[] {
  const own = world.configuration(`node.${node.metadata.name}`);
  const spec = own?.prefixAdvertisements === undefined ? world.configuration('default') : own;
  const meant = (text: string): string | undefined =>
    /^\d+(:\d+){1,2}$/.test(text) ? text : spec.communities?.find(({ name }: Loose) => name === text)?.value;
  return (spec.prefixAdvertisements ?? [])
    .filter(({ cidr }: Loose) => familyOf(cidr) === family)
    .map(({ cidr, communities }: Loose) => {
      const values: readonly string[] = (communities ?? []).flatMap((one: string) => meant(one) ?? []);
      return `  if net ~ ${cidr} then { ${values.map(addCommunity).join(' ')} }`;
    });
}

/** Whole ranges are kept from the kernel, with all that lies inside, and so is what VXLAN carries. */
function kernelPart(world: World, family: Family): readonly string[] {
  const tunnelled = world.pools
    .map(({ spec }) => spec)
    .filter(({ cidr, vxlanMode }) => familyOf(cidr) === family && (vxlanMode ?? 'Never') !== 'Never')
    .map(({ cidr }) => cidr);
  const kept = [...aggregatedRanges(world, family), ...tunnelled];
  return [
    'filter to_kernel {',
    ...kept.map((cidr) => `  if net ~ ${cidr} then reject;`),
    '  accept;',
    '}',
    'protocol kernel {',
    '  learn; persist; scan time 2; merge paths on; graceful restart;',
    '  import all;',
    '  export filter to_kernel;',
    '}',
  ];
}

function bgpPart(world: World, node: Loose, session: Session, timers: Timers): readonly string[] {
  const external = session.remoteAS !== session.localAS;
  const { family, peer, port, remoteAS } = session;
  const exports = filterCalls(world, session.filters, 'export', external);
  const imports = filterCalls(world, session.filters, 'import', external);
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
