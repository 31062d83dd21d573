/** Where pools come from: IPAddressPool objects, or the ConfigMap of MetalLB 0.12 and older, live. */

import { isDeepStrictEqual } from 'node:util';
import type { Allocator } from '../../../allocation/allocator.ts';
import { formatOriginIssues } from '../../../announce/config/config-origin.ts';
import type { PoolObject } from '../../../config/pool/pool-set.ts';
import { poolValidity } from '../../../config/pool/validity.ts';
import type { PoolCounts } from '../../../observe/pool-gauges.ts';
import type { ApiWriter } from '../../../runtime/main/adapters.ts';
import type { InformerContext } from '../../../runtime/main/informer.ts';
import type { ObjectSource } from '../../../runtime/main/object-source.ts';
import { type PoolStatus, PoolStatusWriter } from '../../pools/status-writer.ts';
import type { ControllerInformers } from '../api/informers.ts';
import { poolStatusApi, readPoolStatus } from '../api/pool-status.ts';
import { toWatchedPool, type WatchedPool } from '../api/watched-objects.ts';

export type PoolSink = {
  /** All pool objects there are. */
  readonly set: (pools: readonly PoolObject[]) => void;
  /** A text that gives no pools at all: the last good ones stay. */
  readonly unreadable: (message: string) => void;
  /** The status of a pool has changed. */
  readonly statusChanged: () => void;
};

/** Delivers pools from where they come from. */
export function subscribeToPools({ pools, legacyConfig }: ControllerInformers, sink: PoolSink): void {
  subscribeToObjects(pools, sink);
  legacyConfig?.changes.add(() => {
    const { origin } = legacyConfig;
    const issues = origin === null ? [] : formatOriginIssues(origin);
    if (issues.length > 0) sink.unreadable(issues.join('; '));
  });
}

function subscribeToObjects(source: ObjectSource<WatchedPool>, sink: PoolSink): void {
  let hasListed = false;
  const notify = (): void => {
    if (hasListed) sink.set([...source.store.values()]);
  };
  source.subscribe({
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
  const { pools, poolObjects } = informers;
  const stored = (pool: string): unknown => pools.store.get(pool)?.raw;
  const status = (pool: string): PoolStatus => {
    const state = allocator.poolSet.byName.get(pool);
    return {
      counts: allocator.ledger.hasPool(pool) ? allocator.ledger.counts(pool) : NO_COUNTS,
      validity: state === undefined ? null : poolValidity(state),
    };
  };
  return new PoolStatusWriter({
    ...{ clock, log, status },
    api: poolStatusApi({
      ...{ writer, clock, namespace, stored },
      onWritten: (raw) => {
        // An edit that the watch has yet to bring may be in the response: it is delivered to all subscribers.
        const pool = toWatchedPool(raw);
        if (pool !== null) poolObjects?.applyResponse(pool);
      },
    }),
    pools: () => (poolObjects === null ? [] : allocator.poolSet.byName.keys()),
    published: (pool) => readPoolStatus(stored(pool)),
  });
}

const NO_COUNTS: PoolCounts = { assigned4: 0, assigned6: 0, available4: 0, available6: 0 };
