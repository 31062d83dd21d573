/**
 * A cluster over time: its objects at the start, and the steps that change it. Each node keeps state between steps, since
 * Calico does not undo everything that it did before.
 */

import { lazy } from '../../base/lazy.ts';
import type { Family } from '../../net/address.ts';
import { nameOf } from '../../objects/metadata.ts';
import { type BirdProcess, reloadConfig, restartBird } from '../bird/bird-process.ts';
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
import type { AnnouncementContext } from '../confd/service-announcement.ts';
import { type ServiceEvent, serviceEvents } from '../confd/service-events.ts';
import { readServiceRanges, type ServiceRanges } from '../confd/service-ranges.ts';
import { type CalicoCluster, type CalicoClusterOptions, readCluster } from '../objects/cluster.ts';
import { type ClusterObject, clusterObjectKey } from '../objects/cluster-object.ts';
import type { CalicoNode } from '../objects/nodes.ts';
import { resourceKind } from '../objects/resource-kind.ts';
import type { CalicoNodeState } from './converged-ribs.ts';
import type { ExternalRouter } from './external-router.ts';

export type TimelineOptions = CalicoClusterOptions & {
  readonly routers: readonly ExternalRouter[];
  /** Nodes that exist and are not powered on. */
  readonly poweredOff: readonly string[];
  /** `CALICO_ROUTER_ID` of a node; '' where it is not set. */
  readonly routerId: (node: string) => string;
  readonly hashRouterId: (name: string) => number;
  /** BIRD runs with graceful restart (`-R`): it advertises nothing until each peer was up once or 240 s have passed. */
  readonly waitsForPeers: boolean;
};

export type TimelineStep = {
  readonly apply: readonly ClusterObject[];
  readonly remove: readonly ClusterObject[];
  readonly restartBird: readonly string[];
  readonly stopNode: readonly string[];
  /** Time since the step before, at least; in seconds. */
  readonly seconds: number;
};

/** How long a BIRD in graceful restart waits for its peers at most, in seconds. */
export const RECOVERY_SECONDS = 240;

type NodeMemory = {
  readonly birds: CalicoNodeState['birds'];
  readonly hostRoutes: HostRoutes;
};

export class ClusterTimeline {
  readonly #options: TimelineOptions;
  readonly #objects = new Map<string, ClusterObject>();
  readonly #memory = new Map<string, NodeMemory>();
  readonly #poweredOff: Set<string>;
  /** Nodes whose BIRD has started and may still wait for a peer. */
  readonly #starting = new Set<string>();
  #cluster: CalicoCluster;

  constructor(objects: readonly ClusterObject[], options: TimelineOptions) {
    this.#options = options;
    this.#poweredOff = new Set(options.poweredOff);
    for (const object of objects) this.#objects.set(clusterObjectKey(object), object);
    this.#cluster = this.#read();
    if (options.waitsForPeers) for (const { name } of this.#cluster.nodes) this.#starting.add(name);
    this.#renderAll(null);
  }

  get cluster(): CalicoCluster {
    return this.#cluster;
  }

  applyStep({ apply, remove, restartBird, stopNode, seconds }: TimelineStep): void {
    const isConfigured =
      remove.some(isDefaultConfiguration) || apply.some((one) => this.#isNewConfiguration(one));
    for (const object of apply) this.#objects.set(clusterObjectKey(object), object);
    for (const object of remove) this.#objects.delete(clusterObjectKey(object));
    for (const name of stopNode) this.#poweredOff.add(name);
    const before = this.#cluster;
    this.#cluster = this.#read();
    this.#renderAll({ before, events: serviceEvents(before, { apply, remove }), isConfigured });
    for (const name of restartBird) this.#restartBird(name);
    if (seconds >= RECOVERY_SECONDS) this.#starting.clear();
  }

  get routers(): readonly ExternalRouter[] {
    return this.#options.routers;
  }

  /**
   * Nodes whose BIRD has started and still waits for a peer. One without a session that is down (`hasDownSession`) has heard
   * from all of its peers, and waits no longer.
   */
  settleStarting(hasDownSession: (node: string) => boolean): ReadonlySet<string> {
    for (const name of this.#starting) if (!hasDownSession(name)) this.#starting.delete(name);
    return new Set(this.#starting);
  }

  #isNewConfiguration(object: ClusterObject): boolean {
    const known = this.#objects.get(clusterObjectKey(object));
    return isDefaultConfiguration(object) && JSON.stringify(known) !== JSON.stringify(object);
  }

  #read(): CalicoCluster {
    return readCluster([...this.#objects.values()], this.#options);
  }

  /** The state of every node; those in `recovering` advertise nothing yet. */
  nodeStates(recovering: ReadonlySet<string>): readonly CalicoNodeState[] {
    return this.#cluster.nodes.flatMap((node) => {
      const memory = this.#memory.get(node.name);
      if (memory === undefined) return [];
      return [
        {
          node,
          birds: memory.birds,
          isOff: this.#poweredOff.has(node.name),
          isRecovering: recovering.has(node.name),
        },
      ];
    });
  }

  #restartBird(name: string): void {
    const memory = this.#memory.get(name);
    if (memory === undefined) return;
    const { birds } = memory;
    this.#memory.set(name, { ...memory, birds: { 4: restartBird(birds[4]), 6: restartBird(birds[6]) } });
    if (this.#options.waitsForPeers) this.#starting.add(name);
  }

  /** confd renders the configuration on every node that is on. */
  #renderAll(change: TimelineChange | null): void {
    const { configuration, behaviour } = this.#cluster;
    const ranges = readServiceRanges(configuration, behaviour);
    const announcement = { ranges, aggregation: configuration.aggregation, behaviour };
    const renderContext: RenderContext = {
      ranges,
      announcement,
      change,
      resync: lazy(() => resyncServices(this.#cluster, announcement)),
      filterErrors: validateFilters(this.#cluster),
    };
    for (const node of this.#cluster.nodes) {
      const isOff = this.#poweredOff.has(node.name);
      if (isOff && this.#memory.has(node.name)) continue;
      this.#memory.set(
        node.name,
        this.#renderNode(node, isOff ? { ...renderContext, change: null } : renderContext),
      );
    }
  }

  #renderNode(node: CalicoNode, renderContext: RenderContext): NodeMemory {
    const before = this.#memory.get(node.name) ?? null;
    const environment: CalicoNodeEnvironment = {
      routerId: this.#options.routerId(node.name),
      hashRouterId: this.#options.hashRouterId,
    };
    const hostRoutes = this.#nextHostRoutes(node, renderContext, before?.hostRoutes ?? null);
    return {
      hostRoutes,
      birds: {
        4: this.#nextBirdProcess(before, renderContext, hostRoutes, { node, family: 4, environment }),
        6: this.#nextBirdProcess(before, renderContext, hostRoutes, { node, family: 6, environment }),
      },
    };
  }

  #nextBirdProcess(
    before: NodeMemory | null,
    { ranges, filterErrors }: RenderContext,
    hostRoutes: HostRoutes,
    target: BirdTarget,
  ): BirdProcess {
    const cluster = this.#cluster;
    const { family } = target;
    const main = renderMainConfig(cluster, target);
    return reloadConfig(before?.birds[family] ?? null, {
      main,
      mainErrors: [...validateMainConfig(cluster, target, main), ...filterErrors[family]],
      included: renderIncludedConfig(cluster, target, ranges, prefixesOfHostRoutes(hostRoutes, family)),
      includedErrors: validateIncludedConfig(ranges, family),
    });
  }

  /** The single addresses that this node announces, by Service. */
  #nextHostRoutes(
    node: CalicoNode,
    { ranges, announcement, change, resync }: RenderContext,
    before: HostRoutes | null,
  ): HostRoutes {
    // confd starts to watch Services when the first range is listed.
    if (!ranges.hasAny && (before === null || before === NO_HOST_ROUTES)) return NO_HOST_ROUTES;
    if (change === null || before === null) return resyncedHostRoutes(node, resync(), before);
    const { events } = change;
    const updated =
      events.length === 0 ? before : updatedHostRoutes(before, this.#cluster, announcement, { node, events });
    return needsResync(change, this.#cluster, node.name)
      ? resyncedHostRoutes(node, resync(), updated)
      : updated;
  }
}

/** Input of rendering that all nodes share. */
type RenderContext = {
  readonly ranges: ServiceRanges;
  readonly announcement: AnnouncementContext;
  readonly change: TimelineChange | null;
  readonly resync: () => FullResync;
  readonly filterErrors: { readonly [F in Family]: ConfigErrors };
};

type TimelineChange = {
  readonly before: CalicoCluster;
  readonly events: readonly ServiceEvent[];
  /** BGPConfiguration `default` has changed, in whatever field. */
  readonly isConfigured: boolean;
};

const isDefaultConfiguration = (object: ClusterObject): boolean =>
  object.type === 'raw' &&
  resourceKind(object.raw) === 'BGPConfiguration' &&
  nameOf(object.raw) === 'default';

/** confd evaluates all Services again where BGPConfiguration `default` or the node's own labels have changed. */
function needsResync({ before, isConfigured }: TimelineChange, after: CalicoCluster, node: string): boolean {
  const labels = (cluster: CalicoCluster): string =>
    JSON.stringify(cluster.nodes.find(({ name }) => name === node)?.labels ?? null);
  return isConfigured || labels(before) !== labels(after);
}
