/** This file converts a Service into a row of the table: what the overview says of it, and what the playground expects. */

import { fieldsOf, type Raw } from '../../base/json.ts';
import { metadataOf } from '../../objects/metadata.ts';
import { decodeService } from '../../objects/service.ts';
import type { ServiceOverview, ServiceState } from '../../overview/document.ts';
import { describeService } from '../../overview/service-overview.ts';

/** With the value `waiting` the Service is expected to have no address, and `--once` does not count it as a failure. */
export const EXPECT_ANNOTATION = 'playground.berth.dev/expect';

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

/** Reads a row from a Service; null where the object has no name. */
export function readServiceRow(raw: Raw): ServiceRow | null {
  const service = decodeService(raw);
  if (service === null) return null;
  const { key, uid, resourceVersion, loadBalancerClass } = service;
  const overview = describeService(service, { lbClass: null, answeredBy: null });
  const { request, addresses, pool } = overview;
  const annotations = fieldsOf(metadataOf(raw)['annotations']);
  // An address counts, whichever controller has assigned it.
  const state = addresses.length > 0 ? 'assigned' : overview.state;
  return {
    ...{ key, uid, resourceVersion, request, addresses, pool, state },
    note: noteOf(state, overview, loadBalancerClass),
    shouldHaveAddress: loadBalancerClass === null && annotations[EXPECT_ANNOTATION] !== 'waiting',
  };
}

function noteOf(
  state: ServiceState,
  { reason, says }: ServiceOverview,
  loadBalancerClass: string | null,
): string | null {
  if (state === 'others') return `Its class "${loadBalancerClass}" is for another controller.`;
  return reason === null || reason === 'Assigned' ? null : `${reason}: ${says}`;
}
