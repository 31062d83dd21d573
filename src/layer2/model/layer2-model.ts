/**
 * What a speaker knows of the cluster for layer 2, and who owns which addresses by that. Objects come and go in any order
 * between two calls of `recompute`.
 */
import { isDeepStrictEqual } from 'node:util';
import type { NamespaceScope, NodeConfig } from '../../announce/config/node-config.ts';
import type { SpeakerFlags } from '../../announce/decision/should-announce.ts';
import { rememberLast } from '../../base/remember.ts';
import type { Node } from '../../objects/node.ts';
import type { ServiceKey } from '../../objects/service.ts';
import { type ElectionWork, IncrementalElections } from '../election/incremental-elections.ts';
import { type Layer2Config, resolveLayer2Config } from '../election/layer2-config.ts';
import type { Layer2Service } from '../election/layer2-service.ts';
import type { Layer2State } from '../election/layer2-state.ts';
import { leaveToMetallb } from '../election/metallb-claims.ts';
import type { OwnerRecord, RecordedOwners } from '../election/record-index.ts';
import type { ElectionNode } from '../election/standing.ts';
import { joinUsable, type UsableEndpoints } from '../election/usable-endpoints.ts';
import type { SpeakerPresence } from '../membership/speaker-presence.ts';
import { TouchedLog } from './touched-log.ts';

export type Layer2Slice = {
  readonly namespace: string;
  readonly name: string;
  /** Null for a slice that belongs to no Service. */
  readonly service: ServiceKey | null;
  readonly usable: UsableEndpoints;
};

export type Layer2Node = Pick<Node, 'name' | 'labels' | 'isExcluded' | 'isNetworkUnavailable' | 'addresses'>;

export type Layer2ModelOptions = NamespaceScope & {
  readonly flags: SpeakerFlags;
  /** `--l2-failback`: false gives addresses back by hash, as MetalLB does. */
  readonly keepsOwner: boolean;
  /** Each change of a Service or a record is noted: then `recompute` looks at these alone. Without it, it looks for changes. */
  readonly areChangesNoted?: boolean;
};

/** What changes with each call. */
export type Layer2Situation = RecordedOwners & {
  readonly services: Iterable<Layer2Service>;
  /** Whole L2Advertisements. */
  readonly advertisements: readonly unknown[];
  readonly pools: NodeConfig['pools'];
  readonly nodes: Iterable<Layer2Node>;
  readonly presence: SpeakerPresence;
  /** ServiceL2Status objects: who answers beside speakers of MetalLB. */
  readonly records: () => Iterable<Pick<OwnerRecord, 'service' | 'pod'>>;
};

export class Layer2Model {
  readonly #options: Layer2ModelOptions;
  readonly #slices = new Map<ServiceKey, Map<string, UsableEndpoints>>();
  readonly #owners = new Map<string, ServiceKey>();
  /** Of each Service with slices, until one of them changes. */
  readonly #endpoints = new Map<ServiceKey, UsableEndpoints>();
  readonly #touched = new TouchedLog();
  readonly #elections = new IncrementalElections();
  readonly #readConfig: (advertisements: readonly unknown[]) => Layer2Config;
  #nodes: ReadonlyMap<string, ElectionNode> = new Map();
  #state: Layer2State | null = null;

  constructor(options: Layer2ModelOptions) {
    this.#options = options;
    let config: Layer2Config | null = null;
    this.#readConfig = rememberLast((advertisements) => {
      config = resolveLayer2Config(advertisements, options, config);
      return config;
    });
  }

  /** What was computed, since the start. */
  get work(): ElectionWork {
    return this.#elections.work;
  }

  /** As of the last recompute; null before the first. */
  get state(): Layer2State | null {
    return this.#state;
  }

  putSlice(slice: Layer2Slice): void {
    this.removeSlice(slice);
    const { service, usable } = slice;
    if (service === null) return;
    const id = sliceId(slice);
    this.#owners.set(id, service);
    this.#endpointsChanged(service);
    this.#slices.set(service, (this.#slices.get(service) ?? new Map()).set(id, usable));
  }

  removeSlice(slice: Pick<Layer2Slice, 'namespace' | 'name'>): void {
    const id = sliceId(slice);
    const service = this.#owners.get(id);
    if (service === undefined) return;
    this.#owners.delete(id);
    this.#endpointsChanged(service);
    const rest = this.#slices.get(service);
    rest?.delete(id);
    if (rest?.size === 0) this.#slices.delete(service);
  }

  /** Null for one that is gone. */
  noteService(key: ServiceKey, service: Layer2Service | null): void {
    this.#touched.service(key, service);
  }

  /** Who is recorded for the Service may differ. */
  noteRecords(key: ServiceKey): void {
    this.#touched.key(key);
  }

  recompute(situation: Layer2Situation): Layer2State {
    const { services, advertisements, pools, presence, recorded, handOver } = situation;
    const nodes = [...situation.nodes];
    const { flags, keepsOwner } = this.#options;
    this.#nodes = this.#electionNodes(nodes, presence);
    const elected = this.#elections.update(
      {
        ...{ services, pools, flags, config: this.#readConfig(advertisements) },
        endpoints: { get: (key) => this.#endpointsOf(key) },
      },
      {
        nodes: [...this.#nodes.values()],
        ...{ alive: presence.alive, returned: presence.returned, leaving: presence.leaving },
        ...{ recorded, handOver, keepsOwner },
      },
      this.#options.areChangesNoted === true ? this.#touched.take() : null,
    );
    this.#state = leaveToMetallb(elected, {
      ...{ speakers: presence.metallb, lbClass: flags.lbClass, records: situation.records },
      nodes: new Map(nodes.map((node) => [node.name, node])),
    });
    return this.#state;
  }

  /** A node without a speaker for layer 2 can never answer. One that did not change is the same object as before. */
  #electionNodes(
    nodes: readonly Layer2Node[],
    { interfaces: published }: SpeakerPresence,
  ): ReadonlyMap<string, ElectionNode> {
    const known = new Map(nodes.map((node) => [node.name, node]));
    return new Map(
      [...published].map(([name, interfaces]) => {
        const node = { name, interfaces, node: toElected(known.get(name)) };
        const before = this.#nodes.get(name);
        return [name, isDeepStrictEqual(before, node) && before !== undefined ? before : node];
      }),
    );
  }

  #endpointsChanged(service: ServiceKey): void {
    this.#endpoints.delete(service);
    this.#touched.key(service);
  }

  #endpointsOf(key: ServiceKey): UsableEndpoints | undefined {
    const known = this.#endpoints.get(key);
    if (known !== undefined) return known;
    const parts = this.#slices.get(key);
    if (parts === undefined) return undefined;
    const joined = joinUsable([...parts.values()]);
    this.#endpoints.set(key, joined);
    return joined;
  }
}

/** Null where there is no Node object. */
function toElected(node: Layer2Node | undefined): ElectionNode['node'] {
  if (node === undefined) return null;
  const { labels, isExcluded, isNetworkUnavailable, addresses } = node;
  return { labels, isExcluded, isNetworkUnavailable, addresses };
}

const sliceId = ({ namespace, name }: Pick<Layer2Slice, 'namespace' | 'name'>): string =>
  `${namespace}/${name}`;
