/**
 * Decides which ServiceL2Status objects a speaker writes. The owner of a Service writes its record and deletes all others.
 * Where nobody may answer, the record goes; where only nobody is alive who may, it stays: the record of a dead owner is
 * better than none.
 */
import { sameItems } from '../../base/list.ts';
import { compareText } from '../../base/text.ts';
import type { ServiceKey } from '../../objects/service.ts';
import type { Layer2Service } from './layer2-service.ts';
import { type Layer2State, ownedServices } from './layer2-state.ts';

/** A ServiceL2Status, by its labels. */
export type OwnerRecord = {
  /** Of the object. */
  readonly name: string;
  readonly service: ServiceKey;
  readonly node: string;
  /** Null where the object has no status yet; empty for all interfaces. */
  readonly interfaces: readonly string[] | null;
  /** The node that the owner hands the Service over to, by an administrator's order; null for none. */
  readonly handOverTo: string | null;
};

/** What the records say to the election, by Service. */
export type RecordedOwners = {
  readonly recorded: ReadonlyMap<ServiceKey, string>;
  /** See `OwnerRecord`. */
  readonly handOver: ReadonlyMap<ServiceKey, string>;
};

/** Of several records of one Service the last one counts. */
export function recordedOwners(records: readonly OwnerRecord[]): RecordedOwners {
  const last = [...new Map(records.map((record) => [record.service, record])).values()];
  return {
    recorded: new Map(last.map(({ service, node }) => [service, node])),
    handOver: new Map(
      last.flatMap(({ service, handOverTo }) =>
        handOverTo === null ? [] : [[service, handOverTo] as const],
      ),
    ),
  };
}

export type RecordChange<R extends OwnerRecord = OwnerRecord> =
  | { readonly kind: 'delete'; readonly record: R }
  | { readonly kind: 'create'; readonly service: Layer2Service; readonly interfaces: readonly string[] }
  | { readonly kind: 'patch'; readonly record: R; readonly interfaces: readonly string[] };

export type PlanningSpeaker = {
  readonly node: string;
  /** Speakers that are alive. The first of them by name cleans up behind those that are not. */
  readonly alive: ReadonlySet<string>;
};

/** The oldest change first: deletions of a Service before its creation. */
export function planRecords<R extends OwnerRecord>(
  state: Layer2State,
  records: readonly R[],
  { node, alive }: PlanningSpeaker,
): readonly RecordChange<R>[] {
  const owned = new Map(ownedServices(state, node).map((one) => [one.service.key, one]));
  const isCleaner = [...alive].sort(compareText)[0] === node;
  const changes: RecordChange<R>[] = [];
  const kept = new Set<ServiceKey>();
  for (const record of records) {
    const own = owned.get(record.service);
    if (own === undefined) {
      const isMine = record.node === node || (isCleaner && !alive.has(record.node));
      if (isMine && !isPending(state, record.service)) changes.push({ kind: 'delete', record });
      continue;
    }
    // An order to hand over that cannot be obeyed goes with its record: it would move the Service at any later time.
    if (record.node !== node || record.handOverTo !== null || kept.has(record.service)) {
      changes.push({ kind: 'delete', record });
      continue;
    }
    kept.add(record.service);
    const interfaces = own.wanted ?? [];
    if (record.interfaces === null || !sameItems(record.interfaces, interfaces))
      changes.push({ kind: 'patch', record, interfaces });
  }
  for (const { service, wanted } of owned.values())
    if (!kept.has(service.key)) changes.push({ kind: 'create', service, interfaces: wanted ?? [] });
  return changes;
}

/** Another node owns the Service, and replaces the record; or some node may own it as soon as it is alive. */
function isPending({ byService }: Layer2State, key: ServiceKey): boolean {
  const election = byService.get(key);
  if (election === undefined) return false;
  const { owner, eligible, unreachable } = election;
  return (owner !== null || eligible.length > 0) && !unreachable.includes(key);
}
