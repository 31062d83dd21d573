/**
 * A cluster over time: its objects at the start, and the steps that change it. Each node keeps state between steps, since
 * Calico does not undo everything that it did before.
 */

import { compareText } from '../../base/text.ts';
import type { Family } from '../../net/address.ts';
import { nameOf } from '../../objects/metadata.ts';
import { resourceKind } from '../../objects/resource-kind.ts';
import { restartBird } from '../bird/bird-process.ts';
import type { CalicoNodeEnvironment } from '../confd/bird-config.ts';
import type { ClusterIPsVariable, RangeLists } from '../confd/range-lists.ts';
import { serviceEvents } from '../confd/service-events.ts';
import { type CalicoCluster, type CalicoClusterOptions, readCluster } from '../objects/cluster.ts';
import { type ClusterObject, clusterObjectKey } from '../objects/cluster-object.ts';
import type { CalicoNode } from '../objects/nodes.ts';
import { BirdStarts, RECOVERED } from './bird-starts.ts';
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
  /** Time since the start, at least. */
  readonly seconds: number;
};

export type TimelineStep = {
  readonly apply: readonly ClusterObject[];
  readonly remove: readonly ClusterObject[];
  /** BIRD ends cleanly, and starts again. */
  readonly restartBird: readonly string[];
  /** BIRD is killed, and starts again. */
  readonly killBird: readonly string[];
  /** Nodes that lose power. */
  readonly stopNode: readonly string[];
  /** Time after the step, at least. */
  readonly seconds: number;
};

export class ClusterTimeline {
  readonly #options: TimelineOptions;
  readonly #objects = new Map<string, ClusterObject>();
  /** By name, in the order of names. */
  #rendered: ReadonlyMap<string, RenderedNode> = new Map();
  /** The lists of ranges in force, by `CALICO_ADVERTISE_CLUSTER_IPS`. */
  readonly #lists = new Map<ClusterIPsVariable, RangeLists>();
  readonly #poweredOff: Set<string>;
  readonly #starts = new BirdStarts();
  #cluster: CalicoCluster;

  constructor(objects: readonly ClusterObject[], options: TimelineOptions) {
    this.#options = options;
    this.#poweredOff = new Set(options.poweredOff);
    for (const object of objects) this.#objects.set(clusterObjectKey(object), object);
    this.#cluster = this.#read();
    this.#renderAll(null);
    if (options.waitsForPeers)
      for (const { name } of this.#cluster.nodes) this.#starts.started(name, 'first-start');
    this.#starts.pass(options.seconds);
  }

  get cluster(): CalicoCluster {
    return this.#cluster;
  }

  applyStep({ apply, remove, restartBird, killBird, stopNode, seconds }: TimelineStep): void {
    const isConfigured =
      remove.some(isDefaultConfiguration) || apply.some((one) => this.#isNewConfiguration(one));
    for (const object of apply) this.#objects.set(clusterObjectKey(object), object);
    for (const object of remove) this.#objects.delete(clusterObjectKey(object));
    for (const name of stopNode) {
      if (!this.#poweredOff.has(name)) this.#starts.lostPower(name);
      this.#poweredOff.add(name);
    }
    const before = this.#cluster;
    this.#cluster = this.#read();
    this.#renderAll({ before, events: serviceEvents(before, { apply, remove }), isConfigured });
    for (const name of restartBird) this.#restartBird(name, 'restarted');
    for (const name of killBird) this.#restartBird(name, 'killed');
    this.#starts.pass(seconds);
  }

  get routers(): readonly ExternalRouter[] {
    return this.#options.routers;
  }

  /**
   * Whether some BIRD has started and still waits for a peer. One without a session that is down (`hasDownSession`) has heard
   * from all of its peers, and waits no longer.
   */
  settleStarting(hasDownSession: (node: string, family: Family) => boolean): boolean {
    return this.#starts.settle(hasDownSession);
  }

  #isNewConfiguration(object: ClusterObject): boolean {
    const known = this.#objects.get(clusterObjectKey(object));
    return isDefaultConfiguration(object) && JSON.stringify(known) !== JSON.stringify(object);
  }

  #read(): CalicoCluster {
    return readCluster([...this.#objects.values()], this.#options);
  }

  /** The state of every node whose daemons may run. */
  nodeStates(): readonly CalicoNodeState[] {
    return [...this.#rendered.values()].map(({ node, birds }) => ({
      node,
      birds,
      isOff: this.#poweredOff.has(node.name),
      offSeconds: this.#starts.offSeconds(node.name),
      killed: this.#starts.killed(node.name),
      recovery: this.#starts.recovery(node.name),
    }));
  }

  /** As above, once no BIRD waits for a peer any more. */
  convergedStates(): readonly CalicoNodeState[] {
    return this.nodeStates().map((one) => ({ ...one, recovery: RECOVERED }));
  }

  #restartBird(name: string, how: 'restarted' | 'killed'): void {
    const rendered = this.#rendered.get(name);
    if (rendered === undefined) return;
    const { birds } = rendered;
    const after = { 4: restartBird(birds[4]), 6: restartBird(birds[6]) };
    this.#rendered = new Map(this.#rendered).set(name, { ...rendered, birds: after });
    this.#starts.ended(name, how === 'killed' ? { 4: birds[4].loaded, 6: birds[6].loaded } : null);
    if (this.#options.waitsForPeers) this.#starts.started(name, how);
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
      .filter(({ node }) => !names.has(node.name))
      .map((rendered) =>
        this.#poweredOff.has(rendered.node.name)
          ? rendered
          : renderDeletedNode(contextFor(rendered.node, change), rendered),
      );
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
