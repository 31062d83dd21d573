/** Reads and writes the status of a node in a ConfigMap of Berth's namespace. */

import { createHash } from 'node:crypto';
import { fieldsOf, textOf } from '../../base/json.ts';
import type { ApiSender } from '../../kube/http/api-request.ts';
import { CONFIG_MAPS, collectionPath, objectPath } from '../../kube/resource.ts';
import { metadataOf, type ObjectVersion } from '../../objects/metadata.ts';
import { MERGE_PATCH } from '../../objects/patch-type.ts';
import { API_REQUEST_TIMEOUT } from '../../runtime/main/adapters.ts';
import { Informer, type InformerContext } from '../../runtime/main/informer.ts';
import { toWriteOutcome } from '../../runtime/main/request-outcome.ts';
import type { PreviousRun } from '../status/node-assigned-events.ts';
import { readPreviousRun } from '../status/node-status.ts';
import type { NodeStatusApi } from '../status/node-status-writer.ts';

const SPEAKER_LABEL = 'berth.dev/speaker';
const STATUS_KEY = 'status.json';
const LABEL_MAX = 63;
const NAME_MAX = 253;
const NAME_PREFIX = 'berth-speaker-';

/** A Node's name may be longer than the value of a label. */
export const nodeLabelValue = (node: string): string => truncateWithHash(node, LABEL_MAX);

const nodeStatusName = (node: string): string =>
  `${NAME_PREFIX}${truncateWithHash(node, NAME_MAX - NAME_PREFIX.length)}`;

/** A name that is too long is truncated, with a hash that keeps it unique. */
function truncateWithHash(name: string, max: number): string {
  if (name.length <= max) return name;
  const digest = createHash('sha256').update(name).digest('hex').slice(0, 8);
  return `${name.slice(0, max - digest.length - 1).replace(/[.-]+$/, '')}-${digest}`;
}

type NodeStatusRef = { readonly namespace: string; readonly node: string };

export function nodeStatusApi(client: ApiSender, { namespace, node }: NodeStatusRef): NodeStatusApi {
  const name = nodeStatusName(node);
  const timeout = API_REQUEST_TIMEOUT;
  return {
    async write(document) {
      const labels = { [SPEAKER_LABEL]: nodeLabelValue(node) };
      const body = { metadata: { labels }, data: { [STATUS_KEY]: document } };
      const patchOutcome = await client.send({
        method: 'PATCH',
        path: objectPath(CONFIG_MAPS, { namespace, name }),
        body,
        contentType: MERGE_PATCH,
        timeout,
      });
      if (!(patchOutcome.kind === 'refused' && patchOutcome.status === 404))
        return toWriteOutcome(patchOutcome);
      const createOutcome = await client.send({
        method: 'POST',
        path: collectionPath(CONFIG_MAPS, namespace),
        body: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace, labels }, data: body.data },
        timeout,
      });
      return toWriteOutcome(createOutcome);
    },
  };
}

export type WatchedNodeStatus = ObjectVersion & { readonly name: string };

/** Watches this one object: it is written again when it is deleted. */
export function nodeStatusInformer(
  context: InformerContext,
  { namespace, node }: NodeStatusRef,
  deleted: () => void,
) {
  return new Informer<WatchedNodeStatus>(
    context,
    {
      resource: CONFIG_MAPS,
      namespace,
      fieldSelector: `metadata.name=${nodeStatusName(node)}`,
      decode: (raw) => {
        const { uid, resourceVersion, name } = metadataOf(raw);
        return { uid: textOf(uid), resourceVersion: textOf(resourceVersion), name: textOf(name) };
      },
      keyOf: ({ name }) => name,
    },
    { deleted },
  );
}

/** The record of the previous run; null where there is none. */
export async function fetchPreviousRun(
  client: ApiSender,
  { namespace, node }: NodeStatusRef,
): Promise<PreviousRun | null> {
  const path = objectPath(CONFIG_MAPS, { namespace, name: nodeStatusName(node) });
  const outcome = await client.send({ method: 'GET', path, timeout: API_REQUEST_TIMEOUT });
  return outcome.kind === 'ok'
    ? readPreviousRun(textOf(fieldsOf(fieldsOf(outcome.body)['data'])[STATUS_KEY]))
    : null;
}
