/** The picture of the Services, which gates the granting. */

import { isLoadBalancer } from '../../../allocation/service-filter.ts';
import { SERVICES } from '../../../kube/resource.ts';
import { decodeService, type Service, type ServiceKey } from '../../../objects/service.ts';
import { Informer, type InformerContext } from '../../../runtime/main/informer.ts';
import type { ServiceCacheView } from '../../ports.ts';

/** All Services of type LoadBalancer, of whatever class: an address on any of them is taken. */
export function createServiceInformer(
  context: InformerContext,
  on: {
    readonly changed: (before: Service | undefined, after: Service) => void;
    readonly deleted: (last: Service) => void;
  },
): Informer<Service> {
  return new Informer<Service>(context, {
    resource: SERVICES,
    fieldSelector: 'spec.type=LoadBalancer',
    fallback: { accepts: isLoadBalancer },
    decode: decodeService,
    keyOf: ({ key }) => key,
    changed: on.changed,
    deleted: (_, last) => on.deleted(last),
  });
}

export const toServiceCacheView = ({ store }: Informer<Service>): ServiceCacheView => ({
  get: (key: ServiceKey) => store.get(key),
  values: () => store.values(),
  applyResponse: (service) => {
    store.applyResponse(service);
  },
  confirmDeleted: (key, uid) => {
    store.deleted(key, uid);
  },
});
