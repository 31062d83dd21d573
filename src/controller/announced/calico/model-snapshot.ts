/** All that the model of Calico reads, kind by kind, as the difference since the last request. */
import { type Raw, textOf } from '../../../base/json.ts';
import type { ClusterObject } from '../../../calico/objects/cluster-object.ts';
import type { ModelRequest } from '../../../calico/report/calico-model.ts';
import type { Pool } from '../../../config/pool/pool.ts';
import { namespacedNameOf } from '../../../objects/metadata.ts';
import type { Node } from '../../../objects/node.ts';
import type { Service } from '../../../objects/service.ts';
import { type SliceSummary, sliceKey } from '../slice-summary.ts';
import { nodeObject, poolObject, rawObject, serviceObject, sliceObject } from './model-objects.ts';
import { joinDeltas, SnapshotDelta } from './snapshot-delta.ts';

/** What is needed of `CalicoDetector`. */
export type CalicoView = {
  readonly evidence: readonly Raw[];
  readonly calicoObjects: readonly Raw[];
  readonly nodes: Iterable<Node>;
  readonly endpointSlices: Iterable<SliceSummary>;
  /** Kinds of which all objects are known. */
  readonly readKinds: ReadonlySet<string>;
};

const rawKey = (raw: Raw): string => `${textOf(raw['kind'])} ${namespacedNameOf(raw)}`;

export class ModelSnapshot {
  readonly #calico = new SnapshotDelta<Raw>({ keyOf: rawKey, toObject: rawObject });
  readonly #nodes = new SnapshotDelta<Node>({ keyOf: ({ name }) => name, toObject: nodeObject });
  readonly #slices = new SnapshotDelta<SliceSummary>({ keyOf: sliceKey, toObject: sliceObject });
  readonly #services = new SnapshotDelta<Service>({ keyOf: ({ key }) => key, toObject: serviceObject });
  readonly #pools: SnapshotDelta<Pool>;

  /** `namespace` is that of the pools. */
  constructor(namespace: string) {
    this.#pools = new SnapshotDelta<Pool>({
      keyOf: ({ name }) => name,
      toObject: (pool) => poolObject(pool, namespace),
    });
  }

  /** Everything where `isFull`, for a model that has forgotten all. */
  requestSinceLast(
    calico: CalicoView,
    services: Iterable<Service>,
    pools: readonly Pool[],
    isFull: boolean,
  ): ModelRequest {
    const delta = joinDeltas([
      this.#calico.since([...calico.evidence, ...calico.calicoObjects], isFull),
      this.#nodes.since(calico.nodes, isFull),
      this.#slices.since(calico.endpointSlices, isFull),
      this.#services.since(services, isFull),
      this.#pools.since(pools, isFull),
    ]);
    return { isFull, ...delta, read: [...calico.readKinds, 'Service', 'IPAddressPool'] };
  }
}

/** Everything of Calico at once, for those who ask only now and then. */
export const calicoSnapshot = (calico: CalicoView): readonly ClusterObject[] => [
  ...[...calico.evidence, ...calico.calicoObjects].map(rawObject),
  ...[...calico.nodes].map(nodeObject),
  ...[...calico.endpointSlices].map(sliceObject),
];
