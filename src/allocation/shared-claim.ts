/**
 * The claim of a Service on addresses that it shares: its sharing key, its backend and its ports may change while others
 * are on the address.
 *
 * Where only the keys differ now, the Service may stay until it gets another address: each of them serves its own ports, as
 * before. It is recorded as forced then, so the address is closed to new Services and the others are not bound by it.
 * Where ports or backends conflict, each would get traffic of the other, so it cannot stay.
 */
import { ok, type Result } from '../base/result.ts';
import type { LedgerRefusal } from '../ipam/refusal.ts';
import { type Claim, findSharingConflict } from '../ipam/sharing.ts';
import type { Address } from '../net/address.ts';
import type { Condition } from '../objects/condition.ts';
import { ASSIGNED_CONDITION } from './condition-reasons.ts';
import { type AllocationTask, claimOf, keepsUnmetRequests } from './context.ts';
import type { Assignment } from './pool-lookup.ts';

/** Claims the addresses with the present sharing key, backend and ports; nothing changes where that is refused. */
export function updateClaims(
  task: AllocationTask,
  { addresses, pool }: Assignment,
): Result<void, LedgerRefusal> {
  const { ledger, tx, service, request } = task;
  if (!addresses.some((address) => ledger.isForced(service.key, address)))
    return tx.updateClaim(service.key, request.sharing, request.ports);
  return tx.attempt(() => {
    for (const address of addresses) {
      const adopted = tx.adopt(claimOf(task), address, pool, { force: false });
      if (!adopted.ok) return adopted;
    }
    return ok(undefined);
  });
}

/** Stays on addresses whose other holders have another sharing key; false where that is not possible. */
export function keepUnshared(task: AllocationTask, { addresses, pool }: Assignment): boolean {
  if (!addresses.every((address) => canStayOn(task, address))) return false;
  for (const address of addresses) {
    const isRightful = task.tx.adopt(claimOf(task), address, pool, { force: false }).ok;
    if (!isRightful) task.tx.adopt(claimOf(task), address, pool, { force: true });
  }
  return true;
}

/** The same for one address in the status of a Service that stayed on it before this process started. */
export function adoptUnshared(task: AllocationTask, address: Address, pool: string): boolean {
  const mayStay =
    keepsUnmetRequests(task) && task.service.conditions.some(isUnsharedCondition) && canStayOn(task, address);
  return mayStay && task.tx.adopt(claimOf(task), address, pool, { force: true }).ok;
}

/** The condition of a Service that keeps an address against its sharing key. */
export const isUnsharedCondition = ({ type, status, reason }: Condition): boolean =>
  type === ASSIGNED_CONDITION && status === 'True' && reason === 'SharingRefused';

const canStayOn = (task: AllocationTask, address: Address): boolean =>
  task.ledger
    .claimsOn(address)
    .filter(({ holder }) => holder !== task.service.key)
    .every((other) => differsInKeyOnly(claimOf(task), other));

const differsInKeyOnly = (own: Claim, other: Claim): boolean =>
  findSharingConflict({ ...own, sharing: { ...own.sharing, key: other.sharing.key } }, other) === null;
