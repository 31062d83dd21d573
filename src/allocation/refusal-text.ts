/**
 * The ledger's refusals as texts for the owner of a Service: for the condition, and for the event. The event names other
 * Services; the condition does not, so that it is not rewritten when those come or go.
 */
import { unreachable } from '../base/invariant.ts';
import type { LedgerRefusal } from '../ipam/refusal.ts';
import { formatPort } from '../ipam/sharing.ts';
import { type Family, formatAddress } from '../net/address.ts';
import { type AssignedCondition, conditionFalse } from './condition-reasons.ts';
import { listFirst, quote } from './quote.ts';

export const formatFamily = (family: Family): string => `IPv${family}`;

export function conditionForRefusal(refusal: LedgerRefusal): AssignedCondition {
  switch (refusal.code) {
    case 'no-such-pool':
      return conditionFalse(
        'UnknownPool',
        `There is no pool ${quote(refusal.pool)}; request one that exists, or create it.`,
      );
    case 'pool-exhausted':
      return conditionFalse(
        'PoolExhausted',
        `No ${formatFamily(refusal.family)} address is free in pool ${quote(refusal.pool)}. The Service gets one when an address is released or the pool grows.`,
      );
    case 'pool-lacks-family':
      return conditionFalse(
        'PoolLacksFamily',
        `Pool ${quote(refusal.pool)} has no ${formatFamily(refusal.family)} range; add one, or request another pool.`,
      );
    case 'not-in-pool':
      return conditionFalse(
        'AddressNotInPool',
        refusal.pool === null
          ? `${formatAddress(refusal.address)} is in no pool; request an address of a pool, or add a pool that contains it.`
          : `${formatAddress(refusal.address)} is not in pool ${quote(refusal.pool)}; request an address of that pool, or another pool.`,
      );
    case 'not-grantable':
      return conditionFalse(
        'AddressOverlapped',
        `${formatAddress(refusal.address)} is in pool ${quote(refusal.pool)} and in ${describeOlderPool(refusal.grantingPool)}, and only the older one grants it. Request another address, or remove the overlap.`,
      );
    case 'address-avoided':
      return conditionFalse(
        'AddressAvoided',
        `${formatAddress(refusal.address)} ends in .0 or .255, which pool ${quote(refusal.pool)} avoids (avoidBuggyIPs); request another address.`,
      );
    case 'address-taken':
      return conditionFalse(
        'AddressTaken',
        `${formatAddress(refusal.address)} is taken by another Service; \`berth explain address ${formatAddress(refusal.address)}\` names it. This Service gets the address when it is released.`,
      );
    case 'sharing-refused':
      return conditionFalse(
        'SharingRefused',
        `${formatAddress(refusal.address)} cannot be shared: ${describeMismatch(refusal)}. The Service gets it when they agree, or when it is released.`,
      );
    default:
      return unreachable(refusal);
  }
}

const describeOlderPool = (name: string | null): string =>
  name === null ? 'an older pool' : `the older pool ${quote(name)}`;

function describeMismatch(refusal: LedgerRefusal & { readonly code: 'sharing-refused' }): string {
  switch (refusal.mismatch) {
    case 'key':
      return 'the Services on it have another metallb.io/allow-shared-ip';
    case 'backend':
      return 'with externalTrafficPolicy Local, Services on one address must select the same pods';
    case 'port':
      return 'a port of this Service is already in use on it';
  }
}

/** The cause in an event; MetalLB's own text where it has one. */
export function eventCauseOf(refusal: LedgerRefusal): string {
  switch (refusal.code) {
    case 'no-such-pool':
      return `unknown pool ${quote(refusal.pool)}`;
    case 'pool-exhausted':
      return `no available IPs in pool ${quote(refusal.pool)} for ${formatFamily(refusal.family)}`;
    case 'pool-lacks-family':
      return `pool ${quote(refusal.pool)} has no ${formatFamily(refusal.family)} range`;
    case 'not-in-pool':
      return `"${formatAddress(refusal.address)}" is not allowed in config`;
    case 'not-grantable':
      return `"${formatAddress(refusal.address)}" is granted by ${describeOlderPool(refusal.grantingPool)} only`;
    case 'address-avoided':
      return `"${formatAddress(refusal.address)}" is avoided by pool ${quote(refusal.pool)}`;
    case 'address-taken':
      return `"${formatAddress(refusal.address)}" is in use by ${listFirst(refusal.holders)}`;
    case 'sharing-refused':
      return refusal.mismatch === 'port'
        ? `port ${formatPort(refusal.port)} is already in use on "${formatAddress(refusal.address)}" by ${listFirst(refusal.holders)}`
        : `"${formatAddress(refusal.address)}" also in use by ${listFirst(refusal.holders)}: ${describeMismatch(refusal)}`;
    default:
      return unreachable(refusal);
  }
}
