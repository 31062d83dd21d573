/**
 * Adopt before you allocate: puts every address that stands on any Service into the ledger, so that nothing is
 * granted that somebody has. Where two Services show one address and may not share it, the order decides who
 * keeps it: the one that carries our annotation, then the older.
 */
import { compareText } from '../base/text.ts';
import type { Transaction } from '../ipam/ledger.ts';
import type { Address } from '../net/address.ts';
import { ALLOCATED_FROM_ANNOTATION } from '../objects/annotations.ts';
import type { Service, ServiceKey } from '../objects/service.ts';
import { isContestedCondition } from './condition-reasons.ts';
import type { ReconcileContext } from './context.ts';
import { externalClaimCondition } from './external-claims.ts';
import { addForeignAddresses, setForeignAddresses } from './foreign-addresses.ts';
import { includesAddress, readIngressStatus } from './ingress-status.ts';
import { readServiceRequest } from './request.ts';
import { resolveAssignment } from './resolve-assignment.ts';
import { isLoadBalancer, isManaged } from './service-filter.ts';

/** Who comes first when two claim one address. Total: keys are unique. */
export function compareAdoptionOrder(a: Service, b: Service, options: ReconcileContext['options']): number {
  return adoptionRank(a, options) - adoptionRank(b, options) || compareByAge(a, b);
}

/**
 * Those whose status is in our hands come first. On one that is on its way out, or contested, stands what others
 * wrote and nobody puts right: it takes nothing from anybody.
 */
function adoptionRank(service: Service, options: ReconcileContext['options']): number {
  const hasOurAnnotation =
    isManaged(service, options) && service.annotations[ALLOCATED_FROM_ANNOTATION] !== undefined;
  return hasOurAnnotation && !service.deleting && !service.conditions.some(isContestedCondition) ? 0 : 1;
}

/** The older first, then by name. */
export const compareByAge = (a: Service, b: Service): number =>
  a.createdAt - b.createdAt || compareText(a.key, b.key);

/**
 * Takes over what stands on these Services, whoever has the better claim first; grants nothing. What one of them may
 * not keep is in use until it has been told so, and is recorded after everybody's rightful claims: it is in nobody's
 * way.
 */
export function adoptExisting(
  services: readonly Service[],
  contextOf: (key: ServiceKey) => ReconcileContext,
  options: ReconcileContext['options'],
  tx: Transaction,
): void {
  const sorted = [...services].sort((a, b) => compareAdoptionOrder(a, b, options));
  const adoptedByService = sorted.map((service) => adoptService(contextOf(service.key), service, tx));
  for (const [i, service] of sorted.entries()) {
    const adopted = adoptedByService[i] ?? [];
    const rest = ingressAddresses(service).filter((address) => !includesAddress(adopted, address));
    addForeignAddresses(service, rest, tx);
  }
}

/** What it keeps in its place in line; that of a Service that others answer for is nobody's to dispute. */
function adoptService(context: ReconcileContext, service: Service, tx: Transaction): readonly Address[] {
  const isClaimed = externalClaimCondition(context.externalClaims, service) !== null;
  if (isClaimed || !isManaged(service, context.options)) {
    recordForeignStatus(context, service, tx);
    return ingressAddresses(service);
  }
  const request = readServiceRequest(service);
  const current = request === null ? null : resolveAssignment({ ...context, service, request, tx });
  if (current?.kind === 'held') return current.addresses;
  tx.release(service.key);
  return [];
}

/** One on its way out has what it has until it is gone, on the terms that it names now; it gets nothing more. */
export function keepUntilDeleted(context: ReconcileContext, service: Service, tx: Transaction): void {
  if (context.ledger.assignedTo(service.key).length === 0) {
    adoptExisting([service], () => context, context.options, tx);
    return;
  }
  const request = readServiceRequest(service);
  // Where the others on the address cannot live with that, it stays as it was: nobody moves for one who leaves.
  if (request !== null) tx.updateClaim(service.key, request.sharing, request.ports);
}

/** A Service that others answer for: what it shows counts as taken, for as long as it shows it. */
export function recordForeignStatus({ ledger }: ReconcileContext, service: Service, tx: Transaction): void {
  setForeignAddresses(ledger, service, ingressAddresses(service), tx);
}

const ingressAddresses = (service: Service): readonly Address[] =>
  isLoadBalancer(service) ? readIngressStatus(service).addresses : [];
