/**
 * External edits: another writer put other addresses into a status than those that the Service holds. They are adopted if
 * all are free, of one pool, and the Service could have been assigned them, as MetalLB adopts such a status. Else the
 * held addresses are written again.
 *
 * A status also differs while a decision is not written: a move, or a release. If its cause is withdrawn meanwhile, and the
 * status is what the Service may have again, the decision is undone.
 */
import { ok } from '../base/result.ts';
import { type Address, sameAddress } from '../net/address.ts';
import { type AllocationTask, claimOf, commonPool } from './context.ts';
import type { HeldAssignment } from './current-assignment.ts';
import { type IngressStatus, includesAddress, sameAddresses } from './ingress-status.ts';
import { adoptPublished, isLeaving } from './pending-release.ts';
import { offersAddress } from './pool-addresses.ts';
import { explainExclusion, isActivePool } from './pool-selection.ts';

/** The new assignment; null where the edit is not adopted. */
export function adoptExternalEdit(
  task: AllocationTask,
  status: IngressStatus,
  current: HeldAssignment,
): HeldAssignment | null {
  const { addresses } = status;
  const pool = suitablePool(task, status, current);
  if (pool === null) return null;
  const added = addresses.filter((address) => !includesAddress(current.addresses, address));
  const adopted = task.tx.attempt(() => {
    for (const address of added) {
      const result = adoptPublished(task, address, pool);
      if (!result.ok) return result;
    }
    return ok(undefined);
  });
  if (!adopted.ok) return null;
  for (const address of current.addresses) {
    if (!includesAddress(addresses, address)) task.tx.release(task.service.key, address);
    // All addresses of one Service are of one pool.
    else if (pool !== current.pool) task.tx.adopt(claimOf(task), address, pool, { force: false });
  }
  return { kind: 'held', addresses, pool, clearedCause: null, hasConflict: false };
}

/** The pool that could have assigned exactly these addresses to the Service; null where there is none. */
function suitablePool(
  task: AllocationTask,
  { addresses, unreadable }: IngressStatus,
  current: HeldAssignment,
): string | null {
  const { request } = task;
  if (unreadable.length > 0) return null;
  const isUnwritten = addresses.some((address) => isLeaving(task.ledger, task.service.key, address));
  if (!(isUnwritten ? mayUndo(task, addresses) : sameFamilies(addresses, current.addresses))) return null;
  if (request.addresses !== null && !sameAddresses(request.addresses, addresses)) return null;
  const preferred = request.pool ?? current.pool;
  const name = commonPool(task, addresses, preferred);
  if (name === null || (request.pool !== null && name !== request.pool)) return null;
  const state = task.poolSet.byName.get(name);
  if (state === undefined || !isActivePool(state)) return null;
  if (explainExclusion(state.active, task.service, task.labelsOf) !== null) return null;
  return addresses.every((address) => offersAddress(state.active, address)) ? name : null;
}

/** Whether the Service may have these addresses again, as far as its families tell. */
function mayUndo({ canUndo, overlooked, request }: AllocationTask, addresses: readonly Address[]): boolean {
  if (!canUndo || overlooked !== null) return false;
  const families = new Set(addresses.map(({ family }) => family));
  const isComplete = request.familyPolicy !== 'require' || families.size === request.families.length;
  return (
    isComplete &&
    families.size === addresses.length &&
    [...families].every((family) => request.families.includes(family))
  );
}

/** One address of each family on both sides: a missing address is no request to release it. */
const sameFamilies = (a: readonly Address[], b: readonly Address[]): boolean =>
  a.length === b.length &&
  a.every((one) => b.some(({ family }) => family === one.family)) &&
  !a.some((one, i) =>
    a.some((other, j) => i !== j && (sameAddress(one, other) || one.family === other.family)),
  );
