/**
 * Adopt before you allocate: puts every address that stands on any Service into the ledger, so that nothing is
 * granted that somebody has. Where two Services show one address and may not share it, the order decides who
 * keeps it: the one that carries our annotation, then the older.
 */
import { compareText } from '../base/text.ts';
import { ALLOCATED_FROM } from '../cluster/annotations.ts';
import type { Service, ServiceKey } from '../cluster/service.ts';
import type { Transaction } from '../ipam/ledger.ts';
import type { Address } from '../net/address.ts';
import type { PlanContext } from './context.ts';
import { settle } from './holding.ts';
import { isLoadBalancer, isMine } from './mine.ts';
import { mirror, mirrorAlso } from './mirror.ts';
import { saysContested } from './reasons.ts';
import { includesAddress, readShown } from './shown.ts';
import { readWish } from './wish.ts';

/** Who comes first when two claim one address. Total: keys are unique. */
export function compareClaims(a: Service, b: Service, options: PlanContext['options']): number {
  return rank(a, options) - rank(b, options) || compareAge(a, b);
}

/**
 * Those whose status is in our hands come first. On one that is on its way out, or contested, stands what others
 * wrote and nobody puts right: it takes nothing from anybody.
 */
function rank(service: Service, options: PlanContext['options']): number {
  const isOurs = isMine(service, options) && service.annotations[ALLOCATED_FROM] !== undefined;
  return isOurs && !service.deleting && !service.conditions.some(saysContested) ? 0 : 1;
}

/** The older first, then by name. */
export const compareAge = (a: Service, b: Service): number =>
  a.createdAt - b.createdAt || compareText(a.key, b.key);

/**
 * Takes over what stands on these Services, whoever has the better claim first; grants nothing. What one of them may
 * not keep is in use until it has been told so, and is recorded after everybody's rightful claims: it is in nobody's
 * way.
 */
export function adoptStanding(
  services: readonly Service[],
  contextOf: (key: ServiceKey) => PlanContext,
  options: PlanContext['options'],
  tx: Transaction,
): void {
  const sorted = [...services].sort((a, b) => compareClaims(a, b, options));
  const kept = sorted.map((service) => adoptOne(contextOf(service.key), service, tx));
  for (const [i, service] of sorted.entries()) {
    const mine = kept[i] ?? [];
    const others = shownBy(service).filter((address) => !includesAddress(mine, address));
    mirrorAlso(service, others, tx);
  }
}

/** What it keeps in its place in line; that of a Service that others answer for is nobody's to dispute. */
function adoptOne(context: PlanContext, service: Service, tx: Transaction): readonly Address[] {
  if (!isMine(service, context.options)) {
    mirrorShown(context, service, tx);
    return shownBy(service);
  }
  const wish = readWish(service);
  const holding = wish === null ? null : settle({ ...context, service, wish, tx });
  if (holding?.kind === 'held') return holding.addresses;
  tx.release(service.key);
  return [];
}

/** One on its way out has what it has until it is gone, on the terms that it names now; it gets nothing more. */
export function keepStanding(context: PlanContext, service: Service, tx: Transaction): void {
  if (context.ledger.holdings(service.key).length === 0) {
    adoptStanding([service], () => context, context.options, tx);
    return;
  }
  const wish = readWish(service);
  // Where the others on the address cannot live with that, it stays as it was: nobody moves for one who leaves.
  if (wish !== null) tx.change(service.key, wish.sharing, wish.ports);
}

/** A Service that others answer for: what it shows counts as taken, for as long as it shows it. */
export function mirrorShown({ ledger }: PlanContext, service: Service, tx: Transaction): void {
  mirror(ledger, service, shownBy(service), tx);
}

const shownBy = (service: Service): readonly Address[] =>
  isLoadBalancer(service) ? readShown(service).addresses : [];
