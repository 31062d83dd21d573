/**
 * Decides which ServiceL2Status objects a speaker writes. The owner of a Service writes its record and deletes all others.
 * Where nobody may answer, the record goes; where only nobody is alive who may, that of a dead owner stays: it is better than none.
 * An owner that is alive and may not answer any more deletes its own.
 */
import { sameItems } from '../../base/list.ts';
import { compareText } from '../../base/text.ts';
import type { ServiceKey } from '../../objects/service.ts';
import type { Layer2Service } from './layer2-service.ts';
import type { Layer2State } from './layer2-state.ts';
import type { NodeShare, OwnedService } from './node-share.ts';
import type { OwnerRecord, RecordIndex } from './record-index.ts';

export type RecordChange<R extends OwnerRecord = OwnerRecord> =
  | { readonly kind: 'delete'; readonly record: R }
  | { readonly kind: 'create'; readonly service: Layer2Service; readonly interfaces: readonly string[] }
  | { readonly kind: 'patch'; readonly record: R; readonly interfaces: readonly string[] };

export type PlanningSpeaker = {
  readonly node: string;
  /** What the node answers for. */
  readonly share: NodeShare;
  /** Speakers that are alive. The first of them by name cleans up behind those that are not. */
  readonly alive: ReadonlySet<string>;
  /** Pods of MetalLB's speakers: their records are theirs, also of Services that are no concern of Berth. */
  readonly others: ReadonlySet<string>;
};

/** Of one Service the oldest change first: deletions before its creation. */
export function planRecords<R extends OwnerRecord>(
  state: Layer2State,
  records: RecordIndex<R>,
  { node, share, alive, others }: PlanningSpeaker,
): readonly RecordChange<R>[] {
  const isCleaner = [...alive].sort(compareText)[0] === node;
  const changes: RecordChange<R>[] = [];
  for (const [key, own] of share.services)
    for (const change of planOwned(own, records.of(key), node)) changes.push(change);
  for (const [key, list] of records)
    if (!share.services.has(key))
      for (const record of list) {
        const isOthers = record.pod !== null && others.has(record.pod);
        const isMine = !isOthers && (record.node === node || (isCleaner && !alive.has(record.node)));
        if (isMine && !isPending(state, key, alive.has(record.node) ? record.node : null))
          changes.push({ kind: 'delete', record });
      }
  return changes;
}

function planOwned<R extends OwnerRecord>(
  { service, wanted }: OwnedService,
  records: readonly R[],
  node: string,
): readonly RecordChange<R>[] {
  const interfaces = wanted ?? [];
  const [first] = records;
  if (
    first !== undefined &&
    records.length === 1 &&
    isRight(first, node) &&
    saysInterfaces(first, interfaces)
  )
    return NOTHING;
  const kept = records.find((record) => isRight(record, node));
  const changes: RecordChange<R>[] = records.flatMap((record) =>
    record === kept ? [] : [{ kind: 'delete', record }],
  );
  if (kept === undefined) changes.push({ kind: 'create', service, interfaces });
  else if (!saysInterfaces(kept, interfaces)) changes.push({ kind: 'patch', record: kept, interfaces });
  return changes;
}

const NOTHING: readonly never[] = [];

/**
 * An order to hand over that cannot be obeyed goes with its record: it would move the Service at any later time. One that a Pod owns
 * would go with the Pod.
 */
const isRight = (record: OwnerRecord, node: string): boolean =>
  record.node === node && record.handOverTo === null && record.pod === null;

const saysInterfaces = (record: OwnerRecord, interfaces: readonly string[]): boolean =>
  record.interfaces !== null && sameItems(record.interfaces, interfaces);

/**
 * Whether a record stays that is not the owner's: another node owns the Service, and replaces it; or some node may own it as soon as
 * it is alive. `recorded` is the node in the record, where it is alive.
 */
export function isPending({ byService }: Layer2State, key: ServiceKey, recorded: string | null): boolean {
  const election = byService.get(key);
  if (election === undefined || election.unreachable.includes(key)) return false;
  const { owner, eligible, metallb } = election;
  if (owner !== null || metallb !== null) return true;
  return recorded === null ? eligible.length > 0 : eligible.includes(recorded);
}
