/** Lists the Services of type LoadBalancer for the overview, of one namespace or of all. */
import type { ApiSender } from '../../../kube/http/api-request.ts';
import { type ListReceiver, listPaged } from '../../../kube/informer/list.ts';
import { SERVICES } from '../../../kube/resource.ts';
import { decodeService, type Service } from '../../../objects/service.ts';
import type { KindReading } from '../../../overview/knowledge.ts';
import { listLoadBalancers } from '../load-balancers.ts';
import { failedReading, readReading } from './read-kind.ts';

export type ListedServices = { readonly services: readonly Service[]; readonly reading: KindReading };

/** `namespace` is null for all. `counted` is called with the number of Services so far. */
export async function listServices(
  sender: ApiSender,
  namespace: string | null,
  counted: (services: number) => void,
): Promise<ListedServices> {
  let services: Service[] = [];
  const into: ListReceiver = {
    begin: () => {
      services = [];
    },
    item: (raw) => {
      const service = decodeService(raw);
      if (service?.type === 'LoadBalancer') services.push(service);
      counted(services.length);
    },
  };
  const selection = { resource: SERVICES, ...(namespace === null ? {} : { namespace }) };
  const listed =
    namespace === null
      ? await listLoadBalancers(sender, into)
      : await listPaged(sender, { ...selection, from: 'consistent' }, into);
  return listed.kind === 'ok'
    ? { services, reading: readReading(selection, services.length) }
    : { services: [], reading: failedReading(selection, listed) };
}
