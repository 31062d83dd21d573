/**
 * A cluster over time: its objects at the start, and the steps that change it. Each node keeps state between steps, since
 * Calico does not undo everything that it did before.
 */

import { compareText } from '../../base/text.ts';
import { nameOf } from '../../objects/metadata.ts';
import { restartBird } from '../bird/bird-process.ts';
import type { CalicoNodeEnvironment } from '../confd/bird-config.ts';
import type { ClusterIPsVariable, RangeLists } from '../confd/range-lists.ts';
import { serviceEvents } from '../confd/service-events.ts';
import { type CalicoCluster, type CalicoClusterOptions, readCluster } from '../objects/cluster.ts';
import { type ClusterObject, clusterObjectKey } from '../objects/cluster-object.ts';
import type { CalicoNode } from '../objects/nodes.ts';
import { resourceKind } from '../objects/resource-kind.ts';
import type { CalicoNodeState } from './converged-ribs.ts';
import type { ExternalRouter } from './external-router.ts';
import {
  type ClusterChange,
  type RenderContext,
  type RenderedNode,
  renderContext,
  renderDeletedNode,
  renderNode,
} from './rendered-node.ts';

export type TimelineOptions = CalicoClusterOptions & {
  readonly routers: readonly ExternalRouter[];
  /** Nodes that exist and are not powered on. */
  readonly poweredOff: readonly string[];
  /** `CALICO_ROUTER_ID` of a node; '' where it is not set. */
  readonly routerId: (node: string) => string;
  readonly hashRouterId: (name: string) => number;
  /** `CALICO_ADVERTISE_CLUSTER_IPS` of a node; '' where it is not set. */
  readonly clusterIPs: (node: string) => ClusterIPsVariable;
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

export class ClusterTimeline {
  readonly #options: TimelineOptions;
  readonly #objects = new Map<string, ClusterObject>();
  /** By name, in the order of names. */
  #rendered: ReadonlyMap<string, RenderedNode> = new Map();
  /** The lists of ranges in force, by `CALICO_ADVERTISE_CLUSTER_IPS`. */
  readonly #lists = new Map<ClusterIPsVariable, RangeLists>();
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

  /** The state of every node whose daemons may run; those in `recovering` advertise nothing yet. */
  nodeStates(recovering: ReadonlySet<string>): readonly CalicoNodeState[] {
    return [...this.#rendered.values()].map(({ node, birds }) => ({
      node,
      birds,
      isOff: this.#poweredOff.has(node.name),
      isRecovering: recovering.has(node.name),
    }));
  }

  #restartBird(name: string): void {
    const rendered = this.#rendered.get(name);
    if (rendered === undefined) return;
    const { birds } = rendered;
    this.#rendered = new Map(this.#rendered).set(name, {
      ...rendered,
      birds: { 4: restartBird(birds[4]), 6: restartBird(birds[6]) },
    });
    if (this.#options.waitsForPeers) this.#starting.add(name);
  }

  /** confd renders the configuration on every node that is on. */
  #renderAll(change: ClusterChange | null): void {
    const contexts = new Map<string, RenderContext>();
    const contextFor = ({ name }: CalicoNode, at: ClusterChange | null): RenderContext => {
      const variable = this.#options.clusterIPs(name);
      const key = `${at === null ? 'start' : 'change'} ${variable}`;
      const known =
        contexts.get(key) ?? renderContext(this.#cluster, variable, at, this.#lists.get(variable) ?? null);
      contexts.set(key, known);
      return known;
    };
    const next = this.#cluster.nodes.map((node): RenderedNode => {
      const rendered = this.#rendered.get(node.name) ?? null;
      const isOff = this.#poweredOff.has(node.name);
      if (isOff && rendered !== null) return { ...rendered, node };
      return renderNode(contextFor(node, isOff ? null : change), node, this.#environmentOf(node), rendered);
    });
    for (const { variable, lists } of contexts.values()) this.#lists.set(variable, lists);
    const names = new Set(next.map(({ node }) => node.name));
    const deleted = [...this.#rendered.values()]
      .filter(({ node }) => !names.has(node.name) && !this.#poweredOff.has(node.name))
      .map((rendered) => renderDeletedNode(contextFor(rendered.node, change), rendered));
    this.#rendered = new Map(
      [...next, ...deleted]
        .sort((a, b) => compareText(a.node.name, b.node.name))
        .map((one) => [one.node.name, one]),
    );
  }

  #environmentOf({ name }: CalicoNode): CalicoNodeEnvironment {
    const { routerId, hashRouterId } = this.#options;
    return { routerId: routerId(name), hashRouterId };
  }
}

const isDefaultConfiguration = (object: ClusterObject): boolean =>
  object.type === 'raw' &&
  resourceKind(object.raw) === 'BGPConfiguration' &&
  nameOf(object.raw) === 'default';
