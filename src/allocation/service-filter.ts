/** Service filter: the Services that Berth manages. */
import { ALLOCATED_FROM_ANNOTATION } from '../objects/annotations.ts';
import type { Service } from '../objects/service.ts';
import type { AllocationOptions } from './context.ts';

export const isLoadBalancer = (service: Service): boolean => service.type === 'LoadBalancer';

/** MetalLB: without `--lb-class` only Services that have no class; with it, only those of exactly that class. */
export const isManaged = (service: Service, { lbClass }: Pick<AllocationOptions, 'lbClass'>): boolean =>
  isLoadBalancer(service) && service.loadBalancerClass === lbClass;

/** A Service whose type is no longer LoadBalancer, and that still carries our annotation or conditions. */
export const isFormerlyManaged = (service: Service): boolean =>
  !isLoadBalancer(service) &&
  (service.annotations[ALLOCATED_FROM_ANNOTATION] !== undefined || service.conditions.length > 0);
