/** Which addresses a pool has for a Service: it tries to take them, as the decision does, and takes nothing. */
import type { Result } from '../../base/result.ts';
import type { LedgerRefusal } from '../../ipam/refusal.ts';
import { type Address, type Family, formatAddress } from '../../net/address.ts';
import type { Service } from '../../objects/service.ts';
import { familyChoices } from '../assign.ts';
import { type AllocationContext, claimOf } from '../context.ts';
import { listFirst, quote } from '../quote.ts';
import { eventCauseOf, formatFamily } from '../refusal-text.ts';
import type { ServiceRequest } from '../request.ts';
import { poolField, requestedAddressesField } from './edit-target.ts';
import { failRule, passRule, type RuleResult } from './rule-result.ts';

/** Tries to allocate as if the Service held no address, and rolls back. */
export function tryAllocation(
  context: AllocationContext,
  service: Service,
  request: ServiceRequest,
  pool: string,
): readonly RuleResult[] {
  const replaced = findReplaced(context, service);
  if (request.addresses === null && replaced.keptFrom !== null && replaced.keptFrom !== pool)
    return [otherPoolResult(replaced.families, replaced.keptFrom)];
  const tx = context.ledger.begin();
  tx.release(service.key);
  const claim = claimOf({ service, request });
  const results =
    request.addresses === null
      ? familyResults(request, replaced, (family) => tx.allocate(claim, pool, family), pool)
      : request.addresses.map((address) => addressResult(tx.reserve(claim, address, pool), address, service));
  tx.rollback();
  return results;
}

/** One for each family. PreferDualStack needs one family only, but gives up no address for one of the other family. */
function familyResults(
  request: ServiceRequest,
  replaced: ReplacedAddresses,
  allocate: (family: Family) => Result<Address, LedgerRefusal>,
  pool: string,
): readonly RuleResult[] {
  const results = new Map(
    request.families.map((family) => [family, familyResult(allocate(family), family, pool)]),
  );
  const isServed = familyChoices(request, replaced.families).some((choice) =>
    choice.every((family) => results.get(family)?.passes),
  );
  return [...results.values()].map((one) => ({ ...one, passes: isServed || one.passes }));
}

/** Of addresses that the Service keeps against its sharing key until it gets others. */
type ReplacedAddresses = {
  readonly families: readonly Family[];
  /** The pool of its other address, which it keeps anyway: both come from there. Null where it has no other. */
  readonly keptFrom: string | null;
};

function findReplaced({ ledger }: AllocationContext, { key }: Service): ReplacedAddresses {
  const held = ledger.assignedTo(key);
  const replaced = held.filter(({ address }) => ledger.isForced(key, address));
  const kept = held.find((one) => replaced.length > 0 && !replaced.includes(one));
  return { families: replaced.map(({ address }) => address.family), keptFrom: kept?.pool ?? null };
}

function otherPoolResult(families: readonly Family[], keptFrom: string): RuleResult {
  const what = families.map(formatFamily).join(' and ');
  return failRule(
    'family',
    `The Service keeps its other address from pool ${quote(keptFrom)}, so its ${what} address comes from there, too.`,
    {
      remedy: `add ${what} addresses to pool ${quote(keptFrom)}`,
      field: poolField(keptFrom, 'spec.addresses'),
    },
  );
}

function familyResult(allocated: Result<Address, LedgerRefusal>, family: Family, pool: string): RuleResult {
  if (allocated.ok) return passRule('family', `The pool has a free ${formatFamily(family)} address.`);
  const remedy =
    allocated.error.code === 'pool-lacks-family'
      ? `add an ${formatFamily(family)} range to it`
      : 'add addresses to it, or delete a Service that has one';
  const field = poolField(pool, 'spec.addresses');
  return failRule('family', toSentence(eventCauseOf(allocated.error)), { remedy, field });
}

function addressResult(
  reserved: Result<void, LedgerRefusal>,
  address: Address,
  service: Service,
): RuleResult {
  if (reserved.ok) return passRule('asked-for address', `${formatAddress(address)} is available.`);
  return failRule('asked-for address', toSentence(eventCauseOf(reserved.error)), {
    remedy: remedyFor(reserved.error),
    field: requestedAddressesField(service),
  });
}

/** Where the pool does not contain the requested address. */
export const OUTSIDE_POOL_REMEDY = 'request an address of this pool';

function remedyFor(refusal: LedgerRefusal): string {
  switch (refusal.code) {
    case 'address-taken':
      return `request another address, or give ${listFirst(refusal.holders)} and this Service the same annotation metallb.io/allow-shared-ip`;
    case 'sharing-refused':
      return refusal.mismatch === 'key'
        ? 'give all these Services the same annotation metallb.io/allow-shared-ip'
        : refusal.mismatch === 'port'
          ? 'use another port'
          : 'use externalTrafficPolicy Cluster, or the same selector for all these Services';
    case 'not-grantable':
      return 'remove the overlap of the pools';
    case 'address-avoided':
      return 'request another address, or set avoidBuggyIPs to false';
    default:
      return OUTSIDE_POOL_REMEDY;
  }
}

const toSentence = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
