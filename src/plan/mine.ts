/** Which Services we answer for. */
import { ALLOCATED_FROM } from '../cluster/annotations.ts';
import type { Service } from '../cluster/service.ts';
import type { PlanOptions } from './context.ts';

export const isLoadBalancer = (service: Service): boolean => service.type === 'LoadBalancer';

/** MetalLB: without `--lb-class` only Services that have no class; with it, only those of exactly that class. */
export const isMine = (service: Service, { lbClass }: Pick<PlanOptions, 'lbClass'>): boolean =>
  isLoadBalancer(service) && service.loadBalancerClass === lbClass;

/** A Service that is none of LoadBalancer's any more and still carries what we wrote while it was. */
export const isStray = (service: Service): boolean =>
  !isLoadBalancer(service) &&
  (service.annotations[ALLOCATED_FROM] !== undefined || service.conditions.length > 0);
