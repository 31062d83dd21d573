/** Lists the Services of type LoadBalancer for the overview, of one namespace or of all. */
import { SERVICES } from '../../../kube/resource.ts';
import type { Service } from '../../../objects/service.ts';
import type { KindReading } from '../../../overview/knowledge.ts';
import type { ClusterReading } from '../cluster-reading.ts';
import { failedReading, readReading } from './read-kind.ts';

export type ListedLoadBalancers = { readonly services: readonly Service[]; readonly reading: KindReading };

/** `namespace` is null for all. */
export async function listServices(
  reading: ClusterReading,
  namespace: string | null,
): Promise<ListedLoadBalancers> {
  const selection = { resource: SERVICES, ...(namespace === null ? {} : { namespace }) };
  const listed = await reading.loadBalancers(namespace);
  return listed.kind === 'ok'
    ? { services: listed.services, reading: readReading(selection, listed.services.length) }
    : { services: [], reading: failedReading(selection, listed) };
}
