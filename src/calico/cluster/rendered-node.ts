/**
 * What confd has rendered on one node, and how it changes with the cluster. A node keeps state: routes of Services that confd
 * does not evaluate again, files that BIRD has loaded, and all of its configuration once its Node object is deleted.
 */

import { lazy } from '../../base/lazy.ts';
import type { Family } from '../../net/address.ts';
import { type BirdProcess, reloadConfig } from '../bird/bird-process.ts';
import {
  type BirdTarget,
  type CalicoNodeEnvironment,
  type ConfigErrors,
  renderIncludedConfig,
  renderMainConfig,
  validateFilters,
  validateIncludedConfig,
  validateMainConfig,
} from '../confd/bird-config.ts';
import {
  type FullResync,
  type HostRoutes,
  NO_HOST_ROUTES,
  prefixesOfHostRoutes,
  resyncedHostRoutes,
  resyncServices,
  updatedHostRoutes,
} from '../confd/host-routes.ts';
import { type ClusterIPsVariable, type RangeLists, rangeListsInForce } from '../confd/range-lists.ts';
import type { AnnouncementContext } from '../confd/service-announcement.ts';
import type { ServiceEvent } from '../confd/service-events.ts';
import { readServiceRanges, type ServiceRanges } from '../confd/service-ranges.ts';
import type { CalicoCluster } from '../objects/cluster.ts';
import type { CalicoNode } from '../objects/nodes.ts';

export type RenderedNode = {
  /** As confd last knew it. */
  readonly node: CalicoNode;
  readonly birds: { readonly [F in Family]: BirdProcess };
  readonly hostRoutes: HostRoutes;
  /** Its Node object is gone, and its daemons run on. */
  readonly isDeleted: boolean;
};

export type ClusterChange = {
  readonly before: CalicoCluster;
  readonly events: readonly ServiceEvent[];
  /** BGPConfiguration `default` has changed, in whatever field. */
  readonly isConfigured: boolean;
};

/** Input of rendering that all nodes with one environment share. */
export type RenderContext = {
  readonly cluster: CalicoCluster;
  readonly variable: ClusterIPsVariable;
  readonly lists: RangeLists;
  readonly ranges: ServiceRanges;
  readonly announcement: AnnouncementContext;
  /** Null at a start. */
  readonly change: ClusterChange | null;
  readonly resync: () => FullResync;
  readonly filterErrors: { readonly [F in Family]: ConfigErrors };
};

/** `previous` are the lists of ranges that were in force before; null at the start of confd. */
export function renderContext(
  cluster: CalicoCluster,
  variable: ClusterIPsVariable,
  change: ClusterChange | null,
  previous: RangeLists | null,
): RenderContext {
  const { configuration, behaviour } = cluster;
  const lists = rangeListsInForce(configuration, variable, behaviour, previous);
  const ranges = readServiceRanges(lists, configuration, behaviour);
  const announcement = { ranges, aggregation: configuration.aggregation, behaviour };
  return {
    cluster,
    variable,
    lists,
    ranges,
    announcement,
    change,
    resync: lazy(() => resyncServices(cluster, announcement)),
    filterErrors: validateFilters(cluster),
  };
}

export function renderNode(
  context: RenderContext,
  node: CalicoNode,
  environment: CalicoNodeEnvironment,
  before: RenderedNode | null,
): RenderedNode {
  const hostRoutes = nextHostRoutes(context, node, before?.hostRoutes ?? null);
  const birdOf = (family: Family): BirdProcess =>
    nextBirdProcess(context, hostRoutes, { node, family, environment }, before?.birds[family] ?? null);
  return { node, hostRoutes, birds: { 4: birdOf(4), 6: birdOf(6) }, isDeleted: false };
}

/**
 * A node whose Node object is deleted. confd cannot render files that contain the node's address, and so leaves them as they
 * are: all files from 3.32 on, the main file before. Its label to be excluded counts no longer.
 */
export function renderDeletedNode(context: RenderContext, before: RenderedNode): RenderedNode {
  const { cluster, ranges, change } = context;
  const hostRoutes = nextHostRoutes(
    context,
    { ...before.node, labels: {}, isExcluded: false },
    before.hostRoutes,
  );
  if (cluster.behaviour.needsOwnNode) return { ...before, hostRoutes, isDeleted: true };
  // The label counts for whole ranges when the lists of ranges are read the next time.
  const isExcluded = before.node.isExcluded && change?.isConfigured !== true;
  const node = { ...before.node, isExcluded };
  const birdOf = (family: Family): BirdProcess => {
    const bird = before.birds[family];
    const { main } = bird;
    if (main === null) return bird;
    return reloadConfig(bird, {
      main,
      mainErrors: [],
      included: renderIncludedConfig(
        cluster,
        { node, family },
        ranges,
        prefixesOfHostRoutes(hostRoutes, family),
      ),
      includedErrors: validateIncludedConfig(ranges, family),
    });
  };
  return { node, hostRoutes, birds: { 4: birdOf(4), 6: birdOf(6) }, isDeleted: true };
}

function nextBirdProcess(
  { cluster, ranges, filterErrors }: RenderContext,
  hostRoutes: HostRoutes,
  target: BirdTarget,
  before: BirdProcess | null,
): BirdProcess {
  const { family } = target;
  const main = renderMainConfig(cluster, target);
  return reloadConfig(before, {
    main,
    mainErrors: [...validateMainConfig(cluster, target, main), ...filterErrors[family]],
    included: renderIncludedConfig(cluster, target, ranges, prefixesOfHostRoutes(hostRoutes, family)),
    includedErrors: validateIncludedConfig(ranges, family),
  });
}

/** The single addresses that the node announces, by Service. */
function nextHostRoutes(
  { cluster, ranges, announcement, change, resync }: RenderContext,
  node: CalicoNode,
  before: HostRoutes | null,
): HostRoutes {
  // confd starts to watch Services when the first range is listed.
  if (!ranges.hasAny && (before === null || before === NO_HOST_ROUTES)) return NO_HOST_ROUTES;
  if (change === null || before === null) return resyncedHostRoutes(node, resync(), before);
  const { events } = change;
  const updated =
    events.length === 0 ? before : updatedHostRoutes(before, cluster, announcement, { node, events });
  return needsResync(change, cluster, node.name) ? resyncedHostRoutes(node, resync(), updated) : updated;
}

/** confd evaluates all Services again where BGPConfiguration `default` or the node's own labels have changed. */
function needsResync(
  { before, isConfigured }: ClusterChange,
  { nodes }: CalicoCluster,
  node: string,
): boolean {
  if (isConfigured) return true;
  const labels = (all: readonly CalicoNode[]): string =>
    JSON.stringify(all.find(({ name }) => name === node)?.labels ?? null);
  const now = labels(nodes);
  return now !== 'null' && labels(before.nodes) !== now;
}
