/** The cache of Services, as the components of the controller see it. */
import type { Service } from '../../../objects/service.ts';
import type { Informer } from '../../../runtime/main/informer.ts';
import type { ServiceCacheView } from '../../ports.ts';

export const toServiceCacheView = (informer: Informer<Service>): ServiceCacheView => ({
  get: (key) => informer.store.get(key),
  values: () => informer.store.values(),
  applyResponse: (service) => {
    informer.store.applyResponse(service);
  },
  confirmDeleted: (key, uid) => {
    informer.store.deleted(key, uid);
  },
});
