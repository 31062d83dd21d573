/** Keeps the allocator's Namespaces and advertisements up to date, and enqueues the affected Services. */
import { isDeepStrictEqual } from 'node:util';
import type { Allocator } from '../../allocation/allocator.ts';
import type { Clock } from '../../base/clock.ts';
import { layer2OnlyPools, type PoolCoverage, readPoolCoverage } from '../../config/pool/coverage.ts';
import type { ServiceKey } from '../../objects/service.ts';
import type { InformerSubscriber } from '../../runtime/main/informer.ts';
import type { ObjectSource } from '../../runtime/main/object-source.ts';
import { sameWatchedObject, type WatchedObject } from '../../runtime/main/watched-object.ts';
import type { ControllerInformers } from './api/informers.ts';
import type { WatchedSpeakerStatus } from './api/watched-objects.ts';

export type AllocatorInputsOptions = {
  readonly clock: Clock;
  readonly informers: ControllerInformers;
  readonly allocator: Allocator;
  readonly requeue: (keys: readonly ServiceKey[]) => void;
  /** Whether speakers of Berth answer by layer 2; null while that is not known. */
  readonly answersLayer2: () => boolean | null;
  /** The pools that are covered by L2Advertisements alone, and unanswered; null while that is not known. */
  readonly onLayer2OnlyPools: (pools: ReadonlySet<string> | null) => void;
  /** The allocator knows the present labels of all Namespaces. */
  readonly onNamespacesUpdated: () => void;
};

const answersLayer2 = ({ layer2 }: WatchedSpeakerStatus): boolean => layer2?.interfaces != null;

export class AllocatorInputs {
  readonly #options: AllocatorInputsOptions;
  readonly #changedNamespaces = new Set<string>();

  constructor(options: AllocatorInputsOptions) {
    this.#options = options;
    const { namespaces, layer2Advertisements, bgpAdvertisements, speakerStatuses } = options.informers;
    namespaces.subscribe({
      isSame: (before, after) => isDeepStrictEqual(before.labels, after.labels),
      changed: (_, { name }) => this.#namespaceChanged(name),
      deleted: (name) => this.#namespaceChanged(name),
    });
    const changed = (): void => this.updateLayer2OnlyPools();
    const advertisements: InformerSubscriber<WatchedObject> = {
      ...{ isSame: sameWatchedObject, changed, deleted: changed, listed: changed },
    };
    layer2Advertisements.subscribe(advertisements);
    bgpAdvertisements.subscribe(advertisements);
    speakerStatuses.subscribe({
      isSame: (before, after) => answersLayer2(before) === answersLayer2(after),
      ...{ changed, deleted: changed, listed: changed },
    });
  }

  /** All of it, for an allocator that begins to serve. */
  updateAll(): void {
    this.#options.allocator.updateNamespaces(this.#namespaceLabels(), new Set());
    this.updateLayer2OnlyPools();
  }

  /** Pools or advertisements have changed. */
  updateLayer2OnlyPools(): void {
    const { allocator, requeue, onLayer2OnlyPools } = this.#options;
    const pools = this.#layer2OnlyPools();
    requeue(allocator.updateLayer2OnlyPools(pools));
    onLayer2OnlyPools(pools);
  }

  #namespaceLabels() {
    const { namespaces } = this.#options.informers;
    return new Map([...namespaces.store.values()].map(({ name, labels }) => [name, labels]));
  }

  /** Null while the advertisements of either kind are unknown: nothing is said of them then. */
  #layer2OnlyPools(): ReadonlySet<string> | null {
    const { pools, layer2Advertisements, bgpAdvertisements } = this.#options.informers;
    if (!layer2Advertisements.isSyncedOrAbsent || !bgpAdvertisements.isSyncedOrAbsent) return null;
    const isAnswered = this.#options.answersLayer2();
    if (isAnswered === null) return null;
    if (isAnswered) return new Set();
    return layer2OnlyPools(
      [...pools.store.values()],
      coveragesOf(layer2Advertisements),
      coveragesOf(bgpAdvertisements),
    );
  }

  /** Hundreds of Namespaces arrive at a start: they are handled together. */
  #namespaceChanged(name: string): void {
    const isFirst = this.#changedNamespaces.size === 0;
    this.#changedNamespaces.add(name);
    if (isFirst) this.#options.clock.after(0, () => this.updatePending());
  }

  /** Namespaces that have changed, and whose handling waits for others. */
  updatePending(): void {
    if (this.#changedNamespaces.size === 0) return;
    const { allocator, requeue, onNamespacesUpdated } = this.#options;
    const changed = new Set(this.#changedNamespaces);
    this.#changedNamespaces.clear();
    requeue(allocator.updateNamespaces(this.#namespaceLabels(), changed));
    onNamespacesUpdated();
  }
}

/** Of the valid ones. */
export const coveragesOf = ({
  store,
}: ObjectSource<WatchedObject>): readonly (PoolCoverage & Pick<WatchedObject, 'uid'>)[] =>
  [...store.values()].flatMap(({ raw, uid }) => {
    const coverage = readPoolCoverage(raw);
    return coverage === null ? [] : [{ ...coverage, uid }];
  });
