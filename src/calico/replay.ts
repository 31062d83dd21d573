/**
 * A cluster over time, as a case tells it: what stood there at the start, and what was done to it, step by step. The
 * state matters, since Calico does not undo everything that it did.
 */
import { nameOf, namespaceOf, type Raw, textOf } from '../cluster/fields.ts';
import type { Family } from '../net/address.ts';
import {
  type Environment,
  type Faults,
  filterFaults,
  includedFaults,
  includedFiles,
  mainFaults,
  mainFile,
} from './birdfiles.ts';
import { type Daemon, restarted, rewritten } from './daemon.ts';
import type { HostRouteContext } from './hostroutes.ts';
import {
  type HostTable,
  lookAtAll,
  NO_HOSTS,
  prefixesOfTable,
  tableOf,
  touchedTable,
  type WholeLook,
} from './hosttable.ts';
import { type Cluster, type ClusterOptions, readCluster } from './objects/cluster.ts';
import type { CalicoNode } from './objects/nodes.ts';
import { type Observed, predict } from './prediction.ts';
import { type ServiceRanges, serviceRanges } from './ranges.ts';
import type { Router } from './routers.ts';
import type { NodeState } from './solution.ts';

export type ReplayOptions = ClusterOptions & {
  readonly routers: readonly Router[];
  /** Nodes that exist and are not powered on. */
  readonly off: readonly string[];
  /** `CALICO_ROUTER_ID` of a node; '' where it is not set. */
  readonly routerId: (node: string) => string;
  readonly hashed: (name: string) => number;
  /** BIRD starts as calico-node starts it: it announces nothing until each peer was up once, or four minutes are over. */
  readonly recovers: boolean;
};

export type Step = {
  readonly apply: readonly Raw[];
  readonly remove: readonly Raw[];
  readonly restartBird: readonly string[];
  readonly stopNode: readonly string[];
  /** At least so many seconds after the step before. */
  readonly seconds: number;
};

/** How long BIRD waits for its peers at most, in seconds. */
export const RECOVERY_SECONDS = 240;

type Memory = {
  readonly daemons: NodeState['daemons'];
  readonly hosts: HostTable;
};

const keyOf = (raw: Raw): string => `${textOf(raw['kind'])} ${namespaceOf(raw)}/${nameOf(raw)}`;

export class Replay {
  readonly #options: ReplayOptions;
  readonly #objects = new Map<string, Raw>();
  readonly #memory = new Map<string, Memory>();
  readonly #off: Set<string>;
  /** Nodes whose BIRD has started and not heard from all of its peers yet. */
  readonly #starting = new Set<string>();
  #cluster: Cluster;

  constructor(objects: readonly Raw[], options: ReplayOptions) {
    this.#options = options;
    this.#off = new Set(options.off);
    for (const raw of objects) this.#objects.set(keyOf(raw), raw);
    this.#cluster = this.#read();
    if (options.recovers) for (const { name } of this.#cluster.nodes) this.#starting.add(name);
    this.#rewrite(null);
  }

  get cluster(): Cluster {
    return this.#cluster;
  }

  step({ apply, remove, restartBird, stopNode, seconds }: Step): void {
    for (const raw of apply) this.#objects.set(keyOf(raw), raw);
    for (const raw of remove) this.#objects.delete(keyOf(raw));
    for (const name of stopNode) this.#off.add(name);
    const before = this.#cluster;
    this.#cluster = this.#read();
    this.#rewrite({ before, touched: touchedServices(before, apply, remove) });
    for (const name of restartBird) this.#restart(name);
    if (seconds >= RECOVERY_SECONDS) this.#starting.clear();
  }

  /** What can be seen when all has come to rest. */
  observed(): Observed {
    const first = predict(this.states(new Set()), this.#options.routers);
    if (this.#starting.size === 0) return first;
    const silent = new Set<string>();
    for (const name of this.#starting) {
      if (first.nodes[name]?.sessions.some(({ state }) => state === 'down')) silent.add(name);
      else this.#starting.delete(name);
    }
    return silent.size === 0 ? first : predict(this.states(silent), this.#options.routers);
  }

  #read(): Cluster {
    return readCluster([...this.#objects.values()], this.#options);
  }

  /** Every node as it stands; `silent` ones announce nothing yet. */
  states(silent: ReadonlySet<string>): readonly NodeState[] {
    return this.#cluster.nodes.flatMap((node) => {
      const memory = this.#memory.get(node.name);
      if (memory === undefined) return [];
      return [
        { node, daemons: memory.daemons, off: this.#off.has(node.name), silent: silent.has(node.name) },
      ];
    });
  }

  #restart(name: string): void {
    const memory = this.#memory.get(name);
    if (memory === undefined) return;
    const { daemons } = memory;
    this.#memory.set(name, { ...memory, daemons: { 4: restarted(daemons[4]), 6: restarted(daemons[6]) } });
    if (this.#options.recovers) this.#starting.add(name);
  }

  /** confd runs on every node that is on. */
  #rewrite(change: Change | null): void {
    const { configuration, behaviour } = this.#cluster;
    const ranges = serviceRanges(configuration);
    const context = { ranges, aggregation: configuration.aggregation, behaviour };
    const writing: Writing = {
      ranges,
      context,
      change,
      look: once(() => lookAtAll(this.#cluster, context)),
      faults: filterFaults(this.#cluster),
    };
    for (const node of this.#cluster.nodes) {
      const isOff = this.#off.has(node.name);
      if (isOff && this.#memory.has(node.name)) continue;
      this.#memory.set(node.name, this.#written(node, isOff ? { ...writing, change: null } : writing));
    }
  }

  #written(node: CalicoNode, writing: Writing): Memory {
    const before = this.#memory.get(node.name) ?? null;
    const hosts = this.#hosts(node, writing, before?.hosts ?? null);
    return {
      hosts,
      daemons: {
        4: this.#daemon(node, writing, before, hosts, 4),
        6: this.#daemon(node, writing, before, hosts, 6),
      },
    };
  }

  #daemon(
    node: CalicoNode,
    { ranges, faults }: Writing,
    before: Memory | null,
    hosts: HostTable,
    family: 4 | 6,
  ): Daemon {
    const cluster = this.#cluster;
    const environment: Environment = {
      routerId: this.#options.routerId(node.name),
      hashed: this.#options.hashed,
    };
    const main = mainFile(cluster, node, family, environment);
    return rewritten(before?.daemons[family] ?? null, {
      main,
      mainFaults: [...mainFaults(cluster, node, family, main, environment), ...faults[family]],
      included: includedFiles(cluster, ranges, node, family, prefixesOfTable(hosts, family)),
      includedFaults: includedFaults(ranges, family),
    });
  }

  /** The addresses that each Service makes this node announce, by Service. */
  #hosts(node: CalicoNode, { ranges, context, change, look }: Writing, before: HostTable | null): HostTable {
    if (node.excluded || !ranges.any) return NO_HOSTS;
    const isResync = change === null || before === null || resyncs(change.before, this.#cluster, node.name);
    return isResync
      ? tableOf(node.name, look(), before)
      : touchedTable(node.name, change.touched, this.#cluster, context, before);
  }
}

/** What all nodes' files are written from. */
type Writing = {
  readonly ranges: ServiceRanges;
  readonly context: HostRouteContext;
  readonly change: Change | null;
  readonly look: () => WholeLook;
  readonly faults: { readonly [F in Family]: Faults };
};

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | null = null;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

type Change = { readonly before: Cluster; readonly touched: ReadonlySet<string> };

/** Services that confd looks at again; the deletion of a slice is not noticed. */
function touchedServices(
  before: Cluster,
  apply: readonly Raw[],
  remove: readonly Raw[],
): ReadonlySet<string> {
  const touched = new Set<string>();
  for (const raw of [...apply, ...remove]) {
    if (raw['kind'] === 'Service') touched.add(`${namespaceOf(raw)}/${nameOf(raw)}`);
  }
  for (const raw of apply) {
    if (raw['kind'] !== 'EndpointSlice') continue;
    const { slices } = readCluster([raw]);
    for (const key of slices.keys()) touched.add(key);
    // A slice that changes hands is looked at for both.
    for (const [key, several] of before.slices) {
      if (several.some((one) => one.key === `${namespaceOf(raw)}/${nameOf(raw)}`)) touched.add(key);
    }
  }
  return touched;
}

/** All Services are looked at again where the configuration or the node's own labels changed. */
function resyncs(before: Cluster, after: Cluster, node: string): boolean {
  const labels = (cluster: Cluster): string =>
    JSON.stringify(cluster.nodes.find(({ name }) => name === node)?.labels ?? null);
  const lists = ({ configuration }: Cluster): string =>
    [configuration.loadBalancerIPs, configuration.externalIPs, configuration.clusterIPs]
      .map((entries) => entries.map(({ text }) => text).join())
      .concat(String(configuration.aggregation))
      .join(';');
  return labels(before) !== labels(after) || lists(before) !== lists(after);
}
