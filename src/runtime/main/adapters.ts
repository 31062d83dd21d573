/** Ports of both programs over the real API. */

import type { Millis } from '../../base/clock.ts';
import { fieldsOf, type Raw, textOf } from '../../base/json.ts';
import type { ConfigurationStatus } from '../../config/state.ts';
import type { EventRecorder } from '../../kube/event-recorder.ts';
import type { ApiRequest, ApiSender } from '../../kube/http/api-request.ts';
import { CONFIGURATION_STATES, collectionPath, objectPath, withQuery } from '../../kube/resource.ts';
import { apiVersionOf } from '../../objects/api-group.ts';
import { decodeConditions } from '../../objects/condition.ts';
import { MERGE_PATCH } from '../../objects/patch-type.ts';
import type { ConfigurationStateApi, StoredConfigurationState } from '../configuration-state.ts';
import type { EventApi, RequestOutcome } from '../ports.ts';
import { toRequestOutcome, toWriteOutcome } from './request-outcome.ts';

/** Time limit of one request. */
export const API_REQUEST_TIMEOUT: Millis = 5000;

export type ApiWriter = {
  readonly client: ApiSender;
  /** Asked in the turn of the event loop in which a write is sent. */
  readonly mayWrite: () => boolean;
  /** Time limit of one write, unless `client` knows that it needs longer. See `PatientWrites`. */
  readonly timeout: Millis;
};

export const eventApi = (poster: EventRecorder): EventApi => ({
  post: async ({ regarding, event }) => toWriteOutcome(await poster.record(regarding, event)),
});

/** The field managers by which MetalLB's programs write the status of their ConfigurationState. */
export const STATE_FIELD_MANAGERS = { controller: 'poolReconciler', speaker: 'configReconciler' } as const;

/** `metadata` of the program's ConfigurationState; name and labels are MetalLB's. */
export type ConfigurationStateMetadata = {
  readonly name: string;
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
};

export function configurationStateApi(
  { client, mayWrite, timeout }: ApiWriter,
  metadata: ConfigurationStateMetadata,
  fieldManager: string,
): ConfigurationStateApi {
  const { name, namespace } = metadata;
  const objectRef = { namespace, name };
  const send = (request: Pick<ApiRequest, 'method' | 'path' | 'body' | 'contentType'>) =>
    client.send({ ...request, timeout, mayStillSend: mayWrite });
  return {
    async read(): Promise<RequestOutcome<StoredConfigurationState | null>> {
      const outcome = await client.send({
        method: 'GET',
        path: objectPath(CONFIGURATION_STATES, objectRef),
        timeout: API_REQUEST_TIMEOUT,
      });
      const result = toRequestOutcome<StoredConfigurationState | null>(outcome, readState);
      return result.kind === 'gone' ? { kind: 'done', value: null } : result;
    },
    async write(status: ConfigurationStatus, exists: boolean): Promise<RequestOutcome<void>> {
      if (!exists) {
        const created = await send({
          method: 'POST',
          path: collectionPath(CONFIGURATION_STATES, namespace),
          body: {
            apiVersion: apiVersionOf(CONFIGURATION_STATES),
            kind: CONFIGURATION_STATES.kind,
            metadata,
          },
        });
        if (created.kind !== 'ok') return toWriteOutcome(created);
      }
      const patched = await send({
        method: 'PATCH',
        path: withQuery(objectPath(CONFIGURATION_STATES, objectRef, 'status'), { fieldManager }),
        body: { status },
        contentType: MERGE_PATCH,
      });
      return toWriteOutcome(patched);
    },
  };
}

function readState(raw: Raw): StoredConfigurationState {
  const status = fieldsOf(raw['status']);
  return {
    result: textOf(status['result']),
    errorSummary: textOf(status['errorSummary']),
    conditions: decodeConditions(status['conditions']),
  };
}
