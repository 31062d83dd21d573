/** The loops' ports over the real API: each a request and its answer, without an opinion. */

import type { Millis } from '../../base/clock.ts';
import { fieldsOf, type Raw } from '../../cluster/fields.ts';
import { type Service, type ServiceKey, splitServiceKey } from '../../cluster/service.ts';
import type { LeaseTiming } from '../../kube/leasetiming.ts';
import { MERGE_PATCH, STRATEGIC_MERGE_PATCH } from '../../kube/outcome.ts';
import { objectPath, POOLS, SERVICES } from '../../kube/resource.ts';
import { translateService } from '../../kube/translate.ts';
import type { PoolCounts } from '../../observe/poolgauges.ts';
import { REQUEST_TIMEOUT, type Writer } from '../../program/main/adapters.ts';
import { toAcknowledgement, toAnswer } from '../../program/main/answers.ts';
import type { Answer } from '../../program/ports.ts';
import type { PoolStatusApi } from '../poolstatus.ts';
import type { ServiceApi } from '../ports.ts';

/**
 * A leader sends until its renew deadline, and others take over when the lease has run out: a write that is
 * given up within the time between the two cannot land behind the back of a successor's list, as far as we know
 * of it.
 */
export const writeTimeout = (election: LeaseTiming | null): Millis =>
  election === null
    ? REQUEST_TIMEOUT
    : Math.min(REQUEST_TIMEOUT, election.leaseDuration - election.renewDeadline);

export function serviceApi({ client, mayWrite, timeout }: Writer): ServiceApi {
  const path = (key: ServiceKey, subresource = ''): string =>
    objectPath(SERVICES, splitServiceKey(key), subresource);
  return {
    async patch(key: ServiceKey, body: object): Promise<Answer<Service>> {
      const outcome = await client.send({
        method: 'PATCH',
        path: path(key, 'status'),
        body,
        contentType: STRATEGIC_MERGE_PATCH,
        timeout,
        mayStillSend: mayWrite,
      });
      return toAnswer(outcome, translateService);
    },
    async read(key: ServiceKey): Promise<Answer<Service>> {
      return toAnswer(
        await client.send({ method: 'GET', path: path(key), timeout: REQUEST_TIMEOUT }),
        translateService,
      );
    },
  };
}

/** `learn` is told of the pool as it is after a write. */
export function poolStatusApi(
  { client, mayWrite, timeout }: Writer,
  namespace: string,
  learn: (raw: Raw) => void,
): PoolStatusApi {
  return {
    async write(pool: string, counts: PoolCounts): Promise<Answer<void>> {
      const outcome = await client.send({
        method: 'PATCH',
        path: objectPath(POOLS, { namespace, name: pool }, 'status'),
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
      if (outcome.kind === 'ok') learn(fieldsOf(outcome.body));
      return toAcknowledgement(outcome);
    },
  };
}

/** What an IPAddressPool's status says of itself; null where it says nothing. */
export function standingCounts(pool: unknown): PoolCounts | null {
  const status = fieldsOf(fieldsOf(pool)['status']);
  const count = (field: string): number | null => (typeof status[field] === 'number' ? status[field] : null);
  const [assigned4, assigned6] = [count('assignedIPv4'), count('assignedIPv6')];
  const [available4, available6] = [count('availableIPv4'), count('availableIPv6')];
  if (assigned4 === null || assigned6 === null || available4 === null || available6 === null) return null;
  return { assigned4, assigned6, available4, available6 };
}
