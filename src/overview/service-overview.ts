/** What the overview says of one Service: what it requests and has, and what the controller has written about it. */

import { ASSIGNED_CONDITION } from '../allocation/condition-reasons.ts';
import { readServiceRequest, type ServiceRequest } from '../allocation/request.ts';
import { isManaged } from '../allocation/service-filter.ts';
import { ownValue } from '../base/own-value.ts';
import { formatAddress } from '../net/address.ts';
import { ALLOCATED_FROM_ANNOTATION, readRequestAnnotation } from '../objects/annotations.ts';
import type { Condition } from '../objects/condition.ts';
import type { Service } from '../objects/service.ts';
import type { AnnouncedOverview, AwaitedNames, ServiceOverview, ServiceState } from './document.ts';

/** Says whether a Service's addresses are announced, whoever announces them. */
export const ANNOUNCED_CONDITION = 'berth.dev/Announced';

/** Longer requests are cut; characters. */
const REQUEST_CHARS_MAX = 60;

export type ServiceOverviewContext = {
  /** `--lb-class` of the controller; null where it serves Services without a class. */
  readonly lbClass: string | null;
  /** The node in the Service's ServiceL2Status; null where there is none. */
  readonly answeredBy: string | null;
};

/** `service` is of type LoadBalancer. */
export function describeService(
  service: Service,
  { lbClass, answeredBy }: ServiceOverviewContext,
): ServiceOverview {
  const addresses = service.ingress.map(({ ip, hostname }) => ip ?? hostname ?? '?');
  const condition = service.conditions.find(({ type }) => type === ASSIGNED_CONDITION);
  const state = stateOf(service, condition, { lbClass });
  return {
    service: service.key,
    state,
    request: describeServiceRequest(service),
    waitsFor: state === 'waiting' || state === 'unreconciled' ? awaitedNames(service) : null,
    addresses,
    pool: service.annotations[ALLOCATED_FROM_ANNOTATION] ?? null,
    reason: condition?.reason ?? null,
    says: condition?.message ?? null,
    since: condition?.lastTransitionTime ?? null,
    announced: readAnnounced(service.conditions),
    answeredBy,
  };
}

function stateOf(
  service: Service,
  condition: Condition | undefined,
  options: { readonly lbClass: string | null },
): ServiceState {
  if (!isManaged(service, options)) return 'others';
  if (service.ingress.length > 0) return 'assigned';
  return condition === undefined ? 'unreconciled' : 'waiting';
}

function awaitedNames(service: Service): AwaitedNames | null {
  const request = readServiceRequest(service);
  const addresses = (request?.addresses ?? []).map(formatAddress);
  const pool = request?.pool ?? null;
  return addresses.length === 0 && pool === null ? null : { addresses, pool };
}

const ANNOUNCERS: Readonly<Record<string, AnnouncedOverview['by']>> = {
  Announced: 'bgp',
  Answered: 'layer2',
  Predicted: 'calico',
  Confirmed: 'calico',
};

function readAnnounced(conditions: readonly Condition[]): AnnouncedOverview | null {
  const condition = conditions.find(({ type }) => type === ANNOUNCED_CONDITION);
  if (condition === undefined) return null;
  const { status, reason, message, lastTransitionTime } = condition;
  const by = status === 'True' ? (ownValue(ANNOUNCERS, reason) ?? null) : null;
  return { status, reason, says: message, since: lastTransitionTime, by };
}

/** What the Service requests, in a few words. */
export function describeServiceRequest(service: Service): string {
  const request = readServiceRequest(service);
  if (request === null) return 'no cluster IP yet';
  const parts = [describeAddresses(service, request)];
  if (request.pool !== null) parts.push(`pool ${request.pool}`);
  if (request.sharing.key !== '') parts.push(`shared as ${request.sharing.key}`);
  const text = parts.join(', ');
  return text.length <= REQUEST_CHARS_MAX ? text : `${text.slice(0, REQUEST_CHARS_MAX - 1)}…`;
}

function describeAddresses({ annotations, loadBalancerIP }: Service, request: ServiceRequest): string {
  if (request.addresses !== null) return request.addresses.map(formatAddress).join(' and ');
  if (request.parseError !== null)
    return readRequestAnnotation(annotations, 'addresses')?.value || loadBalancerIP;
  const families = request.families.map((family) => `IPv${family}`).join(' and ');
  if (request.families.length > 1) return families;
  return request.familyPolicy === 'prefer' ? `${families}, both if possible` : families;
}
