/** Where the pools come from: IPAddressPool objects, or the ConfigMap of MetalLB 0.12 and older, live. */

import type { Raw } from '../../cluster/fields.ts';
import type { LabelledPool } from '../../config/coverage.ts';
import { formatIssue } from '../../config/issue.ts';
import { legacyText } from '../../config/legacy.ts';
import { poolsFromLegacy } from '../../config/legacy-objects.ts';
import type { PoolObject } from '../../config/pools.ts';
import { CONFIG_MAPS, POOLS } from '../../kube/resource.ts';
import type { PoolCounts } from '../../observe/poolgauges.ts';
import type { Desk } from '../../plan/desk.ts';
import type { Writer } from '../../program/main/adapters.ts';
import { Picture, type PictureContext } from '../../program/main/picture.ts';
import { PoolStatus } from '../poolstatus.ts';
import { poolStatusApi, standingCounts } from './adapters.ts';
import { type WatchedConfigMap, type WatchedPool, watchedConfigMap, watchedPool } from './objects.ts';

export interface PoolSource {
  readonly picture: Pick<
    Picture<WatchedPool>,
    'name' | 'synced' | 'current' | 'trouble' | 'troubledAt' | 'confirm' | 'age' | 'refresh' | 'run'
  >;
  /** Pools with their labels, for the advertisements that select them. */
  labelled(): readonly LabelledPool[];
  /** What stands in the pool's status; null where there is none to write. */
  standing(pool: string): PoolCounts | null;
  /** The server's own answer to a write of ours. */
  answered(raw: Raw): void;
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

export function poolObjects(context: PictureContext, namespace: string, sink: PoolSink): PoolSource {
  let wholeList = false;
  const tell = (): void => {
    if (wholeList) sink.set([...picture.store.values()]);
  };
  const changed = (before: WatchedPool | undefined, after: WatchedPool): void => {
    // A status write of ours comes back as well; only a new generation is a new wish.
    const isOnlyStatus =
      before?.uid === after.uid && before.generation === after.generation && after.generation > 0;
    if (isOnlyStatus && JSON.stringify(before.labels) === JSON.stringify(after.labels)) sink.statusChanged();
    else tell();
  };
  const picture = new Picture<WatchedPool>(context, {
    resource: POOLS,
    namespace,
    translate: watchedPool,
    keyOf: ({ name }) => name,
    changed,
    deleted: tell,
    listed: () => {
      wholeList = true;
      tell();
    },
  });
  return {
    picture,
    labelled: () => [...picture.store.values()].map(({ name, labels }) => ({ name, labels })),
    standing: (pool) => standingCounts(picture.store.get(pool)?.raw),
    answered: (raw) => {
      const pool = watchedPool(raw);
      if (pool === null) return;
      const before = picture.store.get(pool.name);
      // An edit that the watch has yet to bring may be in the answer, and would then be no news any more.
      if (picture.store.answered(pool)) changed(before, pool);
    },
    hasStatus: true,
  };
}

/** `name` is that of the ConfigMap. A ConfigMap that is not there is not a configuration without pools. */
export function legacyPools(
  context: PictureContext,
  { namespace, name }: { readonly namespace: string; readonly name: string },
  sink: PoolSink,
): PoolSource {
  const read = async (map: WatchedConfigMap): Promise<void> => {
    const text = legacyText(map.raw);
    const pools = text.ok ? await poolsFromLegacy(text.value) : text;
    if (pools.ok) sink.set(pools.value);
    else sink.unreadable(`ConfigMap ${JSON.stringify(name)}: ${pools.error.map(formatIssue).join('; ')}`);
  };
  const picture = new Picture<WatchedConfigMap>(context, {
    resource: CONFIG_MAPS,
    namespace,
    fieldSelector: `metadata.name=${name}`,
    translate: (raw) => {
      const map = watchedConfigMap(raw);
      return map?.name === name ? map : null;
    },
    keyOf: (map) => map.name,
    changed: (_, after) => void read(after),
    deleted: () =>
      sink.unreadable(`there is no ConfigMap ${JSON.stringify(name)}; the pools stay as they were`),
    listed: () => {
      if (picture.store.size === 0)
        sink.unreadable(`there is no ConfigMap ${JSON.stringify(name)} in ${namespace}`);
    },
  });
  return { picture, labelled: () => [], standing: () => null, answered: () => {}, hasStatus: false };
}

/** `PoolStatus` for what this source shows; a ConfigMap has no status to write. */
export const poolStatusOf = (
  { clock, log }: PictureContext,
  of: {
    readonly writer: Writer;
    readonly namespace: string;
    readonly desk: Desk;
    readonly source: PoolSource;
  },
): PoolStatus => {
  const { writer, namespace, desk, source } = of;
  return new PoolStatus({
    clock,
    log,
    api: poolStatusApi(writer, namespace, (raw) => source.answered(raw)),
    pools: () =>
      source.hasStatus ? [...desk.book.byName.keys()].filter((name) => desk.ledger.hasPool(name)) : [],
    counts: (pool) => desk.ledger.counts(pool),
    standing: (pool) => source.standing(pool),
  });
};
