/** Where pools come from: IPAddressPool objects, or the ConfigMap of MetalLB 0.12 and older, live. */

import { isDeepStrictEqual } from 'node:util';
import type { Allocator } from '../../../allocation/allocator.ts';
import { formatIssue } from '../../../config/issue.ts';
import { extractLegacyText } from '../../../config/legacy/legacy-config.ts';
import { parseLegacyPools } from '../../../config/legacy/metallb-objects.ts';
import type { PoolObject } from '../../../config/pool/pool-set.ts';
import type { ApiWriter } from '../../../runtime/main/adapters.ts';
import type { Informer, InformerContext } from '../../../runtime/main/informer.ts';
import { PoolStatusWriter } from '../../pools/status-writer.ts';
import { poolStatusApi, readStatusCounts } from '../api/adapters.ts';
import type { ControllerInformers } from '../api/informers.ts';
import { toWatchedPool, type WatchedConfigMap, type WatchedPool } from '../api/watched-objects.ts';

export type PoolSink = {
  /** All pool objects there are. */
  readonly set: (pools: readonly PoolObject[]) => void;
  /** A text that gives no pools at all: the last good ones stay. */
  readonly unreadable: (message: string) => void;
  /** The status of a pool has changed. */
  readonly statusChanged: () => void;
};

/** Delivers pools from where they come from. */
export function subscribeToPools(
  { pools, legacyConfig }: ControllerInformers,
  { namespace, legacyConfig: name }: { readonly namespace: string; readonly legacyConfig: string | null },
  sink: PoolSink,
): void {
  if (legacyConfig === null) subscribeToObjects(pools, sink);
  else subscribeToConfigMap(legacyConfig, { namespace, name: JSON.stringify(name) }, sink);
}

function subscribeToObjects(informer: Informer<WatchedPool>, sink: PoolSink): void {
  let hasListed = false;
  const notify = (): void => {
    if (hasListed) sink.set([...informer.store.values()]);
  };
  informer.subscribe({
    changed: (before, after) => {
      // A status write of ours comes back as well: only a new generation or new labels are a change of the pool.
      const isOnlyStatus =
        before?.uid === after.uid && before.generation === after.generation && after.generation > 0;
      if (isOnlyStatus && isDeepStrictEqual(before.labels, after.labels)) sink.statusChanged();
      else notify();
    },
    deleted: notify,
    listed: () => {
      hasListed = true;
      notify();
    },
  });
}

/** A missing ConfigMap is not a configuration without pools. */
function subscribeToConfigMap(
  informer: Informer<WatchedConfigMap>,
  { namespace, name }: { readonly namespace: string; readonly name: string },
  sink: PoolSink,
): void {
  const read = async (map: WatchedConfigMap): Promise<void> => {
    const text = extractLegacyText(map.raw);
    const pools = text.ok ? await parseLegacyPools(text.value) : text;
    if (pools.ok) sink.set(pools.value);
    else sink.unreadable(`ConfigMap ${name}: ${pools.error.map(formatIssue).join('; ')}`);
  };
  informer.subscribe({
    changed: (_, after) => void read(after),
    deleted: () => sink.unreadable(`there is no ConfigMap ${name}; the pools stay as they were`),
    listed: () => {
      if (informer.store.size === 0) sink.unreadable(`there is no ConfigMap ${name} in ${namespace}`);
    },
  });
}

export type PoolStatusOptions = {
  readonly writer: ApiWriter;
  readonly namespace: string;
  readonly allocator: Allocator;
  readonly informers: ControllerInformers;
};

/** Writes the status of IPAddressPools; a ConfigMap has none. */
export function createPoolStatusWriter(
  { clock, log }: InformerContext,
  { writer, namespace, allocator, informers }: PoolStatusOptions,
): PoolStatusWriter {
  const { pools, legacyConfig } = informers;
  return new PoolStatusWriter({
    clock,
    log,
    api: poolStatusApi(writer, namespace, (raw) => {
      const pool = toWatchedPool(raw);
      // An edit that the watch has yet to bring may be in the response: it is delivered to all subscribers.
      if (pool !== null) pools.applyResponse(pool);
    }),
    pools: () =>
      legacyConfig === null
        ? [...allocator.poolSet.byName.keys()].filter((name) => allocator.ledger.hasPool(name))
        : [],
    counts: (pool) => allocator.ledger.counts(pool),
    publishedCounts: (pool) => readStatusCounts(pools.store.get(pool)?.raw),
  });
}
