/** This file converts a Service into a row of the table: its request, its addresses, or the reason why it has none. */

import { ASSIGNED_CONDITION } from '../../allocation/condition-reasons.ts';
import { readServiceRequest, type ServiceRequest } from '../../allocation/request.ts';
import { fieldsOf, type Raw } from '../../base/json.ts';
import { formatAddress } from '../../net/address.ts';
import { ALLOCATED_FROM_ANNOTATION } from '../../objects/annotations.ts';
import { metadataOf } from '../../objects/metadata.ts';
import { decodeService, type Service } from '../../objects/service.ts';

/** With the value `waiting` the Service is expected to have no address, and `--once` does not count it as a failure. */
export const EXPECT_ANNOTATION = 'playground.berth.dev/expect';

export type ServiceState =
  /** It has an address. */
  | 'served'
  /** It has none, and the controller has set a condition with the reason. */
  | 'waiting'
  /** The controller has not reconciled it yet. */
  | 'new'
  /** Its loadBalancerClass belongs to another controller. */
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
  /** The reason why it has no address, or a warning about the address it has; null where there is neither. */
  readonly note: string | null;
  /** Whether it should have an address. */
  readonly shouldHaveAddress: boolean;
};

/** Longer requests are truncated; characters. */
const REQUEST_CHARS_MAX = 60;

/** Reads a row from a Service; null where the object has no name. */
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
