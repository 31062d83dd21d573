/**
 * The ledger's refusals in words that the owner of a Service can act on: as a verdict for the condition, and
 * with the names of the others (which the condition leaves out, so that their coming and going rewrites
 * nothing) for the event.
 */
import { unreachable } from '../base/invariant.ts';
import type { LedgerRefusal } from '../ipam/refusal.ts';
import { formatPort } from '../ipam/sharing.ts';
import { type Family, formatAddress } from '../net/address.ts';
import { type AssignedCondition, conditionFalse } from './condition-reasons.ts';
import { listSome, quote } from './quote.ts';

export const formatFamily = (family: Family): string => `IPv${family}`;

export function conditionForRefusal(refusal: LedgerRefusal): AssignedCondition {
  switch (refusal.code) {
    case 'no-such-pool':
      return conditionFalse(
        'UnknownPool',
        `There is no pool ${quote(refusal.pool)}; ask for one that is there, or create it.`,
      );
    case 'pool-exhausted':
      return conditionFalse(
        'PoolExhausted',
        `No ${formatFamily(refusal.family)} address is free in pool "${refusal.pool}". The Service is served when one is released there or the pool grows.`,
      );
    case 'pool-lacks-family':
      return conditionFalse(
        'PoolLacksFamily',
        `Pool "${refusal.pool}" has no ${formatFamily(refusal.family)} range to give from; add one, or use another pool.`,
      );
    case 'not-in-pool':
      return conditionFalse(
        'AddressNotInPool',
        refusal.pool === null
          ? `${formatAddress(refusal.address)} lies in no pool; ask for an address of a pool, or add a pool that holds it.`
          : `${formatAddress(refusal.address)} does not lie in pool "${refusal.pool}"; ask for an address of that pool, or for another pool.`,
      );
    case 'not-grantable':
      return conditionFalse(
        'AddressOverlapped',
        `${formatAddress(refusal.address)} lies in pool "${refusal.pool}" and in ${describeOlderPool(refusal.grantingPool)}, which alone grants it; ask for another address, or have the pools not overlap.`,
      );
    case 'address-avoided':
      return conditionFalse(
        'AddressAvoided',
        `${formatAddress(refusal.address)} ends in .0 or .255, which pool "${refusal.pool}" avoids (avoidBuggyIPs); ask for another address.`,
      );
    case 'address-taken':
      return conditionFalse(
        'AddressTaken',
        `${formatAddress(refusal.address)} is in use by another Service; \`berth explain address ${formatAddress(refusal.address)}\` names it. The Service is served when that one leaves it.`,
      );
    case 'sharing-refused':
      return conditionFalse(
        'SharingRefused',
        `${formatAddress(refusal.address)} cannot be shared: ${describeMismatch(refusal)}. The Service is served when they agree or the address is free.`,
      );
    default:
      return unreachable(refusal);
  }
}

const describeOlderPool = (name: string | null): string =>
  name === null ? 'an older pool' : `the older pool "${name}"`;

function describeMismatch(refusal: LedgerRefusal & { readonly code: 'sharing-refused' }): string {
  switch (refusal.mismatch) {
    case 'key':
      return 'the Services on it do not carry the same metallb.io/allow-shared-ip';
    case 'backend':
      return 'with externalTrafficPolicy Local, Services on one address must select the same pods';
    case 'port':
      return 'a port of this Service is already in use on it';
  }
}

/** The same as the cause in an event; in MetalLB's words where it has good ones. */
export function eventCauseOf(refusal: LedgerRefusal): string {
  switch (refusal.code) {
    case 'no-such-pool':
      return `unknown pool ${quote(refusal.pool)}`;
    case 'pool-exhausted':
      return `no available IPs in pool "${refusal.pool}" for ${formatFamily(refusal.family)}`;
    case 'pool-lacks-family':
      return `pool "${refusal.pool}" has no ${formatFamily(refusal.family)} range`;
    case 'not-in-pool':
      return `"${formatAddress(refusal.address)}" is not allowed in config`;
    case 'not-grantable':
      return `"${formatAddress(refusal.address)}" is granted by ${describeOlderPool(refusal.grantingPool)} only`;
    case 'address-avoided':
      return `"${formatAddress(refusal.address)}" is avoided by pool "${refusal.pool}"`;
    case 'address-taken':
      return `"${formatAddress(refusal.address)}" is in use by ${listSome(refusal.holders)}`;
    case 'sharing-refused':
      return refusal.mismatch === 'port'
        ? `port ${formatPort(refusal.port)} is already in use on "${formatAddress(refusal.address)}" by ${listSome(refusal.holders)}`
        : `"${formatAddress(refusal.address)}" also in use by ${listSome(refusal.holders)}: ${describeMismatch(refusal)}`;
    default:
      return unreachable(refusal);
  }
}
