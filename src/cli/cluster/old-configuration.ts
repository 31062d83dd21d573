/**
 * The old ConfigMap of a live cluster in place of its objects, where Berth's Pods have the flag `--config`. What cannot be read of it is
 * a failure of each kind that it stands for: nothing that depends on it is called fine.
 */
import { rememberByKey } from '../../base/remember.ts';
import {
  BFD_PROFILES,
  BGP_ADVERTISEMENTS,
  BGP_PEERS,
  COMMUNITIES,
  IP_ADDRESS_POOLS,
  L2_ADVERTISEMENTS,
  PODS,
  type Resource,
} from '../../kube/resource.ts';
import type { MetallbRole } from '../../objects/metallb-program.ts';
import {
  type Collection,
  type CollectionReader,
  isNotServed,
  type ListedObjects,
} from './collection-reader.ts';
import { legacyConfigNames, readLegacyConfigMap } from './old-configmap.ts';

/** Kinds whose objects the old ConfigMap stands for. */
export const OLD_CONFIGURATION: readonly Resource[] = [
  ...[IP_ADDRESS_POOLS, BGP_ADVERTISEMENTS, L2_ADVERTISEMENTS, BGP_PEERS, COMMUNITIES, BFD_PROFILES],
];

type OldKinds = (resource: Resource) => Promise<ListedObjects | null>;

/** How one cluster reads them; each thing is read once. `list` is of the objects as they are stored. */
export class OldConfiguration {
  readonly #reader: CollectionReader;
  readonly #namespace: string;
  readonly #configMaps = new Map<string, ReturnType<typeof readLegacyConfigMap>>();
  #kinds: Promise<OldKinds> | null = null;

  constructor(reader: CollectionReader, namespace: string) {
    this.#reader = reader;
    this.#namespace = namespace;
  }

  /** Null where the objects are in force. */
  async instead({ resource }: Collection): Promise<ListedObjects | null> {
    if (!OLD_CONFIGURATION.includes(resource)) return null;
    this.#kinds ??= this.#find();
    return (await this.#kinds)(resource);
  }

  async #find(): Promise<OldKinds> {
    const namespace = this.#namespace;
    const pools = await this.#reader.list({ resource: IP_ADDRESS_POOLS, namespace });
    const hasNone = pools.kind === 'ok' ? pools.items.length === 0 : isNotServed(IP_ADDRESS_POOLS, pools);
    const pods = hasNone ? await this.#reader.list({ resource: PODS, namespace }) : null;
    if (pods?.kind !== 'ok') return async () => null;
    const names = legacyConfigNames(pods.items);
    return async (resource) => {
      const [own, other] = readersOf(resource);
      const name = names[own] === undefined ? names[other] : names[own];
      if (name != null) return this.#read(resource, name);
      // The other one runs from the ConfigMap, and this one does not see it.
      if (names[other] == null) return null;
      const because = `the ${other} runs with --config=${names[other]}, and the ${own} without: give both the flag, or none of them`;
      return { kind: 'unconfigured', because };
    };
  }

  async #read({ kind }: Resource, name: string): Promise<ListedObjects> {
    const objects = await rememberByKey(this.#configMaps, name, () =>
      readLegacyConfigMap(this.#reader, { namespace: this.#namespace, name }),
    );
    if (objects.ok) return { kind: 'ok', items: objects.value.get(kind) ?? [] };
    return { kind: 'unconfigured', because: objects.error.join('; ') };
  }
}

/** Who decides by the kind, and the other one. */
const readersOf = (resource: Resource): readonly [MetallbRole, MetallbRole] =>
  resource === IP_ADDRESS_POOLS ? ['controller', 'speaker'] : ['speaker', 'controller'];
