/** Reads one kind of the live cluster, and says why where it cannot: one that is missing fails no other. */
import type { ApiSender } from '../../../kube/http/api-request.ts';
import { describeOutcome } from '../../../kube/http/api-request.ts';
import { type ListFailure, listAll, type ResourceSelection } from '../../../kube/informer/list.ts';
import { withoutBookkeeping } from '../../../objects/metadata.ts';
import type { KindObjects, KindReading, KindState } from '../../../overview/knowledge.ts';
import { completeListItem } from '../list-item.ts';

export async function listKind(sender: ApiSender, selection: ResourceSelection): Promise<KindObjects> {
  const { resource } = selection;
  const keep = (raw: Parameters<typeof withoutBookkeeping>[0]) =>
    completeListItem(resource, withoutBookkeeping(raw));
  const listed = await listAll(sender, { ...selection, from: 'consistent' }, keep);
  if (listed.kind !== 'ok') return { reading: failedReading(selection, listed), objects: [] };
  return { reading: readReading(selection, listed.items.length), objects: listed.items };
}

export const readReading = ({ resource, namespace }: ResourceSelection, objects: number): KindReading => ({
  kind: resource.kind,
  state: 'read',
  objects,
  namespace: namespace ?? null,
  says: null,
});

/** A kind that the server does not serve has no objects. */
export const absentReading = (selection: ResourceSelection): KindReading => ({
  ...readReading(selection, 0),
  state: 'absent',
});

/** The watch has failed, and nothing has answered since. */
export const unansweredReading = (selection: ResourceSelection, because: string): KindReading => ({
  ...readReading(selection, 0),
  ...{ state: 'unreachable', objects: null },
  says: `${selection.resource.plural} cannot be watched: ${because}`,
});

export function failedReading({ resource, namespace }: ResourceSelection, failure: ListFailure): KindReading {
  const where = namespace === undefined ? '' : ` in the namespace ${namespace}`;
  const state = stateOf(failure);
  return {
    kind: resource.kind,
    state,
    objects: state === 'absent' ? 0 : null,
    namespace: namespace ?? null,
    says:
      state === 'absent' ? null : `${resource.plural}${where} cannot be read: ${describeOutcome(failure)}`,
  };
}

function stateOf(failure: ListFailure): KindState {
  if (failure.kind !== 'refused') return 'unreachable';
  if (failure.status === 404) return 'absent';
  if (failure.status === 403) return 'forbidden';
  return failure.status === 401 ? 'unauthorized' : 'failed';
}
