/** The loops' ports over the real API: each a request and its answer, without an opinion. */
import type { Millis } from '../../base/clock.ts';
import type { Condition } from '../../cluster/condition.ts';
import { type Service, type ServiceKey, splitServiceKey } from '../../cluster/service.ts';
import type { ConfigurationStatus } from '../../config/state.ts';
import type { EventPoster } from '../../kube/events.ts';
import type { LeaseTiming } from '../../kube/leasetiming.ts';
import { type ApiRequest, type ApiSender, MERGE_PATCH, STRATEGIC_MERGE_PATCH } from '../../kube/outcome.ts';
import { fieldsOf, itemsOf, type KubeObject, textOf } from '../../kube/raw.ts';
import {
  apiVersion,
  CONFIGURATION_STATES,
  collectionPath,
  objectPath,
  POOLS,
  SERVICES,
} from '../../kube/resource.ts';
import { translateService } from '../../kube/translate.ts';
import type { PoolCounts } from '../../observe/poolgauges.ts';
import type { ConfigStateApi, StandingState } from '../configstate.ts';
import type { PoolStatusApi } from '../poolstatus.ts';
import type { Answer, EventApi, ServiceApi } from '../ports.ts';
import { toAcknowledgement, toAnswer } from './answers.ts';

/** For one request, at most. */
export const REQUEST_TIMEOUT: Millis = 5000;

export type Writer = {
  readonly client: ApiSender;
  /** Asked in the turn in which a write goes out. */
  readonly mayWrite: () => boolean;
  /** For one write: it must be over before anybody else may lead. See `writeTimeout`. */
  readonly timeout: Millis;
};

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

export const eventApi = (poster: EventPoster): EventApi => ({
  post: async ({ about, event }) => toAcknowledgement(await poster.post(about, event)),
});

/** `learn` is told of the pool as it is after a write. */
export function poolStatusApi(
  { client, mayWrite, timeout }: Writer,
  namespace: string,
  learn: (raw: KubeObject) => void,
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

/** MetalLB's name for the controller's own ConfigurationState. */
const STATE_NAME = 'controller';

const stateObject = (namespace: string): object => ({
  apiVersion: apiVersion(CONFIGURATION_STATES),
  kind: CONFIGURATION_STATES.kind,
  metadata: { name: STATE_NAME, namespace, labels: { 'metallb.io/component-type': 'controller' } },
});

export function configStateApi({ client, mayWrite, timeout }: Writer, namespace: string): ConfigStateApi {
  const name = { namespace, name: STATE_NAME };
  const send = (request: Pick<ApiRequest, 'method' | 'path' | 'body' | 'contentType'>) =>
    client.send({ ...request, timeout, mayStillSend: mayWrite });
  return {
    async read(): Promise<Answer<StandingState | null>> {
      const outcome = await client.send({
        method: 'GET',
        path: objectPath(CONFIGURATION_STATES, name),
        timeout: REQUEST_TIMEOUT,
      });
      const answer = toAnswer<StandingState | null>(outcome, readState);
      return answer.kind === 'gone' ? { kind: 'done', value: null } : answer;
    },
    async write(status: ConfigurationStatus, exists: boolean): Promise<Answer<void>> {
      if (!exists) {
        const made = await send({
          method: 'POST',
          path: collectionPath(CONFIGURATION_STATES, namespace),
          body: stateObject(namespace),
        });
        if (made.kind !== 'ok') return toAcknowledgement(made);
      }
      const patched = await send({
        method: 'PATCH',
        path: objectPath(CONFIGURATION_STATES, name, 'status'),
        body: { status },
        contentType: MERGE_PATCH,
      });
      return toAcknowledgement(patched);
    },
  };
}

function readState(raw: KubeObject): StandingState {
  const status = fieldsOf(raw['status']);
  return {
    result: textOf(status['result']),
    errorSummary: textOf(status['errorSummary']),
    conditions: itemsOf(status['conditions']).map(readCondition),
  };
}

function readCondition(raw: unknown): Condition {
  const fields = fieldsOf(raw);
  const status = textOf(fields['status']);
  return {
    type: textOf(fields['type']),
    status: status === 'True' || status === 'False' ? status : 'Unknown',
    reason: textOf(fields['reason']),
    message: textOf(fields['message']),
    lastTransitionTime: textOf(fields['lastTransitionTime']),
  };
}
