/**
 * Adopt before you allocate: puts every address that stands on any Service into the ledger, so that nothing is
 * granted that somebody has. Where two Services show one address and may not share it, the order decides who
 * keeps it: the one that carries our annotation, then the older.
 */
import { compareText } from '../base/text.ts';
import { ALLOCATED_FROM } from '../cluster/annotations.ts';
import type { Service } from '../cluster/service.ts';
import type { Transaction } from '../ipam/ledger.ts';
import type { PlanContext } from './context.ts';
import { settle } from './holding.ts';
import { isLoadBalancer, isMine } from './mine.ts';
import { mirror } from './mirror.ts';
import { saysContested } from './reasons.ts';
import { readShown } from './shown.ts';
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

/** Takes over what stands on one Service; grants nothing. */
export function adoptStanding(context: PlanContext, service: Service, tx: Transaction): void {
  if (!isMine(service, context.options)) {
    mirrorShown(context, service, tx);
    return;
  }
  const wish = readWish(service);
  const holding = wish === null ? null : settle({ ...context, service, wish, tx });
  // What it may not keep is in use until it has been told so.
  if (holding?.kind !== 'held' || holding.cleared !== null) mirrorShown(context, service, tx);
}

/** One on its way out has what it has until it is gone, on the terms that it names now; it gets nothing more. */
export function keepStanding(context: PlanContext, service: Service, tx: Transaction): void {
  if (context.ledger.holdings(service.key).length === 0) {
    adoptStanding(context, service, tx);
    return;
  }
  const wish = readWish(service);
  // Where the others on the address cannot live with that, it stays as it was: nobody moves for one who leaves.
  if (wish !== null) tx.change(service.key, wish.sharing, wish.ports);
}

/** A Service that others answer for: what it shows counts as taken, for as long as it shows it. */
export function mirrorShown({ ledger }: PlanContext, service: Service, tx: Transaction): void {
  const shown = isLoadBalancer(service) ? readShown(service).addresses : [];
  mirror(ledger, service, shown, tx);
}
