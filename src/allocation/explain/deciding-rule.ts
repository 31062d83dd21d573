/** The rule that decides about a Service: why it has its address or none, and which field an edit has to change. */

import { didYouMean } from '../../base/text.ts';
import { formatAddress } from '../../net/address.ts';
import type { Service } from '../../objects/service.ts';
import { listFirst, quote } from '../quote.ts';
import { isKeptAgainstRequest } from '../unmet-request.ts';
import {
  annotationField,
  foreignAddressesField,
  poolField,
  requestedAddressesField,
  serviceField,
} from './edit-target.ts';
import type { PoolEvaluation, ServiceExplanation } from './explain-service.ts';
import type { RuleResult } from './rule-result.ts';
import { OUTSIDE_POOL_REMEDY } from './try-allocation.ts';

export type DecidingRule = {
  /** One or more sentences. */
  readonly because: string;
  /** The field and the edit; null where nothing has to be changed. */
  readonly change: string | null;
};

/** What the status of the Service shows, whoever wrote it. */
export type CurrentAddresses = { readonly addresses: readonly string[]; readonly pool: string | null };

export function findDecidingRule(
  explanation: ServiceExplanation,
  service: Service,
  current: CurrentAddresses,
): DecidingRule {
  if (explanation.unmanagedReason !== null) return decideUnmanaged(explanation, service, current);
  return current.addresses.length > 0
    ? decideAssigned(explanation, service, current)
    : decideWithoutAddress(explanation, service);
}

/** The pools that fail by the fewest rules, in their order; empty if one serves the Service, or if there is none. */
export function closestPools(pools: readonly PoolEvaluation[]): readonly PoolEvaluation[] {
  if (pools.some(({ serves }) => serves)) return [];
  const fewest = Math.min(...pools.map((one) => failedRules(one).length));
  return pools.filter((one) => failedRules(one).length === fewest);
}

export const failedRules = ({ rules }: Pick<PoolEvaluation, 'rules'>): readonly RuleResult[] =>
  rules.filter(({ passes }) => !passes);

function decideUnmanaged(
  { unmanagedReason, claim }: ServiceExplanation,
  { key, type }: Service,
  { addresses }: CurrentAddresses,
): DecidingRule {
  const writer = addresses.length === 0 ? '' : 'Another program wrote the address. ';
  const because = `${writer}Berth assigns none to this Service: ${unmanagedReason ?? ''}`;
  if (claim !== null) return { because, change: null };
  if (type !== 'LoadBalancer')
    return { because, change: `${serviceField(key, 'spec.type')}: set LoadBalancer` };
  const field = serviceField(key, 'spec.loadBalancerClass');
  return {
    because,
    change: `${field}: create the Service again with the class of this controller; the field cannot be edited`,
  };
}

function decideWithoutAddress(explanation: ServiceExplanation, service: Service): DecidingRule {
  const { requestProblem, pools, poolNamespace } = explanation;
  if (requestProblem !== null) return { because: requestProblem, change: problemField(explanation, service) };
  if (pools.length === 0)
    return {
      because: `There is no IPAddressPool in the namespace ${poolNamespace}.`,
      change: 'create an IPAddressPool with spec.addresses',
    };
  const serving = pools.find(({ serves }) => serves);
  if (serving !== undefined)
    return {
      because: `Pool ${quote(serving.pool)} serves it, and no controller has assigned an address yet.`,
      change: 'nothing in the Service: check that the controller runs and is ready',
    };
  return decideByPools(explanation, service);
}

/** That of the requested pool, or of the pool that is nearest to serving it. No pool serves it. */
function decideByPools({ request, pools }: ServiceExplanation, service: Service): DecidingRule {
  const wanted = request?.pool ?? null;
  if (wanted !== null) {
    const requested = pools.find(({ pool }) => pool === wanted);
    if (requested !== undefined) return describeFailure(requested);
    const names = pools.map(({ pool }) => pool);
    const hint = didYouMean(wanted, names) ?? `request one of ${listFirst(names)}`;
    return {
      because: `The Service requests pool ${quote(wanted)}, which does not exist.`,
      change: `${annotationField(service, 'pool')}: ${hint}`,
    };
  }
  const closest = closestPools(pools);
  const isOutside = (one: PoolEvaluation): boolean =>
    failedRules(one).some(({ remedy }) => remedy === OUTSIDE_POOL_REMEDY);
  const [first] = closest.toSorted((a, b) => Number(isOutside(a)) - Number(isOutside(b)));
  if (first === undefined || !isOutside(first) || request?.addresses == null)
    return first === undefined ? { because: '', change: null } : describeFailure(first);
  const addresses = request.addresses.map(formatAddress).join(' and ');
  return {
    because: `The Service requests ${addresses}, and no single pool that it may use contains that.`,
    change: `${requestedAddressesField(service)}: ${OUTSIDE_POOL_REMEDY}, such as ${quote(first.pool)}; or add the address to spec.addresses of a pool`,
  };
}

/** The field of a request that cannot be met, whatever pools there are. */
function problemField({ request }: ServiceExplanation, service: Service): string {
  const { key } = service;
  if (request === null)
    return `${serviceField(key, 'spec.clusterIP')}: remove None, so that the API server assigns one`;
  if (request.parseError !== null)
    return `${requestedAddressesField(service)}: correct or remove it; then pools decide`;
  return request.addresses === null
    ? `${serviceField(key, 'spec.ipFamilyPolicy')}: set PreferDualStack or SingleStack`
    : `${requestedAddressesField(service)}: request addresses of the families of the cluster IPs`;
}

function describeFailure(pool: PoolEvaluation): DecidingRule {
  const failed = failedRules(pool);
  return {
    because: `Pool ${quote(pool.pool)} does not serve it. ${failed.map(({ says }) => says).join(' ')}`,
    change: failed
      .map(({ field, remedy }) => [field, remedy].filter((part) => part !== null).join(': '))
      .join('; and '),
  };
}

function decideAssigned(
  explanation: ServiceExplanation,
  service: Service,
  current: CurrentAddresses,
): DecidingRule {
  const { condition, request, requestProblem, pools } = explanation;
  const name = current.pool;
  if (name === null)
    return {
      because:
        'Another program wrote the address: it is not recorded which pool assigned it. Berth keeps it.',
      change: `nothing; if Berth should assign one, ${foreignAddressesField(service.key)}: replace`,
    };
  if (condition?.reason === 'StatusContested')
    return {
      because: 'Another program keeps replacing what Berth writes, so Berth stopped writing.',
      change: 'the other program: let only one of the two manage the Service',
    };
  const kept = condition !== null && isKeptAgainstRequest(condition.reason);
  if (requestProblem !== null)
    return {
      because: `It keeps this address, because its request is invalid: ${requestProblem}`,
      change: problemField(explanation, service),
    };
  if (kept && pools.length > 0 && !pools.some(({ serves }) => serves)) {
    const { because, change } = decideByPools(explanation, service);
    return { because: `It keeps this address, because its request cannot be met. ${because}`, change };
  }
  if (request?.addresses != null)
    return { because: `The Service requests it: ${requestedAddressesField(service)}.`, change: null };
  if (request?.pool === name)
    return {
      because: `The Service requests pool ${quote(name)}: ${annotationField(service, 'pool')}.`,
      change: null,
    };
  return decideByOrder(pools, name);
}

/** The pool was tried at its place in the order; an address stays when the order changes later. */
function decideByOrder(pools: readonly PoolEvaluation[], name: string): DecidingRule {
  const pool = pools.find((one) => one.pool === name);
  if (pool === undefined)
    return {
      because: `Its pool ${quote(name)} does not exist any more. The address is kept until the grace period ends.`,
      change: `${poolField(name, '')}: create it again; else the Service gets another address`,
    };
  const failed = failedRules(pool);
  // A full pool has assigned this address all the same.
  const refusing = failed.filter(({ rule }) => rule !== 'family');
  if (pool.place === null || refusing.length > 0) {
    const reasons = refusing.map(({ says }) => ` ${says}`).join('');
    const cause =
      reasons === '' ? ' Pools that are bound to it by serviceAllocation come first today.' : reasons;
    return {
      because: `Pool ${quote(name)} assigned it, and an address is kept. Today it would not be chosen.${cause}`,
      change: null,
    };
  }
  const before = pools.filter(({ place }) => place !== null && place < (pool.place ?? 0));
  const serving = before.find(({ serves }) => serves);
  if (serving !== undefined)
    return {
      because: `Pool ${quote(name)} assigned it, and an address is kept. A new Service would get one of pool ${quote(serving.pool)}.`,
      change: null,
    };
  const [first] = before;
  const earlier = first === undefined ? null : failedRules(first)[0]?.says;
  return {
    because:
      first === undefined
        ? `Pool ${quote(name)} is tried first and serves the Service.`
        : `Pool ${quote(name)} is the first in the order that serves it. Pool ${quote(first.pool)} comes before: ${earlier ?? 'it does not serve it'}`,
    change: null,
  };
}
