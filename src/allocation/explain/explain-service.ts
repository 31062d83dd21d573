/**
 * Explains the assignment of a Service: the result of each rule for each pool, in the order in which the pools are tried.
 * It reads the same ledger and rules as the decision, and rolls back what it tries. Unlike a condition it may name other
 * Services and count addresses, since it is true at the moment of the query only.
 */
import { formatIssue } from '../../config/issue.ts';
import type { Pool } from '../../config/pool/pool.ts';
import type { PoolState } from '../../config/pool/pool-set.ts';
import type { AddressCounts } from '../../ipam/ledger.ts';
import type { Address } from '../../net/address.ts';
import { areOversized } from '../../objects/selector.ts';
import { type Service, type ServiceKey, splitServiceKey } from '../../objects/service.ts';
import { findRequestProblem } from '../assign-requested.ts';
import { ASSIGNED_CONDITION, type AssignedCondition } from '../condition-reasons.ts';
import type { AllocationContext } from '../context.ts';
import { externalClaimCondition } from '../external-claims.ts';
import { admitsNamespace, candidatePools, explainExclusion, isActivePool } from '../pool-selection.ts';
import { quote } from '../quote.ts';
import { readServiceRequest, type ServiceRequest } from '../request.ts';
import { isManaged } from '../service-filter.ts';
import { findUnmetRequest } from '../unmet-request.ts';
import { annotationField, poolField } from './edit-target.ts';
import { failRule, passRule, type RuleResult } from './rule-result.ts';
import { tryAllocation } from './try-allocation.ts';

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
          remedy: admissionRemedy(state.active, service, context),
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

/** The edit by which the pool admits a Service that its `serviceAllocation` excludes. */
function admissionRemedy(
  { serviceAllocation }: Pool,
  { key, labels }: Service,
  { labelsOf }: AllocationContext,
): string {
  const { namespace } = splitServiceKey(key);
  if (serviceAllocation !== null && !admitsNamespace(serviceAllocation, namespace, labelsOf))
    return `add ${namespace} to its namespaces`;
  return areOversized(labels)
    ? 'shorten the labels of the Service'
    : 'add a selector to its serviceSelectors that matches the labels of the Service, or change these labels';
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
