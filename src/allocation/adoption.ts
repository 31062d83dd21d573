/**
 * Adoption: every address in the status of any Service is recorded in the ledger before an address is assigned. Where
 * two Services show one address and may not share it, the one with our annotation keeps it, then the older one.
 */

import type { Transaction } from '../ipam/ledger.ts';
import type { Address } from '../net/address.ts';
import { ALLOCATED_FROM_ANNOTATION } from '../objects/annotations.ts';
import type { Service, ServiceKey } from '../objects/service.ts';
import { compareServiceAge } from '../objects/service.ts';
import { isContestedCondition } from './condition-reasons.ts';
import type { AllocationContext, ReconcileContext } from './context.ts';
import { externalClaimCondition } from './external-claims.ts';
import { addForeignAddresses, setForeignAddresses } from './foreign-addresses.ts';
import { includesAddress, readIngressStatus } from './ingress-status.ts';
import { readServiceRequest } from './request.ts';
import { resolveAssignment } from './resolve-assignment.ts';
import { isLoadBalancer, isManaged } from './service-filter.ts';
import { isUnsharedCondition } from './shared-claim.ts';

/** The Service that keeps an address of two comes first. Total, since keys are unique. */
export function compareAdoptionOrder(a: Service, b: Service, context: AdoptionContext): number {
  return adoptionRank(a, context) - adoptionRank(b, context) || compareServiceAge(a, b);
}

/** What the order of adoption depends on. */
export type AdoptionContext = Pick<AllocationContext, 'options' | 'externalClaims'>;

/**
 * 0 for a Service whose status Berth writes, 1 where it stays on an address against its sharing key. Where it is being
 * deleted, contested or claimed by Calico, the status may be another writer's, which takes no address from others: 2.
 */
function adoptionRank(service: Service, { options, externalClaims }: AdoptionContext): number {
  const hasOurAnnotation =
    isManaged(service, options) &&
    service.annotations[ALLOCATED_FROM_ANNOTATION] !== undefined &&
    externalClaimCondition(externalClaims, service) === null;
  if (!hasOurAnnotation || service.deleting || service.conditions.some(isContestedCondition)) return 2;
  return service.conditions.some(isUnsharedCondition) ? 1 : 0;
}

/**
 * Adopts the addresses in the statuses of these Services, in adoption order; assigns none. An address that a Service may
 * not keep is in use until the status is rewritten. It is recorded last, so that it displaces no rightful claim.
 */
export function adoptExisting(
  services: readonly Service[],
  contextOf: (key: ServiceKey) => ReconcileContext,
  order: AdoptionContext,
  tx: Transaction,
): void {
  const sorted = [...services].sort((a, b) => compareAdoptionOrder(a, b, order));
  const adoptedByService = sorted.map((service) => adoptService(contextOf(service.key), service, tx));
  for (const [i, service] of sorted.entries()) {
    const adopted = adoptedByService[i] ?? [];
    const rest = ingressAddresses(service).filter((address) => !includesAddress(adopted, address));
    addForeignAddresses(service, rest, tx);
  }
}

/** The addresses that the Service keeps. A Service that Berth does not manage keeps all. */
function adoptService(context: ReconcileContext, service: Service, tx: Transaction): readonly Address[] {
  const isClaimed = externalClaimCondition(context.externalClaims, service) !== null;
  if (isClaimed || !isManaged(service, context.options)) {
    recordForeignStatus(context, service, tx);
    return ingressAddresses(service);
  }
  const request = readServiceRequest(service);
  const current = request === null ? null : resolveAssignment({ service, request, tx, ...context });
  if (current?.kind === 'held') return current.addresses;
  tx.release(service.key);
  return [];
}

/** A Service that is being deleted keeps its addresses until it is deleted, with its present sharing key and ports. */
export function keepUntilDeleted(context: ReconcileContext, service: Service, tx: Transaction): void {
  const held = context.ledger.assignedTo(service.key);
  // Foreign addresses may be its own now, since Calico's claim ended with the same edit: then others may share them.
  if (held.every(({ pool }) => pool === null)) {
    tx.release(service.key);
    adoptExisting([service], () => context, context, tx);
    return;
  }
  const request = readServiceRequest(service);
  // Refused where others on the address conflict with it: then its old claim stays, and no Service moves.
  if (request !== null) tx.updateClaim(service.key, request.sharing, request.ports);
}

/** For a Service that Berth does not assign to: the addresses in its status count as taken while they are there. */
export function recordForeignStatus({ ledger }: ReconcileContext, service: Service, tx: Transaction): void {
  setForeignAddresses(ledger, service, ingressAddresses(service), tx);
}

const ingressAddresses = (service: Service): readonly Address[] =>
  isLoadBalancer(service) ? readIngressStatus(service).addresses : [];
