/** A Pod for each speaker, as a DaemonSet would have made it: who asks the speakers finds them by these. */
import { err, type Result } from '../base/result.ts';
import type { Listening } from '../http/listen.ts';
import { type ApiRequest, type ApiSender, describeOutcome, MERGE_PATCH } from '../kube/outcome.ts';
import { collectionPath, objectPath, PODS } from '../kube/resource.ts';
import type { Log } from '../observe/log.ts';
import { DEFAULT_NAMESPACE } from '../program/flags.ts';
import { REQUEST_TIMEOUT } from '../program/main/adapters.ts';
import { serveView } from '../speaker/main/viewport.ts';
import type { View } from '../speaker/view.ts';

const HOST = '127.0.0.1';

export const podNameOf = (node: string): string => `berth-speaker-${node}`;

export type PodOptions = {
  readonly node: string;
  readonly view: View;
  readonly client: ApiSender;
  readonly log: Log;
};

/** Opens the speaker's view port, and makes the Pod that says where it is. The error is a sentence. */
export async function openPod({ node, view, client, log }: PodOptions): Promise<Result<Listening, string>> {
  const opened = await serveView(view, { port: 0, host: HOST, log });
  if (!opened.ok) return opened;
  const name = podNameOf(node);
  const path = objectPath(PODS, { namespace: DEFAULT_NAMESPACE, name }, 'status');
  const body = { status: STATUS };
  const requests: readonly ApiRequest[] = [
    {
      method: 'POST',
      path: collectionPath(PODS, DEFAULT_NAMESPACE),
      body: podOf(node, opened.value.port),
      timeout: REQUEST_TIMEOUT,
    },
    { method: 'PATCH', path, body, contentType: MERGE_PATCH, timeout: REQUEST_TIMEOUT },
  ];
  for (const request of requests) {
    const outcome = await client.send(request);
    if (outcome.kind === 'ok') continue;
    await opened.value.close();
    return err(`the Pod ${name} cannot be made: ${describeOutcome(outcome)}`);
  }
  return opened;
}

const STATUS = {
  phase: 'Running',
  podIP: HOST,
  conditions: [{ type: 'Ready', status: 'True' }],
  containerStatuses: [{ name: 'speaker', ready: true }],
} as const;

const podOf = (node: string, viewPort: number) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: {
    name: podNameOf(node),
    namespace: DEFAULT_NAMESPACE,
    labels: { 'app.kubernetes.io/name': 'berth', 'app.kubernetes.io/component': 'speaker' },
  },
  spec: {
    nodeName: node,
    hostNetwork: true,
    containers: [{ name: 'speaker', image: 'berth', args: ['speaker', `--view-port=${viewPort}`] }],
  },
});
