/**
 * Classes of nodes that no rule can tell apart, but for the endpoints that they have. Selectors, configuration and decisions are
 * computed once for each class, however many nodes it has.
 */
import type { ResolvedAdvertisement } from '../../announce/config/advertisement.ts';
import { activeValues } from '../../announce/config/last-known-good.ts';
import {
  type ClusterConfig,
  type NodeConfig,
  readClusterConfig,
  selectNodeConfig,
} from '../../announce/config/node-config.ts';
import type { ClusterObjects } from '../../announce/model/full-model.ts';
import type { Raw } from '../../base/json.ts';
import { rememberByObject } from '../../base/remember.ts';
import { findCalicoRouters } from '../../calico/confd/calico-routers.ts';
import { selectsNode } from '../../config/node-selectors.ts';
import type { Node } from '../../objects/node.ts';

/** Nodes with one configuration in force, so with the same peers. */
export type ConfigClass = {
  /** In the order of names; at least one. */
  readonly nodes: readonly string[];
  readonly nodeConfig: NodeConfig;
  /** What `nodeConfig` was selected from. */
  readonly clusterConfig: ClusterConfig;
  /** Any of the nodes, for what all of them have in common. */
  readonly example: Node;
  /** The class of the nodes before; null for nodes whose speaker did not run. */
  readonly before: ConfigClass | null;
};

export type ClassifyInput = {
  readonly namespace: string;
  readonly objects: Pick<ClusterObjects, 'config' | 'nodes'>;
  /** Sorted; only nodes with a Node object count. */
  readonly running: readonly string[];
  /** Calico's BGPPeers. */
  readonly calicoPeers: readonly Raw[];
};

/** `classBefore` finds the class that a node had; speakers keep its last good versions. */
export function classifyNodes(
  { namespace, objects, running, calicoPeers }: ClassifyInput,
  classBefore: (node: string) => ConfigClass | null,
): readonly ConfigClass[] {
  const known = new Map(objects.nodes.map((node) => [node.name, node]));
  const fresh = new Map<ClusterConfig | null, ClusterConfig>();
  const configAfter = (before: ConfigClass | null): ClusterConfig => {
    const last = before?.clusterConfig ?? null;
    const config = fresh.get(last) ?? readClusterConfig(objects.config, { namespace }, last);
    fresh.set(last, config);
    return config;
  };
  const idOf = identifier<ConfigClass | null>();
  const found = new Map<string, Omit<ConfigClass, 'nodeConfig' | 'nodes'> & { nodes: string[] }>();
  const foreignSessions = new Map<string, ReadonlyMap<string, string>>();
  for (const name of running) {
    const example = known.get(name);
    if (example === undefined) continue;
    const before = classBefore(name);
    const clusterConfig = configAfter(before);
    const foreign = calicoPeers.length === 0 ? NO_SESSIONS : findCalicoRouters(calicoPeers, example);
    const id = [
      ...[idOf(before), selectedBy(clusterConfig, example), JSON.stringify([...foreign])],
      ...[example.isExcluded, example.isNetworkUnavailable],
    ].join(' ');
    foreignSessions.set(id, foreign);
    const own = found.get(id);
    if (own === undefined) found.set(id, { nodes: [name], clusterConfig, example, before });
    else own.nodes.push(name);
  }
  return [...found].map(([id, one]): ConfigClass => {
    const peers = { ...one.clusterConfig.peers, foreignSessions: foreignSessions.get(id) ?? NO_SESSIONS };
    const config = { ...one.clusterConfig, peers };
    return {
      ...one,
      nodeConfig: selectNodeConfig(config, one.example.labels, one.before?.nodeConfig ?? null),
    };
  });
}

const NO_SESSIONS: ReadonlyMap<string, string> = new Map();

/** One digit for each object that selects nodes. */
const selectedBy = ({ peers, advertisements }: ClusterConfig, { labels }: Node): string =>
  [...peers.objects, ...advertisements]
    .map(({ selectors }) => (selectsNode(selectors, labels) ? '1' : '0'))
    .join('');

/** Equal for classes that decide about every Service in the same way, but for endpoints. */
export function decisionKeys(): (one: ConfigClass, before: object | null) => string {
  const idOf = identifier<object | null>();
  const advertisementsOf = rememberByObject((config: NodeConfig) =>
    [...activeValues<ResolvedAdvertisement>(config.advertisements).values()].map(idOf).join(','),
  );
  return ({ nodeConfig, example }, before) =>
    [
      ...[idOf(before), idOf(nodeConfig.pools), advertisementsOf(nodeConfig)],
      ...[example.isExcluded, example.isNetworkUnavailable],
    ].join(' ');
}

/** Numbers values by identity. */
function identifier<T>(): (value: T) => number {
  const ids = new Map<T, number>();
  return (value) => {
    const id = ids.get(value) ?? ids.size;
    ids.set(value, id);
    return id;
  };
}
