/**
 * External edits: another writer put other addresses into a status than those that the Service holds. They are adopted if
 * all are free, of one pool, and the Service could have been assigned them, as MetalLB adopts such a status. Else the
 * held addresses are written again.
 *
 * A status also differs while a move to what the Service requested is not written. If the request is withdrawn meanwhile,
 * and the status is what is requested now, the Service stays there.
 */
import { ok } from '../base/result.ts';
import { type Address, sameAddress } from '../net/address.ts';
import { type AllocationTask, claimOf, commonPool } from './context.ts';
import type { HeldAssignment } from './current-assignment.ts';
import { type IngressStatus, includesAddress, sameAddresses } from './ingress-status.ts';
import { releaseHolderOf } from './pending-release.ts';
import { offersAddress } from './pool-addresses.ts';
import { explainExclusion, isActivePool } from './pool-selection.ts';
import { requestsOther } from './request.ts';

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
  const isWithdrawn = requestsOther(task.request, current);
  const adopted = task.tx.attempt(() => {
    for (const address of added) {
      if (isWithdrawn) task.tx.release(releaseHolderOf(task.service.key), address);
      const result = task.tx.adopt(claimOf(task), address, pool, { force: false });
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
  if (unreadable.length > 0 || !sameFamilies(addresses, current.addresses)) return null;
  if (request.addresses !== null && !sameAddresses(request.addresses, addresses)) return null;
  const preferred = request.pool ?? current.pool;
  const name = commonPool(task, addresses, preferred);
  if (name === null || (request.pool !== null && name !== request.pool)) return null;
  const state = task.poolSet.byName.get(name);
  if (state === undefined || !isActivePool(state)) return null;
  if (explainExclusion(state.active, task.service, task.labelsOf) !== null) return null;
  return addresses.every((address) => offersAddress(state.active, address)) ? name : null;
}

/** One address of each family on both sides: a missing address is no request to release it. */
const sameFamilies = (a: readonly Address[], b: readonly Address[]): boolean =>
  a.length === b.length &&
  a.every((one) => b.some(({ family }) => family === one.family)) &&
  !a.some((one, i) =>
    a.some((other, j) => i !== j && (sameAddress(one, other) || one.family === other.family)),
  );
