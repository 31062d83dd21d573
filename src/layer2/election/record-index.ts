/** The ServiceL2Status objects of each Service, kept up to date one by one, and what they say to the election. */
import type { ServiceKey } from '../../objects/service.ts';

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
  /** Name of the Pod that owns the object, as one of MetalLB does; null for those of Berth. */
  readonly pod: string | null;
};

/** What the records say to the election, by Service. */
export type RecordedOwners = {
  readonly recorded: Pick<ReadonlyMap<ServiceKey, string>, 'get'>;
  /** See `OwnerRecord`. */
  readonly handOver: Pick<ReadonlyMap<ServiceKey, string>, 'get'>;
};

/** Of several records of one Service the last one counts. */
export function recordedOwners(
  records: readonly OwnerRecord[],
): Readonly<Record<keyof RecordedOwners, ReadonlyMap<ServiceKey, string>>> {
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

const NO_RECORDS: readonly never[] = [];

export class RecordIndex<R extends OwnerRecord> {
  readonly #byService = new Map<ServiceKey, readonly R[]>();

  constructor(records: Iterable<R> = []) {
    for (const record of records) this.replace(undefined, record);
  }

  /** In the order in which they came. */
  of(service: ServiceKey): readonly R[] {
    return this.#byService.get(service) ?? NO_RECORDS;
  }

  /** Services with records. */
  [Symbol.iterator](): IterableIterator<[ServiceKey, readonly R[]]> {
    return this.#byService.entries();
  }

  /** Of all Services. */
  *all(): IterableIterator<R> {
    for (const list of this.#byService.values()) yield* list;
  }

  /** `before` is the last version of the object, if there was one; `after` the one that counts now, if there is one. */
  replace(before: R | undefined, after: R | undefined): void {
    const list = after === undefined ? NO_RECORDS : this.of(after.service);
    if (before !== undefined && before.service !== after?.service) this.#remove(before);
    if (after === undefined) return;
    const isKnown = list.some(({ name }) => name === after.name);
    const next = isKnown ? list.map((one) => (one.name === after.name ? after : one)) : [...list, after];
    this.#byService.set(after.service, next);
  }

  #remove({ service, name }: R): void {
    const rest = this.of(service).filter((one) => one.name !== name);
    if (rest.length === 0) this.#byService.delete(service);
    else this.#byService.set(service, rest);
  }

  /** As `recordedOwners`, as of each question. `lastOf` has the record of a Service that is gone since a moment. */
  owners(lastOf: (service: ServiceKey) => R | undefined = () => undefined): RecordedOwners {
    const counting = (service: ServiceKey): R | undefined => this.of(service).at(-1) ?? lastOf(service);
    return {
      recorded: { get: (service) => counting(service)?.node },
      handOver: { get: (service) => counting(service)?.handOverTo ?? undefined },
    };
  }
}
