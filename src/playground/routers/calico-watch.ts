/** Keeps what routers learn up to date: the controller's own view of Calico, Services and pools, worked out at each change. */

import type { Millis } from '../../base/clock.ts';
import { type Raw, textOf } from '../../base/json.ts';
import { decodeClusterObjects } from '../../calico/objects/cluster-object.ts';
import { calicoSnapshot } from '../../controller/announced/calico/model-snapshot.ts';
import { CalicoDetector, type CalicoMode } from '../../controller/main/announced/calico/detector.ts';
import { createNodeInformer, createSliceInformer } from '../../controller/main/informers.ts';
import { IP_ADDRESS_POOLS, type Resource, SERVICES } from '../../kube/resource.ts';
import { metadataOf, type ObjectVersion } from '../../objects/metadata.ts';
import { Informer, type InformerContext } from '../../runtime/main/informer.ts';
import { type LearnedRoutesByService, predictLearnedRoutes } from './learned-routes.ts';
import { describeRouteChanges } from './route-changes.ts';

/** What one command of somebody's changes comes within this time, and is looked at together. */
const BATCH_WINDOW: Millis = 200;
/** Between two looks lies at least so many times what the last one took. */
const COOLDOWN_FACTOR = 5;
const POLL_INTERVAL: Millis = 20;

export type CalicoWatchOptions = {
  readonly context: InformerContext;
  /** As the controller's. */
  readonly mode: Exclude<CalicoMode, 'off'>;
  /** Called with each line worth saying. */
  readonly print: (line: string) => void;
};

type CachedObject = ObjectVersion & { readonly key: string; readonly raw: Raw };

export class CalicoWatch {
  readonly #options: CalicoWatchOptions;
  readonly #detector: CalicoDetector;
  readonly #informers: readonly Informer<CachedObject>[];
  #learned: LearnedRoutesByService = new Map();
  #cancelPending: (() => void) | null = null;
  #cooldownUntil: Millis = 0;

  constructor(options: CalicoWatchOptions) {
    this.#options = options;
    const { context, mode } = options;
    const changed = (): void => this.#changed();
    this.#detector = new CalicoDetector({
      ...{ context, mode },
      nodes: createNodeInformer(context),
      endpointSlices: createSliceInformer(context),
    });
    this.#detector.changes.add(changed);
    const informerFor = (resource: Resource, fieldSelector?: string): Informer<CachedObject> =>
      new Informer<CachedObject>(
        context,
        {
          resource,
          ...(fieldSelector === undefined ? {} : { fieldSelector }),
          decode: (raw) => toCachedObject(resource.kind, raw),
          keyOf: ({ key }) => key,
        },
        { changed, deleted: changed },
      );
    this.#informers = [informerFor(SERVICES, 'spec.type=LoadBalancer'), informerFor(IP_ADDRESS_POOLS)];
  }

  /** Null where there is no Calico to speak of. */
  get learned(): LearnedRoutesByService | null {
    return this.#detector.isActive ? this.#learned : null;
  }

  /** Settles after `signal` was aborted and everything is hung up. */
  async run(signal: AbortSignal): Promise<void> {
    await Promise.all([
      this.#detector.run(signal),
      ...this.#informers.map((informer) => informer.run(signal)),
    ]);
    this.#cancelPending?.();
    this.#cancelPending = null;
  }

  /** Everything there is now has been looked at. False where it took longer than `within`. */
  async waitUntilSettled(timeoutMs: Millis, signal: AbortSignal): Promise<boolean> {
    const { clock } = this.#options.context;
    const deadline = clock.now() + timeoutMs;
    const lists = this.#informers.map((informer) => informer.refreshWithin(timeoutMs));
    if (!(await Promise.all(lists)).every(Boolean)) return false;
    while (!this.#detector.hasSynced) {
      if (signal.aborted || clock.now() >= deadline) return false;
      await new Promise<void>((resolve) => clock.after(POLL_INTERVAL, resolve));
    }
    this.#recompute();
    return true;
  }

  #changed(): void {
    if (this.#cancelPending !== null) return;
    const { clock } = this.#options.context;
    const wait = Math.max(BATCH_WINDOW, this.#cooldownUntil - clock.now());
    this.#cancelPending = clock.after(wait, () => this.#recompute());
  }

  #recompute(): void {
    this.#cancelPending?.();
    this.#cancelPending = null;
    if (!this.#detector.hasSynced) return;
    const { context, print } = this.#options;
    const startedAt = context.clock.now();
    const before = this.#learned;
    this.#learned = this.#detector.isActive ? this.#compute() : new Map();
    for (const line of describeRouteChanges(before, this.#learned)) print(line);
    this.#cooldownUntil = context.clock.now() + COOLDOWN_FACTOR * (context.clock.now() - startedAt);
  }

  #compute(): LearnedRoutesByService {
    const watched = this.#informers.flatMap(({ store }) => [...store.values()].map(({ raw }) => raw));
    return predictLearnedRoutes(
      [...calicoSnapshot(this.#detector), ...decodeClusterObjects(watched)],
      new Set([...this.#detector.readKinds, SERVICES.kind, IP_ADDRESS_POOLS.kind]),
    );
  }
}

/** Lists do not name the kind of their items. */
function toCachedObject(kind: string, source: Raw): CachedObject | null {
  const { uid, resourceVersion, namespace, name, annotations } = metadataOf(source);
  if (textOf(name) === '') return null;
  const { spec, status } = source;
  const raw = { kind, metadata: { namespace, name, annotations }, spec, status };
  const key = `${textOf(namespace)}/${textOf(name)}`;
  return { uid: textOf(uid), resourceVersion: textOf(resourceVersion), key, raw };
}
