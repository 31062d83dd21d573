/**
 * What a speaker knows of the cluster for layer 2, and who owns which addresses by that. Objects come and go in any order
 * between two calls of `recompute`.
 */
import type { NamespaceScope, NodeConfig } from '../../announce/config/node-config.ts';
import type { SpeakerFlags } from '../../announce/decision/should-announce.ts';
import type { Node } from '../../objects/node.ts';
import type { ServiceKey } from '../../objects/service.ts';
import { type Layer2Config, resolveLayer2Config } from '../election/layer2-config.ts';
import type { Layer2Service } from '../election/layer2-service.ts';
import { computeLayer2State, type Layer2State } from '../election/layer2-state.ts';
import type { RecordedOwners } from '../election/record-plan.ts';
import { joinUsable, type UsableEndpoints } from '../election/usable-endpoints.ts';
import type { SpeakerPresence } from '../membership/speaker-presence.ts';

export type Layer2Slice = {
  readonly namespace: string;
  readonly name: string;
  /** Null for a slice that belongs to no Service. */
  readonly service: ServiceKey | null;
  readonly usable: UsableEndpoints;
};

export type Layer2Node = Pick<Node, 'name' | 'labels' | 'isExcluded' | 'isNetworkUnavailable'>;

export type Layer2ModelOptions = NamespaceScope & {
  readonly flags: SpeakerFlags;
  /** `--l2-failback`: false gives addresses back by hash, as MetalLB does. */
  readonly keepsOwner: boolean;
};

/** What changes with each call. */
export type Layer2Situation = RecordedOwners & {
  readonly services: Iterable<Layer2Service>;
  /** Whole L2Advertisements. */
  readonly advertisements: readonly unknown[];
  readonly pools: NodeConfig['pools'];
  readonly nodes: Iterable<Layer2Node>;
  readonly presence: SpeakerPresence;
};

export class Layer2Model {
  readonly #options: Layer2ModelOptions;
  readonly #slices = new Map<ServiceKey, Map<string, UsableEndpoints>>();
  readonly #owners = new Map<string, ServiceKey>();
  #config: Layer2Config | null = null;
  #state: Layer2State | null = null;

  constructor(options: Layer2ModelOptions) {
    this.#options = options;
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
    this.#slices.set(service, (this.#slices.get(service) ?? new Map()).set(id, usable));
  }

  removeSlice(slice: Pick<Layer2Slice, 'namespace' | 'name'>): void {
    const id = sliceId(slice);
    const service = this.#owners.get(id);
    if (service === undefined) return;
    this.#owners.delete(id);
    const rest = this.#slices.get(service);
    rest?.delete(id);
    if (rest?.size === 0) this.#slices.delete(service);
  }

  recompute(situation: Layer2Situation): Layer2State {
    const { services, advertisements, pools, nodes, presence, recorded, handOver } = situation;
    const { flags, keepsOwner } = this.#options;
    this.#config = resolveLayer2Config(advertisements, this.#options, this.#config);
    const known = new Map([...nodes].map((node) => [node.name, node]));
    this.#state = computeLayer2State(
      {
        ...{ services, pools, flags, config: this.#config },
        endpoints: { get: (key) => this.#endpointsOf(key) },
      },
      {
        // A node without a speaker for layer 2 can never answer.
        nodes: [...presence.interfaces].map(([name, interfaces]) => ({
          ...{ name, interfaces },
          node: known.get(name) ?? null,
        })),
        ...{ alive: presence.alive, returned: presence.returned, recorded, handOver, keepsOwner },
      },
      this.#state,
    );
    return this.#state;
  }

  #endpointsOf(key: ServiceKey): UsableEndpoints | undefined {
    const parts = this.#slices.get(key);
    return parts === undefined ? undefined : joinUsable([...parts.values()]);
  }
}

const sliceId = ({ namespace, name }: Pick<Layer2Slice, 'namespace' | 'name'>): string =>
  `${namespace}/${name}`;
