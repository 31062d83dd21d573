/** Ports of both programs over the real API: each a request and its answer, without an opinion. */

import type { Millis } from '../../base/clock.ts';
import type { Condition } from '../../cluster/condition.ts';
import { fieldsOf, listOf, type Raw, textOf } from '../../cluster/fields.ts';
import type { ConfigurationStatus } from '../../config/state.ts';
import type { EventPoster } from '../../kube/events.ts';
import { type ApiRequest, type ApiSender, MERGE_PATCH } from '../../kube/outcome.ts';
import { apiVersion, CONFIGURATION_STATES, collectionPath, objectPath } from '../../kube/resource.ts';
import type { ConfigStateApi, StandingState } from '../configstate.ts';
import type { Answer, EventApi } from '../ports.ts';
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

export const eventApi = (poster: EventPoster): EventApi => ({
  post: async ({ about, event }) => toAcknowledgement(await poster.post(about, event)),
});

/** `metadata` of the ConfigurationState that the program keeps: name and labels are MetalLB's. */
export type StateMetadata = {
  readonly name: string;
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
};

export function configStateApi(
  { client, mayWrite, timeout }: Writer,
  metadata: StateMetadata,
): ConfigStateApi {
  const { name, namespace } = metadata;
  const place = { namespace, name };
  const send = (request: Pick<ApiRequest, 'method' | 'path' | 'body' | 'contentType'>) =>
    client.send({ ...request, timeout, mayStillSend: mayWrite });
  return {
    async read(): Promise<Answer<StandingState | null>> {
      const outcome = await client.send({
        method: 'GET',
        path: objectPath(CONFIGURATION_STATES, place),
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
          body: {
            apiVersion: apiVersion(CONFIGURATION_STATES),
            kind: CONFIGURATION_STATES.kind,
            metadata,
          },
        });
        if (made.kind !== 'ok') return toAcknowledgement(made);
      }
      const patched = await send({
        method: 'PATCH',
        path: objectPath(CONFIGURATION_STATES, place, 'status'),
        body: { status },
        contentType: MERGE_PATCH,
      });
      return toAcknowledgement(patched);
    },
  };
}

function readState(raw: Raw): StandingState {
  const status = fieldsOf(raw['status']);
  return {
    result: textOf(status['result']),
    errorSummary: textOf(status['errorSummary']),
    conditions: listOf(status['conditions']).map(readCondition),
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
