/**
 * The events by which confd evaluates single Services: a Service or one of its EndpointSlices has changed (confd,
 * `routes.go`). When a slice is deleted, confd takes the slice's own name for that of a Service. So it withdraws the routes of
 * the Service of that name, and otherwise notices nothing.
 */

import type { ServiceKey } from '../../objects/service.ts';
import type { CalicoCluster } from '../objects/cluster.ts';
import type { ClusterObject } from '../objects/cluster-object.ts';
import type { CalicoSlice } from '../objects/services.ts';
import type { CalicoBehaviour } from '../objects/version.ts';

export type ServiceEvent =
  /** The Service is evaluated with these slices. */
  | { readonly kind: 'evaluated'; readonly service: ServiceKey; readonly slices: readonly CalicoSlice[] }
  /** All routes of the Service are withdrawn, whatever endpoints it has. */
  | { readonly kind: 'withdrawn'; readonly service: ServiceKey };

/** The change of a cluster, in the order in which its objects change: those of `apply`, then those of `remove`. */
export type ObjectChanges = {
  readonly apply: readonly ClusterObject[];
  readonly remove: readonly ClusterObject[];
};

/** The events that follow from the changes, in their order. `before` is the cluster before them. */
export function serviceEvents(
  { slices, behaviour }: Pick<CalicoCluster, 'slices' | 'behaviour'>,
  { apply, remove }: ObjectChanges,
): readonly ServiceEvent[] {
  const known = new KnownSlices([...slices.values()].flat());
  const evaluated = (service: ServiceKey): ServiceEvent => ({
    kind: 'evaluated',
    service,
    slices: known.of(service),
  });
  const upserts = apply.flatMap((object): readonly ServiceEvent[] => {
    if (object.type === 'service') return [evaluated(object.service.key)];
    if (object.type !== 'slice') return [];
    const { slice } = object;
    known.put(slice);
    // A slice that moves to another Service is an event of that one alone.
    if (slice.service === null) return [];
    return [
      behaviour.judgesSlicesTogether
        ? evaluated(slice.service)
        : { kind: 'evaluated', service: slice.service, slices: [slice] },
    ];
  });
  const deletions = remove.flatMap((object): readonly ServiceEvent[] => {
    if (object.type === 'service') return [{ kind: 'withdrawn', service: object.service.key }];
    if (object.type !== 'slice') return [];
    const deleted = known.delete(object.slice) ?? object.slice;
    return deletionOf(deleted, known, behaviour);
  });
  return [...upserts, ...deletions];
}

function deletionOf(
  { namespace, name, service }: CalicoSlice,
  known: KnownSlices,
  { watchesEndpoints }: CalicoBehaviour,
): readonly ServiceEvent[] {
  if (!watchesEndpoints) return [{ kind: 'withdrawn', service: `${namespace}/${name}` }];
  if (service === null) return [];
  // The Endpoints that the slices stand for have changed, or are gone with the last of them.
  const rest = known.of(service);
  return [rest.length > 0 ? { kind: 'evaluated', service, slices: rest } : { kind: 'withdrawn', service }];
}

/** The slices that confd knows while the changes arrive. */
class KnownSlices {
  readonly #byName: Map<string, CalicoSlice>;

  constructor(slices: readonly CalicoSlice[]) {
    this.#byName = new Map(slices.map((one) => [nameOfSlice(one), one]));
  }

  of(service: ServiceKey): readonly CalicoSlice[] {
    return [...this.#byName.values()].filter((one) => one.service === service);
  }

  put(slice: CalicoSlice): void {
    this.#byName.set(nameOfSlice(slice), slice);
  }

  /** The deleted slice, undefined where it was not known. */
  delete(slice: CalicoSlice): CalicoSlice | undefined {
    const known = this.#byName.get(nameOfSlice(slice));
    this.#byName.delete(nameOfSlice(slice));
    return known;
  }
}

const nameOfSlice = ({ namespace, name }: CalicoSlice): string => `${namespace}/${name}`;
