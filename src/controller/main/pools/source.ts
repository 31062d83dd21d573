/** Where the pools come from: IPAddressPool objects, or the ConfigMap of MetalLB 0.12 and older, live. */

import type { Allocator } from '../../../allocation/allocator.ts';
import type { Raw } from '../../../base/json.ts';
import { formatIssue } from '../../../config/issue.ts';
import { extractLegacyText } from '../../../config/legacy/legacy-config.ts';
import { parseLegacyPools } from '../../../config/legacy/metallb-objects.ts';
import type { LabeledPool } from '../../../config/pool/coverage.ts';
import type { PoolObject } from '../../../config/pool/pool-set.ts';
import { CONFIG_MAPS, IP_ADDRESS_POOLS } from '../../../kube/resource.ts';
import type { PoolCounts } from '../../../observe/pool-gauges.ts';
import type { ApiWriter } from '../../../runtime/main/adapters.ts';
import { Informer, type InformerContext } from '../../../runtime/main/informer.ts';
import { PoolStatusWriter } from '../../pools/status-writer.ts';
import { poolStatusApi, readStatusCounts } from '../adapters.ts';
import {
  toWatchedConfigMap,
  toWatchedPool,
  type WatchedConfigMap,
  type WatchedPool,
} from '../watched-objects.ts';

export interface PoolObjectSource {
  readonly informer: Pick<
    Informer<WatchedPool>,
    | 'name'
    | 'hasSynced'
    | 'isCurrent'
    | 'watchError'
    | 'lastFailedAt'
    | 'refreshWithin'
    | 'age'
    | 'refresh'
    | 'run'
  >;
  /** Pools with their labels, for the advertisements that select them. */
  labelled(): readonly LabeledPool[];
  /** What stands in the pool's status; null where there is none to write. */
  publishedCounts(pool: string): PoolCounts | null;
  /** The server's own answer to a write of ours. */
  applyResponse(raw: Raw): void;
  /** Whether pools have a status to write. */
  readonly hasStatus: boolean;
}

export type PoolSink = {
  readonly set: (pools: readonly PoolObject[]) => void;
  /** A text that gives no pools at all; the last good ones stay. */
  readonly unreadable: (message: string) => void;
  /** Something in the pools' own status changed. */
  readonly statusChanged: () => void;
};

export function watchPoolObjects(
  context: InformerContext,
  namespace: string,
  sink: PoolSink,
): PoolObjectSource {
  let hasListed = false;
  const notify = (): void => {
    if (hasListed) sink.set([...informer.store.values()]);
  };
  const changed = (before: WatchedPool | undefined, after: WatchedPool): void => {
    // A status write of ours comes back as well; only a new generation is a new wish.
    const isOnlyStatus =
      before?.uid === after.uid && before.generation === after.generation && after.generation > 0;
    if (isOnlyStatus && JSON.stringify(before.labels) === JSON.stringify(after.labels)) sink.statusChanged();
    else notify();
  };
  const informer = new Informer<WatchedPool>(context, {
    resource: IP_ADDRESS_POOLS,
    namespace,
    decode: toWatchedPool,
    keyOf: ({ name }) => name,
    changed,
    deleted: notify,
    listed: () => {
      hasListed = true;
      notify();
    },
  });
  return {
    informer,
    labelled: () => [...informer.store.values()].map(({ name, labels }) => ({ name, labels })),
    publishedCounts: (pool) => readStatusCounts(informer.store.get(pool)?.raw),
    applyResponse: (raw) => {
      const pool = toWatchedPool(raw);
      if (pool === null) return;
      const before = informer.store.get(pool.name);
      // An edit that the watch has yet to bring may be in the answer, and would then be no news any more.
      if (informer.store.applyResponse(pool)) changed(before, pool);
    },
    hasStatus: true,
  };
}

/** `name` is that of the ConfigMap. A ConfigMap that is not there is not a configuration without pools. */
export function watchLegacyPools(
  context: InformerContext,
  { namespace, name }: { readonly namespace: string; readonly name: string },
  sink: PoolSink,
): PoolObjectSource {
  const read = async (map: WatchedConfigMap): Promise<void> => {
    const text = extractLegacyText(map.raw);
    const pools = text.ok ? await parseLegacyPools(text.value) : text;
    if (pools.ok) sink.set(pools.value);
    else sink.unreadable(`ConfigMap ${JSON.stringify(name)}: ${pools.error.map(formatIssue).join('; ')}`);
  };
  const informer = new Informer<WatchedConfigMap>(context, {
    resource: CONFIG_MAPS,
    namespace,
    fieldSelector: `metadata.name=${name}`,
    decode: (raw) => {
      const map = toWatchedConfigMap(raw);
      return map?.name === name ? map : null;
    },
    keyOf: (map) => map.name,
    changed: (_, after) => void read(after),
    deleted: () =>
      sink.unreadable(`there is no ConfigMap ${JSON.stringify(name)}; the pools stay as they were`),
    listed: () => {
      if (informer.store.size === 0)
        sink.unreadable(`there is no ConfigMap ${JSON.stringify(name)} in ${namespace}`);
    },
  });
  return {
    informer,
    labelled: () => [],
    publishedCounts: () => null,
    applyResponse: () => {},
    hasStatus: false,
  };
}

/** `PoolStatusWriter` for what this source shows; a ConfigMap has no status to write. */
export const createPoolStatusWriter = (
  { clock, log }: InformerContext,
  options: {
    readonly writer: ApiWriter;
    readonly namespace: string;
    readonly allocator: Allocator;
    readonly source: PoolObjectSource;
  },
): PoolStatusWriter => {
  const { writer, namespace, allocator, source } = options;
  return new PoolStatusWriter({
    clock,
    log,
    api: poolStatusApi(writer, namespace, (raw) => source.applyResponse(raw)),
    pools: () =>
      source.hasStatus
        ? [...allocator.poolSet.byName.keys()].filter((name) => allocator.ledger.hasPool(name))
        : [],
    counts: (pool) => allocator.ledger.counts(pool),
    publishedCounts: (pool) => source.publishedCounts(pool),
  });
};
