/**
 * Explains the assignment of a Service: the result of each rule for each pool, in the order in which the pools are tried.
 * It reads the same ledger and rules as the decision, and rolls back what it tries. Unlike a condition it may name other
 * Services and count addresses, since it is true at the moment of the query only.
 */
import type { Result } from '../../base/result.ts';
import { formatIssue } from '../../config/issue.ts';
import type { PoolState } from '../../config/pool/pool-set.ts';
import type { AddressCounts } from '../../ipam/ledger.ts';
import type { LedgerRefusal } from '../../ipam/refusal.ts';
import { type Address, type Family, formatAddress } from '../../net/address.ts';
import type { Service, ServiceKey } from '../../objects/service.ts';
import { findRequestProblem } from '../assign-requested.ts';
import { ASSIGNED_CONDITION, type AssignedCondition } from '../condition-reasons.ts';
import { type AllocationContext, claimOf } from '../context.ts';
import { externalClaimCondition } from '../external-claims.ts';
import { candidatePools, explainExclusion, isActivePool } from '../pool-selection.ts';
import { listFirst, quote } from '../quote.ts';
import { eventCauseOf, formatFamily } from '../refusal-text.ts';
import { readServiceRequest, type ServiceRequest } from '../request.ts';
import { isManaged } from '../service-filter.ts';
import { findUnmetRequest } from '../unmet-request.ts';
import { annotationField, poolField, requestedAddressesField } from './edit-target.ts';

/** In the order in which they are checked. The names are in the JSON of `berth explain`. */
export type AllocationRule =
  | 'readable'
  | 'asked-for pool'
  | 'serviceAllocation'
  | 'autoAssign'
  | 'asked-for address'
  | 'family';

export type RuleResult = {
  readonly rule: AllocationRule;
  readonly passes: boolean;
  readonly says: string;
  /** What would make it pass, or removes its problem; null where there is none. */
  readonly remedy: string | null;
  /** The field that the remedy changes, as `kind name, path`; null where there is no remedy. */
  readonly field: string | null;
};

export type PoolEvaluation = {
  readonly pool: string;
  /** Position among the pools that are tried automatically, from 1; null where it is not tried. */
  readonly place: number | null;
  readonly serves: boolean;
  readonly rules: readonly RuleResult[];
  /** Null where the pool is not active. */
  readonly counts: AddressCounts | null;
};

export type ServiceExplanation = {
  readonly key: ServiceKey;
  /** Why Berth does not assign addresses to it; null where it does. */
  readonly unmanagedReason: string | null;
  /** The condition that the controller sets where Calico assigns; no pool is tried then. Else null. */
  readonly claim: AssignedCondition | null;
  /** Its condition in the status, and since when it is so; null where it has none. */
  readonly condition: { readonly reason: string; readonly message: string; readonly since: string } | null;
  readonly request: ServiceRequest | null;
  /** Where pools are read. */
  readonly poolNamespace: string;
  /** What is wrong with the request, whatever pools there are; null where nothing is. */
  readonly requestProblem: string | null;
  /** The pools that are tried, in that order; then the others by name. */
  readonly pools: readonly PoolEvaluation[];
  /** The other holders of the requested addresses. */
  readonly holders: readonly { readonly address: Address; readonly holders: readonly ServiceKey[] }[];
};

export function explainService(context: AllocationContext, service: Service): ServiceExplanation {
  const condition = service.conditions.find(({ type }) => type === ASSIGNED_CONDITION);
  const request = readServiceRequest(service);
  const claim = isManaged(service, context.options)
    ? externalClaimCondition(context.externalClaims, service)
    : null;
  return {
    key: service.key,
    unmanagedReason: claim?.message ?? explainUnmanaged(context, service),
    claim,
    condition:
      condition === undefined
        ? null
        : { reason: condition.reason, message: condition.message, since: condition.lastTransitionTime },
    request,
    poolNamespace: context.options.poolNamespace,
    requestProblem: request === null ? 'The Service has no cluster IP.' : findProblem(service, request),
    pools: request === null || claim !== null ? [] : evaluatePools(context, service, request),
    holders: (request?.addresses ?? []).map((address) => ({
      address,
      holders: context.ledger
        .claimsOn(address)
        .map(({ holder }) => holder)
        .filter((holder) => holder !== service.key),
    })),
  };
}

function explainUnmanaged({ options }: AllocationContext, service: Service): string | null {
  if (isManaged(service, options)) return null;
  if (service.type !== 'LoadBalancer') return `Its type is ${service.type}.`;
  const managedClass =
    options.lbClass === null ? 'Services without a class' : `the class ${quote(options.lbClass)}`;
  const serviceClass =
    service.loadBalancerClass === null ? 'no class' : `loadBalancerClass ${quote(service.loadBalancerClass)}`;
  return `This controller manages ${managedClass}; the Service has ${serviceClass}.`;
}

function findProblem(service: Service, request: ServiceRequest): string | null {
  const { addresses, families } = request;
  const condition =
    findUnmetRequest({ service, request })?.condition ??
    (addresses === null ? null : findRequestProblem(addresses, families));
  return condition === null ? null : condition.message;
}

function evaluatePools(
  context: AllocationContext,
  service: Service,
  request: ServiceRequest,
): readonly PoolEvaluation[] {
  const order = candidatePools(context.poolOrder, service, context.labelsOf).map(({ name }) => name);
  const rest = [...context.poolSet.byName.keys()].filter((name) => !order.includes(name));
  return [...order, ...rest].flatMap((name) => {
    const state = context.poolSet.byName.get(name);
    if (state === undefined) return [];
    const rules = evaluateRules(context, service, request, state);
    const place = order.indexOf(name) + 1;
    return {
      pool: name,
      place: place === 0 ? null : place,
      serves: rules.every(({ passes }) => passes),
      rules,
      counts: context.ledger.hasPool(name) ? context.ledger.counts(name) : null,
    };
  });
}

const passRule = (rule: AllocationRule, says: string): RuleResult => ({
  rule,
  passes: true,
  says,
  remedy: null,
  field: null,
});

/** `field` is what the remedy changes. */
const failRule = (
  rule: AllocationRule,
  says: string,
  { remedy, field }: { readonly remedy: string; readonly field: string },
): RuleResult => ({ rule, passes: false, says, remedy, field });

function evaluateRules(
  context: AllocationContext,
  service: Service,
  request: ServiceRequest,
  state: PoolState,
): readonly RuleResult[] {
  const rules = [checkValidity(state)];
  if (request.pool !== null) {
    rules.push(
      request.pool === state.name
        ? passRule('asked-for pool', 'The Service requests this pool.')
        : failRule('asked-for pool', `The Service requests pool ${quote(request.pool)}.`, {
            remedy: 'remove or change the annotation metallb.io/address-pool',
            field: annotationField(service, 'pool'),
          }),
    );
  }
  if (!isActivePool(state)) return rules;
  const exclusion = explainExclusion(state.active, service, context.labelsOf);
  rules.push(
    exclusion === null
      ? passRule('serviceAllocation', 'The pool admits the Service.')
      : failRule('serviceAllocation', `The pool does not admit the Service: ${exclusion}.`, {
          remedy: 'change the serviceAllocation or the Service',
          field: poolField(state.name, 'spec.serviceAllocation'),
        }),
  );
  if (request.pool === null && request.addresses === null) {
    rules.push(
      state.active.autoAssign
        ? passRule('autoAssign', 'The pool assigns addresses automatically.')
        : failRule('autoAssign', 'The pool assigns addresses only on request.', {
            remedy: `annotate the Service with metallb.io/address-pool=${state.name}`,
            field: annotationField(service, 'pool'),
          }),
    );
  }
  return [...rules, ...tryAllocation(context, service, request, state.name)];
}

function checkValidity({ name, issues, active }: PoolState): RuleResult {
  const [issue] = issues;
  if (issue === undefined) return passRule('readable', 'The pool is valid.');
  // In this process its last valid version may still be active.
  const says = `The pool is invalid: ${formatIssue(issue)}.`;
  return {
    rule: 'readable',
    passes: active !== null,
    says,
    remedy: 'fix the pool',
    field: poolField(name, issue.path),
  };
}

/** Tries to allocate as if the Service held no address, and rolls back. */
function tryAllocation(
  context: AllocationContext,
  service: Service,
  request: ServiceRequest,
  pool: string,
): readonly RuleResult[] {
  const tx = context.ledger.begin();
  tx.release(service.key);
  const claim = claimOf({ service, request });
  const results =
    request.addresses === null
      ? request.families.map((family) => familyResult(tx.allocate(claim, pool, family), family, pool))
      : request.addresses.map((address) => addressResult(tx.reserve(claim, address, pool), address, service));
  tx.rollback();
  // PreferDualStack needs one family only.
  const isOneEnough = request.familyPolicy === 'prefer' && request.addresses === null;
  return isOneEnough && results.some((one) => one.passes)
    ? results.map((one) => ({ ...one, passes: true }))
    : results;
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
