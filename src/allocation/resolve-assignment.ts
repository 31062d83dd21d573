/**
 * Resolves the current assignment of a Service: the addresses that it holds in the ledger, or those in its status, which
 * are adopted then. It never assigns a new address.
 */

import { escapeControls, quoted } from '../base/printable.ts';
import { type Address, formatAddress } from '../net/address.ts';
import { ALLOCATED_FROM_ANNOTATION, FOREIGN_ADDRESSES_ANNOTATION } from '../objects/annotations.ts';
import { conditionUnknown } from './condition-reasons.ts';
import { type AllocationTask, commonPool, quoteAddresses } from './context.ts';
import type { CurrentAssignment, HeldAssignment } from './current-assignment.ts';
import { adoptExternalEdit } from './external-edit.ts';
import { setForeignAddresses } from './foreign-addresses.ts';
import { type IngressStatus, readIngressStatus, sameAddresses } from './ingress-status.ts';
import { adoptPublished } from './pending-release.ts';
import { listsAddress } from './pool-addresses.ts';
import { requestedPoolOf } from './pool-lookup.ts';
import { type ActivePool, isValidPool, poolsByAge } from './pool-selection.ts';
import { listFirst } from './quote.ts';
import { adoptUnshared } from './shared-claim.ts';
import { acceptingPool } from './validate-assignment.ts';

export function resolveAssignment(task: AllocationTask): CurrentAssignment {
  const status = readIngressStatus(task.service);
  if (task.hasStatusConflict) return resolveStatusConflict(task, status);
  const current = findInLedger(task);
  if (current !== null && sameAddresses(status.addresses, current.addresses)) return current;
  if (current === null) return adoptFromStatus(task, status);
  return adoptExternalEdit(task, status, current) ?? current;
}

/**
 * The assignment in the ledger. Addresses without a pool are records of foreign addresses: they are released here, and
 * read again from the status.
 */
function findInLedger(task: AllocationTask): HeldAssignment | null {
  const assigned = task.ledger.assignedTo(task.service.key);
  const pool = assigned[0]?.pool ?? null;
  if (pool === null || assigned.some((assignment) => assignment.pool === null)) {
    task.tx.release(task.service.key);
    return null;
  }
  const addresses = assigned.map(({ address }) => address);
  return { kind: 'held', addresses, pool, clearedCause: null, hasConflict: false };
}

function resolveStatusConflict(task: AllocationTask, status: IngressStatus): CurrentAssignment {
  const before = task.ledger.assignedTo(task.service.key).map(({ address }) => address);
  if (findInLedger(task) === null) setForeignAddresses(task.ledger, task.service, status.addresses, task.tx);
  // The writer is known of the addresses only: where they did not change, another one may replace the rest.
  const writer = sameAddresses(before, status.addresses) ? null : task.service.statusWriter;
  const name = writer === null ? 'Another writer' : quoted(writer);
  return {
    kind: 'external',
    condition: conditionUnknown(
      'StatusContested',
      `${name} keeps replacing what Berth writes on this Service, so Berth has stopped writing. Stop that writer, and then change any label or annotation of the Service. Or recreate it with a loadBalancerClass that only one of the two manages.`,
    ),
  };
}

// --- nothing in the ledger: adopt the status

function adoptFromStatus(task: AllocationTask, status: IngressStatus): CurrentAssignment {
  const annotatedPool = task.service.annotations[ALLOCATED_FROM_ANNOTATION] ?? null;
  if (status.addresses.length === 0) {
    return annotatedPool === null && status.unreadable.length > 0
      ? keepForeign(task, status)
      : { kind: 'none' };
  }
  const addresses = ofPresentFamilies(task, status.addresses);
  // Whether its pool, or the one that it requests, contains the addresses is not known now, so they are kept.
  if (
    annotatedPool !== null &&
    (isPoolUndecided(task, annotatedPool) || requestedPoolOf(task)?.active === null)
  )
    return adoptAddresses(task, addresses, annotatedPool);
  if (annotatedPool === null) {
    // A pool that would take them back at once has no say in what another writer wrote.
    const adopting = acceptingPool(task, addresses);
    return adopting === null ? keepForeign(task, status) : adoptAddresses(task, addresses, adopting);
  }
  const inPool = addresses.filter((address) => isListed(task, address, annotatedPool));
  const isPartOfPool = inPool.length > 0 && inPool.length < addresses.length;
  const pool = isPartOfPool ? permittedPool(task, addresses) : commonPool(task, addresses, annotatedPool);
  if (pool !== null) return adoptAddresses(task, addresses, pool);
  const notInPool = addresses.filter((address) => !inPool.includes(address));
  const cause = `${quoteAddresses(notInPool)} is not allowed in config`;
  if (inPool.length === 0) return { kind: 'lost', cause, hasConflict: false };
  return adoptAddresses(task, inPool, annotatedPool, cause);
}

/** Without those whose cluster IP has gone: they must not decide about the other one. All of them where none would be left. */
function ofPresentFamilies({ request }: AllocationTask, addresses: readonly Address[]): readonly Address[] {
  const present = addresses.filter(({ family }) => request.families.includes(family));
  return present.length > 0 ? present : addresses;
}

const isListed = ({ ledger }: AllocationTask, address: Address, pool: string): boolean =>
  ledger.poolOf(address, pool) === pool;

/**
 * The requested pool, or else the oldest one, that would keep all of the addresses. Another one would take even what the
 * pool of the Service still lists.
 */
const permittedPool = (task: AllocationTask, addresses: readonly Address[]): string | null =>
  acceptingPool(task, addresses, ({ name }) => task.request.pool === null || task.request.pool === name);

/** Whether the pool was deleted within its grace period, or is invalid. */
function isPoolUndecided(task: AllocationTask, pool: string): boolean {
  const state = task.poolSet.byName.get(pool);
  return state === undefined ? task.isInGrace(pool) : state.active === null;
}

/** Adopts those of the addresses that no other Service holds. */
function adoptAddresses(
  task: AllocationTask,
  addresses: readonly Address[],
  pool: string,
  clearedCause: string | null = null,
): CurrentAssignment {
  const adoptedAddresses: Address[] = [];
  let cause: string | null = null;
  for (const address of addresses) {
    const adopted = adoptPublished(task, address, pool);
    if (adopted.ok || adoptUnshared(task, address, pool)) {
      adoptedAddresses.push(address);
    } else if (cause === null) {
      const holders = task.ledger.claimsOn(address).map(({ holder }) => holder);
      cause = `"${formatAddress(address)}" belongs to ${listFirst(holders)}`;
    }
  }
  const hasConflict = cause !== null;
  if (adoptedAddresses.length > 0)
    return {
      kind: 'held',
      addresses: adoptedAddresses,
      pool,
      clearedCause: cause ?? clearedCause,
      hasConflict,
    };
  return { kind: 'lost', cause: cause ?? '', hasConflict };
}

/** Of an invalid pool only this process may know a valid version: the condition must not depend on that. */
const isListedByValid = (pool: ActivePool, addresses: readonly Address[]): boolean =>
  isValidPool(pool) &&
  addresses.length > 0 &&
  addresses.every((address) => listsAddress(pool.active, address));

function keepForeign(task: AllocationTask, status: IngressStatus): CurrentAssignment {
  const foreignMode = task.service.annotations[FOREIGN_ADDRESSES_ANNOTATION] ?? task.options.foreignAddresses;
  if (foreignMode === 'replace') return { kind: 'none' };
  setForeignAddresses(task.ledger, task.service, status.addresses, task.tx);
  const what = listFirst([...status.addresses.map(formatAddress), ...status.unreadable.map(escapeControls)]);
  const writer = task.service.statusWriter;
  const isOne = status.addresses.length <= 1;
  const where = poolsByAge(task.poolSet).some((pool) => isListedByValid(pool, status.addresses))
    ? `no pool that contains ${isOne ? 'it assigns it' : 'them assigns them'} to this Service`
    : isOne
      ? 'no pool contains it'
      : 'no single pool contains them';
  return {
    kind: 'external',
    condition: conditionUnknown(
      'ForeignAddress',
      `${writer === null ? 'Another writer' : quoted(writer)} wrote ${what}, and ${where}, so Berth keeps the status as it is. To have Berth assign an address instead, annotate the Service with ${FOREIGN_ADDRESSES_ANNOTATION}=replace.`,
    ),
  };
}
