/** A Service as the table shows it: what it asks for, what it has, or why it has nothing. */

import { ASSIGNED_CONDITION } from '../../allocation/condition-reasons.ts';
import { readServiceRequest, type ServiceRequest } from '../../allocation/request.ts';
import { fieldsOf, type Raw } from '../../base/json.ts';
import { formatAddress } from '../../net/address.ts';
import { ALLOCATED_FROM_ANNOTATION } from '../../objects/annotations.ts';
import { metadataOf } from '../../objects/metadata.ts';
import { decodeService, type Service } from '../../objects/service.ts';

/** `waiting`: the Service is meant to have no address, and counts as well without one. */
export const EXPECT_ANNOTATION = 'playground.berth.dev/expect';

export type ServiceState =
  /** It has an address. */
  | 'served'
  /** It has none, and the controller said why. */
  | 'waiting'
  /** The controller has not looked at it yet. */
  | 'new'
  /** Its loadBalancerClass is for somebody who is not here. */
  | 'others';

export type ServiceRow = {
  /** `namespace/name`. */
  readonly key: string;
  readonly uid: string;
  readonly resourceVersion: string;
  readonly request: string;
  readonly addresses: readonly string[];
  readonly pool: string | null;
  readonly state: ServiceState;
  /** Why it has no address, or what else is to be said of it; null where there is nothing to add. */
  readonly note: string | null;
  /** Whether it should have an address. */
  readonly shouldHaveAddress: boolean;
};

/** Longer texts than this are somebody's mistake, and shown by their beginning; characters. */
const REQUEST_CHARS_MAX = 60;

/** Null where the object has no name. */
export function readServiceRow(raw: Raw): ServiceRow | null {
  const service = decodeService(raw);
  if (service === null) return null;
  const { key, uid, resourceVersion, loadBalancerClass } = service;
  const addresses = service.ingress.map(({ ip, hostname }) => ip ?? hostname ?? '?');
  const condition = service.conditions.find(({ type }) => type === ASSIGNED_CONDITION);
  const state: ServiceState =
    addresses.length > 0
      ? 'served'
      : loadBalancerClass !== null
        ? 'others'
        : condition === undefined
          ? 'new'
          : 'waiting';
  const annotations = fieldsOf(metadataOf(raw)['annotations']);
  return {
    key,
    uid,
    resourceVersion,
    request: describeRequest(service),
    addresses,
    pool: service.annotations[ALLOCATED_FROM_ANNOTATION] ?? null,
    state,
    note: noteOf(state, condition, loadBalancerClass),
    shouldHaveAddress: loadBalancerClass === null && annotations[EXPECT_ANNOTATION] !== 'waiting',
  };
}

function noteOf(
  state: ServiceState,
  condition: { readonly reason: string; readonly message: string } | undefined,
  loadBalancerClass: string | null,
): string | null {
  if (state === 'others') return `Its class "${loadBalancerClass}" is for another controller.`;
  if (condition === undefined || condition.reason === 'Assigned') return null;
  return `${condition.reason}: ${condition.message}`;
}

function describeRequest(service: Service): string {
  const request = readServiceRequest(service);
  if (request === null) return 'no cluster IP yet';
  const parts = [describeAddressRequest(service, request)];
  if (request.pool !== null) parts.push(`pool ${request.pool}`);
  if (request.sharing.key !== '') parts.push(`shared as ${request.sharing.key}`);
  const text = parts.join(', ');
  return text.length <= REQUEST_CHARS_MAX ? text : `${text.slice(0, REQUEST_CHARS_MAX - 1)}…`;
}

function describeAddressRequest({ annotations, loadBalancerIP }: Service, request: ServiceRequest): string {
  if (request.addresses !== null) return request.addresses.map(formatAddress).join(' and ');
  if (request.parseError !== null) return annotations['metallb.io/loadBalancerIPs'] ?? loadBalancerIP;
  const families = request.families.map((family) => `IPv${family}`).join(' and ');
  if (request.families.length > 1) return families;
  return request.familyPolicy === 'prefer' ? `${families}, both if possible` : families;
}
