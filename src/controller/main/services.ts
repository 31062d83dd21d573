/** The picture of the Services, which gates the granting. */
import type { Service, ServiceKey } from '../../cluster/service.ts';
import { SERVICES } from '../../kube/resource.ts';
import { translateService } from '../../kube/translate.ts';
import { isLoadBalancer } from '../../plan/mine.ts';
import { Picture, type PictureContext } from '../../program/main/picture.ts';
import type { ServiceView } from '../ports.ts';

/** All Services of type LoadBalancer, of whatever class: an address on any of them is taken. */
export function servicePicture(
  context: PictureContext,
  on: {
    readonly changed: (before: Service | undefined, after: Service) => void;
    readonly departed: (last: Service) => void;
  },
): Picture<Service> {
  return new Picture<Service>(context, {
    resource: SERVICES,
    fieldSelector: 'spec.type=LoadBalancer',
    fallback: { accepts: isLoadBalancer },
    translate: translateService,
    keyOf: ({ key }) => key,
    changed: on.changed,
    deleted: (_, last) => on.departed(last),
  });
}

export const serviceView = ({ store }: Picture<Service>): ServiceView => ({
  get: (key: ServiceKey) => store.get(key),
  values: () => store.values(),
  answered: (service) => {
    store.answered(service);
  },
  gone: (key, uid) => {
    store.gone(key, uid);
  },
});
