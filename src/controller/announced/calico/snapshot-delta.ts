/** Delta of the cached objects of one kind since the last evaluation of the model. */

import { isDeepStrictEqual } from 'node:util';
import type { ClusterObject } from '../../../calico/objects/cluster-object.ts';

export type Delta = {
  readonly upserted: readonly ClusterObject[];
  readonly deleted: readonly ClusterObject[];
};

export type SnapshotDeltaOptions<T extends object> = {
  /** Unique among the objects of the kind. */
  readonly keyOf: (item: T) => string;
  /** As the model takes it. */
  readonly toObject: (item: T) => ClusterObject;
};

export class SnapshotDelta<T extends object> {
  readonly #options: SnapshotDeltaOptions<T>;
  #previous: ReadonlyMap<string, T> = new Map();

  constructor(options: SnapshotDeltaOptions<T>) {
    this.#options = options;
  }

  /** What differs from the objects of the last call; all of them where `isFull`. */
  since(items: Iterable<T>, isFull: boolean): Delta {
    const { keyOf, toObject } = this.#options;
    const before: ReadonlyMap<string, T> = isFull ? new Map() : this.#previous;
    const now = new Map<string, T>();
    const upserted: ClusterObject[] = [];
    for (const item of items) {
      const key = keyOf(item);
      const previous = before.get(key);
      now.set(key, item);
      if (previous === item) continue;
      const object = toObject(item);
      // A new version of which the model reads nothing, such as a condition that was written, is no change.
      if (previous === undefined || !isDeepStrictEqual(toObject(previous), object)) upserted.push(object);
    }
    this.#previous = now;
    const deleted = [...before].flatMap(([key, item]) => (now.has(key) ? [] : [toObject(item)]));
    return { upserted, deleted };
  }
}

/** All kinds in one. */
export const joinDeltas = (deltas: readonly Delta[]): Delta => ({
  upserted: deltas.flatMap(({ upserted }) => upserted),
  deleted: deltas.flatMap(({ deleted }) => deleted),
});
