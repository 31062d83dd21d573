/** Lists the Services of type LoadBalancer of the live cluster. */
import { type Raw, textOf } from '../../base/json.ts';
import type { ApiSender } from '../../kube/http/api-request.ts';
import { type ListOutcome, type ListReceiver, listPaged } from '../../kube/informer/list.ts';
import { SERVICES } from '../../kube/resource.ts';
import { specOf } from '../../objects/metadata.ts';

/** By field selector where the server has it (Kubernetes 1.31 and later). */
export async function listLoadBalancers(sender: ApiSender, into: ListReceiver): Promise<ListOutcome> {
  const all = { resource: SERVICES, from: 'consistent' } as const;
  const filtered = await listPaged(sender, { ...all, fieldSelector: 'spec.type=LoadBalancer' }, into);
  if (!(filtered.kind === 'refused' && filtered.status === 400)) return filtered;
  const item = (raw: Raw): void => {
    if (textOf(specOf(raw)['type']) === 'LoadBalancer') into.item(raw);
  };
  return listPaged(sender, all, { begin: into.begin, item });
}
