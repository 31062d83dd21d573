/**
 * This file creates a Pod for each speaker, as a DaemonSet does. `berth bgp` finds the status API of a speaker by its
 * Pod.
 */
import type { Millis } from '../../base/clock.ts';
import { err, type Result } from '../../base/result.ts';
import type { ListeningServer } from '../../http-server/listen.ts';
import {
  type ApiOutcome,
  type ApiRequest,
  type ApiSender,
  describeOutcome,
} from '../../kube/http/api-request.ts';
import { collectionPath, objectPath, PODS } from '../../kube/resource.ts';
import { MERGE_PATCH } from '../../objects/patch-type.ts';
import type { Log } from '../../observe/log.ts';
import { serveStatusApi } from '../../speaker/main/status-server.ts';
import type { StatusApi } from '../../speaker/status-api/status-api.ts';

const HOST = '127.0.0.1';
/** The API server is in this process, and all starts at once: on a busy machine it answers late. */
const REQUEST_TIMEOUT: Millis = 60_000;
/** A machine that stood still for a minute has lost its requests, and its playground goes on. */
const ATTEMPTS_MAX = 3;

export const speakerPodName = (node: string): string => `berth-speaker-${node}`;

export type SpeakerPodOptions = {
  readonly node: string;
  readonly namespace: string;
  readonly statusApi: StatusApi;
  readonly client: ApiSender;
  readonly log: Log;
  /** Ends what is under way. */
  readonly signal: AbortSignal;
};

/** Serves the status API of the speaker, and creates the Pod with its port. The error is a sentence for people. */
export async function createSpeakerPod({
  node,
  namespace,
  statusApi,
  client,
  log,
  signal,
}: SpeakerPodOptions): Promise<Result<ListeningServer, string>> {
  const server = await serveStatusApi(statusApi, { port: 0, host: HOST, log });
  if (!server.ok) return server;
  const name = speakerPodName(node);
  const path = objectPath(PODS, { namespace, name }, 'status');
  const body = { status: POD_STATUS };
  const requests: readonly ApiRequest[] = [
    {
      method: 'POST',
      path: collectionPath(PODS, namespace),
      body: podManifest(node, namespace, server.value.port),
      timeout: REQUEST_TIMEOUT,
      signal,
    },
    { method: 'PATCH', path, body, contentType: MERGE_PATCH, timeout: REQUEST_TIMEOUT, signal },
  ];
  for (const request of requests) {
    const outcome = await sendPatiently(client, request);
    if (outcome.kind === 'ok') continue;
    await server.value.close();
    return err(`the Pod ${name} cannot be created: ${describeOutcome(outcome)}`);
  }
  return server;
}

/** Sends a request again that had no answer. It may have been applied: then the object exists already. */
async function sendPatiently(client: ApiSender, request: ApiRequest): Promise<ApiOutcome> {
  let outcome = await client.send(request);
  for (let attempt = 2; outcome.kind === 'unknown' && attempt <= ATTEMPTS_MAX; attempt++) {
    if (request.signal?.aborted) break;
    outcome = await client.send(request);
    if (outcome.kind === 'refused' && outcome.reason === 'AlreadyExists')
      return { kind: 'ok', status: outcome.status, body: null };
  }
  return outcome;
}

const POD_STATUS = {
  phase: 'Running',
  podIP: HOST,
  conditions: [{ type: 'Ready', status: 'True' }],
  containerStatuses: [{ name: 'speaker', ready: true }],
} as const;

const podManifest = (node: string, namespace: string, viewPort: number) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: {
    name: speakerPodName(node),
    namespace,
    labels: { 'app.kubernetes.io/name': 'berth', 'app.kubernetes.io/component': 'speaker' },
  },
  spec: {
    nodeName: node,
    hostNetwork: true,
    containers: [{ name: 'speaker', image: 'berth', args: ['speaker', `--view-port=${viewPort}`] }],
  },
});
