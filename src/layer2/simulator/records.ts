/** Simulates the ServiceL2Status objects of a cluster. */
import { compareText } from '../../base/text.ts';
import type { ServiceKey } from '../../objects/service.ts';
import type { OwnerRecord } from '../election/record-index.ts';
import type { RecordChange } from '../election/record-plan.ts';

export class SimulatedRecords {
  #records: readonly OwnerRecord[] = [];

  get all(): readonly OwnerRecord[] {
    return this.#records;
  }

  /** The node in the record of each Service. */
  owners(): ReadonlyMap<ServiceKey, string> {
    return new Map(this.#records.map(({ service, node }) => [service, node]));
  }

  /** `node` is the writer. */
  apply(node: string, change: RecordChange): void {
    if (change.kind === 'create') {
      const { key } = change.service;
      this.#records = [
        ...this.#records,
        { name: `l2-${key}`, service: key, node, interfaces: change.interfaces, handOverTo: null, pod: null },
      ];
      return;
    }
    const others = this.#records.filter((one) => one !== change.record);
    if (change.kind === 'delete') this.#records = others;
    else this.#records = [...others, { ...change.record, interfaces: change.interfaces }];
  }

  observe(): Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> {
    const status: Record<string, Record<string, readonly string[]>> = {};
    const sorted = this.#records.toSorted(
      (a, b) => compareText(a.service, b.service) || compareText(a.node, b.node),
    );
    for (const { service, node, interfaces } of sorted) {
      const byNode = status[service] ?? {};
      byNode[node] = interfaces ?? ['no status'];
      status[service] = byNode;
    }
    return status;
  }
}
