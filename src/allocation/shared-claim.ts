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

/** What a Service may keep of its addresses while others are on them. */
export type KeepableAddresses = {
  /** With its present sharing key, backend and ports it is in nobody's way there. */
  readonly uncontested: readonly Address[];
  /** These, and those whose other holders have another sharing key, and nothing else against it. */
  readonly staying: readonly Address[];
};

export const NOTHING_KEPT: KeepableAddresses = { uncontested: [], staying: [] };

/** Claims what the Service may keep, and leaves the claims on its other addresses as they are. */
export function claimKeepable(task: AllocationTask, { addresses, pool }: Assignment): KeepableAddresses {
  const claim = claimOf(task);
  const uncontested = addresses.filter((address) => task.tx.adopt(claim, address, pool, { force: false }).ok);
  const staying = addresses.filter((address) => {
    if (uncontested.includes(address)) return true;
    return canStayOn(task, address) && task.tx.adopt(claim, address, pool, { force: true }).ok;
  });
  return { uncontested, staying };
}

/** Moves the claim on an address that it holds into another pool, also where it stays there against its sharing key. */
export function moveClaim(task: AllocationTask, address: Address, pool: string): Result<void, LedgerRefusal> {
  const adopted = task.tx.adopt(claimOf(task), address, pool, { force: false });
  if (adopted.ok || !keepsUnmetRequests(task) || !canStayOn(task, address)) return adopted;
  return task.tx.adopt(claimOf(task), address, pool, { force: true });
}

/**
 * Stays on one address in the status of a Service that had it before this process started, as its condition says: it stayed
 * there against its sharing key, or the key was edited while no controller ran.
 */
export function adoptUnshared(task: AllocationTask, address: Address, pool: string): boolean {
  const hadAddresses = task.service.conditions.some(
    ({ type, status }) => type === ASSIGNED_CONDITION && status === 'True',
  );
  const mayStay = hadAddresses && keepsUnmetRequests(task) && canStayOn(task, address);
  return mayStay && task.tx.adopt(claimOf(task), address, pool, { force: true }).ok;
}

/** The reason of a Service that keeps an address against its sharing key: the next process knows it by that. */
export const UNSHARED_REASON = 'SharingRefused';

export const isUnsharedCondition = ({ type, status, reason }: Condition): boolean =>
  type === ASSIGNED_CONDITION && status === 'True' && reason === UNSHARED_REASON;

const canStayOn = (task: AllocationTask, address: Address): boolean =>
  task.ledger
    .claimsOn(address)
    .filter(({ holder }) => holder !== task.service.key)
    .every((other) => differsInKeyOnly(claimOf(task), other));

/** The other holder may have no key at all by now: it still serves its own ports only. */
const differsInKeyOnly = (own: Claim, other: Claim): boolean =>
  findSharingConflict(withSameKey(own), withSameKey(other)) === null;

const withSameKey = (claim: Claim): Claim => ({ ...claim, sharing: { ...claim.sharing, key: 'same' } });
