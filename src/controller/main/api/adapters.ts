/** The controller's ports over the real API. */

import type { Millis } from '../../../base/clock.ts';
import type { LeaseTiming } from '../../../kube/election/lease-timing.ts';
import { objectPath, SERVICES } from '../../../kube/resource.ts';
import { STRATEGIC_MERGE_PATCH } from '../../../objects/patch-type.ts';
import { decodeService, type Service, type ServiceKey, splitServiceKey } from '../../../objects/service.ts';
import { API_REQUEST_TIMEOUT, type ApiWriter } from '../../../runtime/main/adapters.ts';
import type { Informer } from '../../../runtime/main/informer.ts';
import { toRequestOutcome } from '../../../runtime/main/request-outcome.ts';
import type { RequestOutcome } from '../../../runtime/ports.ts';
import type { ServiceApi, ServiceCacheView } from '../../ports.ts';

/**
 * Time that a write may still take once its process does not lead any more. A leader sends until its renew deadline, and others
 * take over when the lease has run out: a write that is given up within the time between the two does not land after a
 * successor's list.
 */
export const writeGrace = (election: LeaseTiming | null): Millis =>
  election === null
    ? API_REQUEST_TIMEOUT
    : Math.min(API_REQUEST_TIMEOUT, election.leaseDuration - election.renewDeadline);

export function serviceApi({ client, mayWrite, timeout }: ApiWriter): ServiceApi {
  const path = (key: ServiceKey, subresource = ''): string =>
    objectPath(SERVICES, splitServiceKey(key), subresource);
  return {
    async patch(key: ServiceKey, body: object): Promise<RequestOutcome<Service>> {
      const outcome = await client.send({
        method: 'PATCH',
        path: path(key, 'status'),
        body,
        contentType: STRATEGIC_MERGE_PATCH,
        timeout,
        mayStillSend: mayWrite,
      });
      return toRequestOutcome(outcome, decodeService);
    },
    async read(key: ServiceKey): Promise<RequestOutcome<Service>> {
      return toRequestOutcome(
        await client.send({ method: 'GET', path: path(key), timeout: API_REQUEST_TIMEOUT }),
        decodeService,
      );
    },
  };
}

/** The cache of Services, as the components of the controller see it. */
export const toServiceCacheView = (informer: Informer<Service>): ServiceCacheView => ({
  get: (key) => informer.store.get(key),
  values: () => informer.store.values(),
  applyResponse: (service) => {
    informer.store.applyResponse(service);
  },
  confirmExists: (service) => {
    informer.store.exists(service);
  },
  confirmDeleted: (key, uid) => {
    informer.store.deleted(key, uid);
  },
});
