/** Which Services we answer for. */
import { ALLOCATED_FROM_ANNOTATION } from '../objects/annotations.ts';
import type { Service } from '../objects/service.ts';
import type { AllocationOptions } from './context.ts';

export const isLoadBalancer = (service: Service): boolean => service.type === 'LoadBalancer';

/** MetalLB: without `--lb-class` only Services that have no class; with it, only those of exactly that class. */
export const isManaged = (service: Service, { lbClass }: Pick<AllocationOptions, 'lbClass'>): boolean =>
  isLoadBalancer(service) && service.loadBalancerClass === lbClass;

/** A Service that is none of LoadBalancer's any more and still carries what we wrote while it was. */
export const isFormerlyManaged = (service: Service): boolean =>
  !isLoadBalancer(service) &&
  (service.annotations[ALLOCATED_FROM_ANNOTATION] !== undefined || service.conditions.length > 0);
