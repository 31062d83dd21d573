/** The controller's ports over the real API. */

import type { Millis } from '../../../base/clock.ts';
import { fieldsOf, type Raw } from '../../../base/json.ts';
import type { LeaseTiming } from '../../../kube/election/lease-timing.ts';
import { IP_ADDRESS_POOLS, objectPath, SERVICES } from '../../../kube/resource.ts';
import { MERGE_PATCH, STRATEGIC_MERGE_PATCH } from '../../../objects/patch-type.ts';
import { decodeService, type Service, type ServiceKey, splitServiceKey } from '../../../objects/service.ts';
import type { PoolCounts } from '../../../observe/pool-gauges.ts';
import { API_REQUEST_TIMEOUT, type ApiWriter } from '../../../runtime/main/adapters.ts';
import type { Informer } from '../../../runtime/main/informer.ts';
import { toRequestOutcome, toWriteOutcome } from '../../../runtime/main/request-outcome.ts';
import type { RequestOutcome } from '../../../runtime/ports.ts';
import type { PoolStatusApi } from '../../pools/status-writer.ts';
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

/** `onWritten` gets the pool as it is after a write. */
export function poolStatusApi(
  { client, mayWrite, timeout }: ApiWriter,
  namespace: string,
  onWritten: (raw: Raw) => void,
): PoolStatusApi {
  return {
    async write(pool: string, counts: PoolCounts): Promise<RequestOutcome<void>> {
      const outcome = await client.send({
        method: 'PATCH',
        path: objectPath(IP_ADDRESS_POOLS, { namespace, name: pool }, 'status'),
        body: {
          status: {
            assignedIPv4: counts.assigned4,
            assignedIPv6: counts.assigned6,
            availableIPv4: counts.available4,
            availableIPv6: counts.available6,
          },
        },
        contentType: MERGE_PATCH,
        timeout,
        mayStillSend: mayWrite,
      });
      if (outcome.kind === 'ok') onWritten(fieldsOf(outcome.body));
      return toWriteOutcome(outcome);
    },
  };
}

/** Counters in the status of an IPAddressPool; null where one is missing. */
export function readStatusCounts(pool: unknown): PoolCounts | null {
  const status = fieldsOf(fieldsOf(pool)['status']);
  const count = (field: string): number | null => (typeof status[field] === 'number' ? status[field] : null);
  const [assigned4, assigned6] = [count('assignedIPv4'), count('assignedIPv6')];
  const [available4, available6] = [count('availableIPv4'), count('availableIPv6')];
  if (assigned4 === null || assigned6 === null || available4 === null || available6 === null) return null;
  return { assigned4, assigned6, available4, available6 };
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
