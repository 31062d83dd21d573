/**
 * Which Services this node has begun to answer for, so that each move has one event. Until the record of a new owner is written, the
 * election may give a Service away and back, as speakers start: that is no move for anybody who reads events.
 */
import type { RecordedOwners } from '../../layer2/election/record-index.ts';
import type { ServiceKey } from '../../objects/service.ts';

export type AssignedInputs = {
  /** Services that this node answers for. */
  readonly owned: ReadonlyMap<ServiceKey, unknown>;
  readonly recorded: RecordedOwners['recorded'];
  /** Whether some node answers for the Service. */
  readonly hasOwner: (service: ServiceKey) => boolean;
};

export class AssignedServices {
  readonly #node: string;
  #owned: ReadonlyMap<ServiceKey, unknown> = new Map();
  /** Those whose record does not say so yet, with the node that it named when this one took the Service. */
  readonly #taken = new Map<ServiceKey, string | undefined>();

  constructor(node: string) {
    this.#node = node;
  }

  /** Returns the Services that have an event now. One that this node is recorded for has none: its speaker was restarted. */
  update({ owned, recorded, hasOwner }: AssignedInputs): readonly ServiceKey[] {
    for (const [key, before] of this.#taken) {
      const now = recorded.get(key);
      const isRecorded = now === this.#node;
      const isOver = !owned.has(key) && (now !== before || !hasOwner(key));
      if (isRecorded || isOver) this.#taken.delete(key);
    }
    if (owned === this.#owned) return [];
    const begun: ServiceKey[] = [];
    for (const key of owned.keys()) {
      if (this.#owned.has(key) || this.#taken.has(key)) continue;
      const before = recorded.get(key);
      if (before === this.#node) continue;
      this.#taken.set(key, before);
      begun.push(key);
    }
    this.#owned = owned;
    return begun;
  }
}
