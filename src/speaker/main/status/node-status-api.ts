/**
 * Reads and writes the SpeakerStatus object of this node. Its name is that of the Node, so an API server can tell whose it is,
 * and its owner is the Node, so the garbage collector deletes it with the Node.
 */

import { fieldsOf } from '../../../base/json.ts';
import { type ApiOutcome, type ApiSender, isNotFound } from '../../../kube/http/api-request.ts';
import { collectionPath, NODES, objectPath, SPEAKER_STATUSES } from '../../../kube/resource.ts';
import { apiVersionOf } from '../../../objects/api-group.ts';
import { statusOf } from '../../../objects/metadata.ts';
import { MERGE_PATCH } from '../../../objects/patch-type.ts';
import { API_REQUEST_TIMEOUT } from '../../../runtime/main/adapters.ts';
import { toWriteOutcome } from '../../../runtime/main/request-outcome.ts';
import type { PreviousRun } from '../../status/node-assigned-events.ts';
import { type NodeStatusDocument, readPreviousRun } from '../../status/node-status.ts';
import type { NodeStatusApi } from '../../status/node-status-writer.ts';

type NodeStatusRef = { readonly namespace: string; readonly node: string };

export type NodeStatusApiContext = NodeStatusRef & {
  readonly client: ApiSender;
  /** `metadata.uid` of the Node; null while there is no such Node. */
  readonly nodeUid: () => string | null;
};

export function nodeStatusApi({ client, namespace, node, nodeUid }: NodeStatusApiContext): NodeStatusApi {
  const timeout = API_REQUEST_TIMEOUT;
  /** An object that is created has no status: it has a subresource of its own. */
  const patchStatus = (status: NodeStatusDocument): Promise<ApiOutcome> =>
    client.send({
      method: 'PATCH',
      path: objectPath(SPEAKER_STATUSES, { namespace, name: node }, 'status'),
      body: { status },
      contentType: MERGE_PATCH,
      timeout,
    });
  return {
    async write(document) {
      const outcome = await patchStatus(document);
      if (!isNotFound(outcome)) return toWriteOutcome(outcome);
      const uid = nodeUid();
      // Nothing would ever delete an object without an owner.
      if (uid === null) return { kind: 'refused', because: `there is no Node ${node}` };
      const created = await client.send({
        method: 'POST',
        path: collectionPath(SPEAKER_STATUSES, namespace),
        body: {
          apiVersion: apiVersionOf(SPEAKER_STATUSES),
          kind: SPEAKER_STATUSES.kind,
          metadata: {
            ...{ name: node, namespace },
            ownerReferences: [{ apiVersion: apiVersionOf(NODES), kind: NODES.kind, name: node, uid }],
          },
        },
        timeout,
      });
      return toWriteOutcome(created.kind === 'ok' ? await patchStatus(document) : created);
    },
  };
}

/** The record of the previous run; null where there is none. */
export async function fetchPreviousRun(
  client: ApiSender,
  { namespace, node }: NodeStatusRef,
): Promise<PreviousRun | null> {
  const path = objectPath(SPEAKER_STATUSES, { namespace, name: node });
  const outcome = await client.send({ method: 'GET', path, timeout: API_REQUEST_TIMEOUT });
  return outcome.kind === 'ok' ? readPreviousRun(statusOf(fieldsOf(outcome.body))) : null;
}
