/** Delta of the watched objects since the last evaluation of the model. */
import { isDeepStrictEqual } from 'node:util';
import type { Raw } from '../../../base/json.ts';
import {
  type ClusterObject,
  clusterObjectKey,
  decodeClusterObject,
} from '../../../calico/objects/cluster-object.ts';
import { toCalicoServiceFields } from '../../../calico/objects/services.ts';
import type { ModelRequest } from '../../../calico/report/calico-model.ts';
import type { Pool } from '../../../config/pool/pool.ts';
import type { Service } from '../../../objects/service.ts';

export class SnapshotDelta {
  #previous: ReadonlyMap<string, ClusterObject> = new Map();

  /** What differs from the objects of the last call; all of them where `isFull`. */
  since(all: readonly ClusterObject[], isFull: boolean): Omit<ModelRequest, 'read'> {
    const before: ReadonlyMap<string, ClusterObject> = isFull ? new Map() : this.#previous;
    const now = new Map(all.map((object) => [clusterObjectKey(object), object]));
    this.#previous = now;
    return {
      isFull,
      upserted: [...now].flatMap(([key, object]) => (isSame(before.get(key), object) ? [] : [object])),
      deleted: [...before].flatMap(([key, object]) => (now.has(key) ? [] : [object])),
    };
  }
}

/** A new version of which the model reads nothing, such as a condition that was written, is no change. */
const isSame = (before: ClusterObject | undefined, now: ClusterObject): boolean =>
  before === now || (before !== undefined && isDeepStrictEqual(before, now));

const serviceObjects = new WeakMap<Service, ClusterObject>();

/** The same object for the same Service. */
export function serviceObject(service: Service): ClusterObject {
  const object = serviceObjects.get(service) ?? { type: 'service', service: toCalicoServiceFields(service) };
  serviceObjects.set(service, object);
  return object;
}

const poolObjects = new WeakMap<Pool, ClusterObject>();

/** The same object for the same pool. */
export function poolObject(pool: Pool, namespace: string): ClusterObject {
  const object = poolObjects.get(pool) ?? { type: 'pool', namespace, name: pool.name, pool };
  poolObjects.set(pool, object);
  return object;
}

const decodedObjects = new WeakMap<Raw, { readonly object: ClusterObject | null }>();

/** The same object for the same raw one; null for one without a name. */
export function decodedObject(raw: Raw): ClusterObject | null {
  const decoded = decodedObjects.get(raw) ?? { object: decodeClusterObject(raw) };
  decodedObjects.set(raw, decoded);
  return decoded.object;
}
