/**
 * This file watches Calico's objects, Services and pools, and predicts at each change the routes that routers learn.
 */

import { type Millis, sleep } from '../../base/clock.ts';
import { type Raw, textOf } from '../../base/json.ts';
import { decodeClusterObjects } from '../../calico/objects/cluster-object.ts';
import { calicoSnapshot } from '../../controller/announced/calico/model-snapshot.ts';
import { CalicoDetector, type CalicoMode } from '../../controller/main/announced/calico/detector.ts';
import { createNodeInformer, createSliceInformer } from '../../controller/main/api/informers.ts';
import { IP_ADDRESS_POOLS, type Resource, SERVICES } from '../../kube/resource.ts';
import { metadataOf, type ObjectVersion } from '../../objects/metadata.ts';
import { Informer, type InformerContext } from '../../runtime/main/informer.ts';
import { type LearnedRoutesByService, predictLearnedRoutes } from './learned-routes.ts';
import { describeRouteChanges } from './route-changes.ts';

/** Changes within this time, such as those of one command, are computed together. */
const BATCH_WINDOW: Millis = 200;
/** The pause between two computations is at least this many times the duration of the last one. */
const COOLDOWN_FACTOR = 5;
const POLL_INTERVAL: Millis = 20;

export type CalicoWatchOptions = {
  readonly context: InformerContext;
  /** The value of the controller's `--calico`. */
  readonly mode: Exclude<CalicoMode, 'off'>;
  /** Called with the line for each change. */
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

  /** Null where Calico is not detected. */
  get learned(): LearnedRoutesByService | null {
    return this.#detector.isActive ? this.#learned : null;
  }

  /** Resolves after `signal` was aborted and all watches are closed. */
  async run(signal: AbortSignal): Promise<void> {
    await Promise.all([
      this.#detector.run(signal),
      ...this.#informers.map((informer) => informer.run(signal)),
    ]);
    this.#cancelPending?.();
    this.#cancelPending = null;
  }

  /** Resolves when all present objects are included. False where it took longer than `timeoutMs`. */
  async waitUntilSettled(timeoutMs: Millis, signal: AbortSignal): Promise<boolean> {
    const { clock } = this.#options.context;
    const deadline = clock.now() + timeoutMs;
    const lists = this.#informers.map((informer) => informer.refreshWithin(timeoutMs));
    if (!(await Promise.all(lists)).every(Boolean)) return false;
    while (!this.#detector.hasSynced) {
      if (signal.aborted || clock.now() >= deadline) return false;
      await sleep(clock, POLL_INTERVAL);
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

/** Adds the kind, which the items of a list do not have. */
function toCachedObject(kind: string, source: Raw): CachedObject | null {
  const { uid, resourceVersion, namespace, name, annotations } = metadataOf(source);
  if (textOf(name) === '') return null;
  const { spec, status } = source;
  const raw = { kind, metadata: { namespace, name, annotations }, spec, status };
  const key = `${textOf(namespace)}/${textOf(name)}`;
  return { uid: textOf(uid), resourceVersion: textOf(resourceVersion), key, raw };
}
