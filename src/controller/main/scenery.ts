/**
 * All pictures that the controller keeps, wired to whoever acts on them. While `active` is false they are only
 * kept: a standby does not act, and whoever is elected starts afresh from all of them.
 */
import type { Clock, Millis } from '../../base/clock.ts';
import type { Labels } from '../../cluster/selector.ts';
import type { Service, ServiceKey } from '../../cluster/service.ts';
import { layer2OnlyPools } from '../../config/coverage.ts';
import {
  BGP_ADVERTISEMENTS,
  DEPLOYMENTS,
  L2_ADVERTISEMENTS,
  NAMESPACES,
  NODES,
  type Resource,
} from '../../kube/resource.ts';
import type { Desk } from '../../plan/desk.ts';
import { Picture, type PictureContext } from '../../program/main/picture.ts';
import { type Deployment, rivalAmong } from '../rivals.ts';
import {
  type WatchedAdvertisement,
  type WatchedDeployment,
  type WatchedNode,
  watchedAdvertisement,
  watchedDeployment,
  watchedNamespace,
  watchedNode,
} from './objects.ts';
import { legacyPools, type PoolSink, type PoolSource, poolObjects } from './poolsource.ts';
import { servicePicture } from './services.ts';

/** MetalLB's Deployment is looked for so long before it counts as absent: the rights to see it may be missing. */
const RIVAL_KNOWN_WITHIN: Millis = 3000;

/** A standby's watch is behind by so little; who has not caught up by then lists, which is never wrong. */
const CAUGHT_UP_WITHIN: Millis = 250;

export type SceneryOptions = {
  readonly context: PictureContext;
  readonly namespace: string;
  readonly legacyConfig: string | null;
  readonly desk: () => Desk;
  readonly pools: PoolSink;
  readonly on: {
    readonly serviceChanged: (before: Service | undefined, after: Service) => void;
    readonly serviceDeparted: (last: Service) => void;
    readonly look: (keys: readonly ServiceKey[]) => void;
    readonly rivalChanged: () => void;
    readonly nodesChanged: () => void;
  };
};

/** What a picture is for whoever only asks how it is doing. */
export type Progress = Pick<Picture<never>, 'name' | 'synced' | 'current' | 'trouble' | 'age'>;

export class Scenery {
  readonly services: Picture<Service>;
  readonly pools: PoolSource;
  readonly nodes: Picture<WatchedNode>;
  readonly #options: SceneryOptions;
  readonly #namespaces: Picture<NonNullable<ReturnType<typeof watchedNamespace>>>;
  readonly #layer2: Picture<WatchedAdvertisement>;
  readonly #bgp: Picture<WatchedAdvertisement>;
  readonly #deployments: Picture<WatchedDeployment>;
  readonly #changedNamespaces = new Set<string>();

  constructor(options: SceneryOptions) {
    const { context, namespace, legacyConfig, pools, on } = options;
    this.#options = options;
    this.services = servicePicture(context, { changed: on.serviceChanged, departed: on.serviceDeparted });
    this.pools =
      legacyConfig === null
        ? poolObjects(context, namespace, pools)
        : legacyPools(context, { namespace, name: legacyConfig }, pools);
    this.#namespaces = new Picture(context, {
      resource: NAMESPACES,
      translate: watchedNamespace,
      keyOf: ({ name }) => name,
      changed: (before, after) => {
        if (JSON.stringify(before?.labels) !== JSON.stringify(after.labels))
          this.#namespaceChanged(after.name);
      },
      deleted: (name) => this.#namespaceChanged(name),
    });
    this.#layer2 = this.#advertisements(L2_ADVERTISEMENTS);
    this.#bgp = this.#advertisements(BGP_ADVERTISEMENTS);
    this.#deployments = new Picture<WatchedDeployment>(context, {
      resource: DEPLOYMENTS,
      namespace,
      translate: watchedDeployment,
      keyOf: ({ name }) => name,
      changed: on.rivalChanged,
      deleted: on.rivalChanged,
    });
    this.nodes = new Picture<WatchedNode>(context, {
      resource: NODES,
      translate: watchedNode,
      keyOf: ({ name }) => name,
      changed: (before, after) => {
        // A heartbeat changes none of them.
        if (JSON.stringify(before?.addresses) !== JSON.stringify(after.addresses)) on.nodesChanged();
      },
      deleted: () => {}, // one address less is nothing to warn of
    });
  }

  /** MetalLB's controller, where it is at work. */
  rival(standingBack: boolean): Deployment | null {
    return rivalAmong(this.#deployments.store.values(), { standingBack });
  }

  /** What must be there before anything is granted. */
  get essential(): readonly Progress[] {
    return [this.services, this.pools.picture, this.#namespaces];
  }

  get all(): readonly Progress[] {
    return [...this.essential, this.#layer2, this.#bgp, this.#deployments, this.nodes];
  }

  /** What of it was never listed, in a sentence; null where nothing is missing. */
  missing(): string | null {
    const missing = this.essential.filter(({ synced }) => !synced);
    if (missing.length === 0) return null;
    return `not listed yet: ${missing.map(({ name, trouble }) => (trouble === null ? name : `${name} (${trouble})`)).join(', ')}`;
  }

  /**
   * Makes sure of what matters before a term begins: lists it once more, consistently. Only the Services, of which there
   * are many, need not be listed where the last leader said up to where it wrote to them and the watch has come that far.
   * False if that was given up because we stop.
   */
  async refresh(clock: Clock, inherits: string): Promise<boolean> {
    const rivals = this.#rivalsKnown(clock);
    const others = [this.pools.picture, this.#namespaces].map((one) => one.refresh());
    return (await Promise.all([rivals, this.#servicesKnown(inherits), ...others])).every(Boolean);
  }

  async #servicesKnown(inherits: string): Promise<boolean> {
    const { services } = this;
    if (inherits !== '' && services.current && (await services.reached(inherits, CAUGHT_UP_WITHIN)))
      return true;
    return services.refresh();
  }

  /** A list that is slow is waited for; one that is refused, for want of rights say, is done without. */
  #rivalsKnown(clock: Clock): Promise<boolean> {
    return new Promise((resolve) => {
      const look = (): void => {
        if (this.#deployments.trouble === null) cancel = clock.after(RIVAL_KNOWN_WITHIN, look);
        else resolve(true);
      };
      let cancel = clock.after(RIVAL_KNOWN_WITHIN, look);
      void this.#deployments.refresh().then((listed) => {
        cancel();
        resolve(listed);
      });
    });
  }

  /** Settles when all of them have hung up. */
  async run(signal: AbortSignal): Promise<void> {
    const pictures = [
      this.services,
      this.pools.picture,
      this.#namespaces,
      this.#layer2,
      this.#bgp,
      this.#deployments,
      this.nodes,
    ];
    await Promise.all(pictures.map((picture) => picture.run(signal)));
  }

  namespaceLabels(): ReadonlyMap<string, Labels> {
    return new Map([...this.#namespaces.store.values()].map(({ name, labels }) => [name, labels]));
  }

  /** Null while the advertisements of either kind are not known: nothing is to be said of them yet. */
  layer2Only(): ReadonlySet<string> | null {
    if (!this.#layer2.known || !this.#bgp.known) return null;
    const coverages = ({ store }: Picture<WatchedAdvertisement>) =>
      [...store.values()].flatMap(({ coverage }) => coverage ?? []);
    return layer2OnlyPools(this.pools.labelled(), coverages(this.#layer2), coverages(this.#bgp));
  }

  #advertisements(resource: Resource): Picture<WatchedAdvertisement> {
    const changed = (): void => {
      const { on, desk } = this.#options;
      on.look(desk().layer2OnlyChanged(this.layer2Only()));
    };
    return new Picture<WatchedAdvertisement>(this.#options.context, {
      resource,
      namespace: this.#options.namespace,
      translate: watchedAdvertisement,
      keyOf: ({ name }) => name,
      changed,
      deleted: changed,
      listed: changed,
    });
  }

  /** Namespaces arrive by the hundred at a start: they are told together. */
  #namespaceChanged(name: string): void {
    const isFirst = this.#changedNamespaces.size === 0;
    this.#changedNamespaces.add(name);
    if (!isFirst) return;
    this.#options.context.clock.after(0, () => {
      const changed = new Set(this.#changedNamespaces);
      this.#changedNamespaces.clear();
      this.#options.on.look(this.#options.desk().namespacesChanged(this.namespaceLabels(), changed));
    });
  }
}
