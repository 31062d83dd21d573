/** Reads one kind of the live cluster, and says why where it cannot: one that is missing fails no other. */
import type { Resource } from '../../../kube/resource.ts';
import type { KindObjects, KindReading, KindState } from '../../../overview/knowledge.ts';
import {
  type Collection,
  type CollectionReader,
  isNotServed,
  type ReadFailure,
  unreadText,
} from '../collection-reader.ts';

export async function listKind(reader: CollectionReader, selection: Collection): Promise<KindObjects> {
  const listed = await reader.list(selection);
  if (listed.kind !== 'ok') return { reading: failedReading(selection, listed), objects: [] };
  return { reading: readReading(selection, listed.items.length), objects: listed.items };
}

export const readReading = ({ resource, namespace }: Collection, objects: number): KindReading => ({
  kind: resource.kind,
  state: 'read',
  objects,
  namespace: namespace ?? null,
  says: null,
});

/** A kind that the server does not serve has no objects. */
export const absentReading = (selection: Collection): KindReading => ({
  ...readReading(selection, 0),
  state: 'absent',
});

/** The watch has failed, and nothing has answered since. */
export const unansweredReading = (selection: Collection, because: string): KindReading => ({
  ...readReading(selection, 0),
  ...{ state: 'unreachable', objects: null },
  says: `${selection.resource.plural} cannot be watched: ${because}`,
});

export function failedReading({ resource, namespace }: Collection, failure: ReadFailure): KindReading {
  const where = namespace === undefined ? '' : ` in the namespace ${namespace}`;
  const state = stateOf(resource, failure);
  return {
    kind: resource.kind,
    state,
    objects: state === 'absent' ? 0 : null,
    namespace: namespace ?? null,
    says: state === 'absent' ? null : unreadText({ plural: `${resource.plural}${where}` }, failure),
  };
}

function stateOf(resource: Resource, failure: ReadFailure): KindState {
  if (failure.kind === 'unconfigured') return 'failed';
  if (failure.kind !== 'refused') return 'unreachable';
  if (isNotServed(resource, failure)) return 'absent';
  if (failure.status === 403) return 'forbidden';
  return failure.status === 401 ? 'unauthorized' : 'failed';
}
