/** What a node says of itself, in a ConfigMap of Berth's namespace. */

import { createHash } from 'node:crypto';
import { fieldsOf, metadataOf, textOf } from '../../cluster/fields.ts';
import { type ApiSender, MERGE_PATCH } from '../../kube/outcome.ts';
import { CONFIG_MAPS, collectionPath, objectPath } from '../../kube/resource.ts';
import type { Versioned } from '../../kube/store.ts';
import { REQUEST_TIMEOUT } from '../../program/main/adapters.ts';
import { toAcknowledgement } from '../../program/main/answers.ts';
import { Picture, type PictureContext } from '../../program/main/picture.ts';
import type { Former } from '../assigned.ts';
import { readFormer } from '../nodestatus.ts';
import type { NodeStatusApi } from '../nodestatuswriter.ts';

const LABEL = 'berth.dev/speaker';
const FILE = 'status.json';
const LABEL_MAX = 63;
const NAME_MAX = 253;
const PREFIX = 'berth-speaker-';

/** A Node's name may be longer than the value of a label. */
export const labelText = (node: string): string => fitted(node, LABEL_MAX);

const nodeStatusName = (node: string): string => `${PREFIX}${fitted(node, NAME_MAX - PREFIX.length)}`;

/** Too long a name is cut, and told from others that begin alike. */
function fitted(name: string, max: number): string {
  if (name.length <= max) return name;
  const digest = createHash('sha256').update(name).digest('hex').slice(0, 8);
  return `${name.slice(0, max - digest.length - 1).replace(/[.-]+$/, '')}-${digest}`;
}

type Place = { readonly namespace: string; readonly node: string };

export function nodeStatusApi(client: ApiSender, { namespace, node }: Place): NodeStatusApi {
  const name = nodeStatusName(node);
  const timeout = REQUEST_TIMEOUT;
  return {
    async write(document) {
      const labels = { [LABEL]: labelText(node) };
      const body = { metadata: { labels }, data: { [FILE]: document } };
      const patched = await client.send({
        method: 'PATCH',
        path: objectPath(CONFIG_MAPS, { namespace, name }),
        body,
        contentType: MERGE_PATCH,
        timeout,
      });
      if (!(patched.kind === 'refused' && patched.status === 404)) return toAcknowledgement(patched);
      const made = await client.send({
        method: 'POST',
        path: collectionPath(CONFIG_MAPS, namespace),
        body: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace, labels }, data: body.data },
        timeout,
      });
      return toAcknowledgement(made);
    },
  };
}

export type WatchedDocument = Versioned & { readonly name: string };

/** That one object: whoever deletes it has it written again. */
export function watchDocument(context: PictureContext, { namespace, node }: Place, deleted: () => void) {
  return new Picture<WatchedDocument>(context, {
    resource: CONFIG_MAPS,
    namespace,
    fieldSelector: `metadata.name=${nodeStatusName(node)}`,
    translate: (raw) => {
      const { uid, resourceVersion, name } = metadataOf(raw);
      return { uid: textOf(uid), resourceVersion: textOf(resourceVersion), name: textOf(name) };
    },
    keyOf: ({ name }) => name,
    changed: () => {},
    deleted,
  });
}

/** What a process before this one announced; null where nothing is known of it. */
export async function readFormerOf(client: ApiSender, { namespace, node }: Place): Promise<Former | null> {
  const path = objectPath(CONFIG_MAPS, { namespace, name: nodeStatusName(node) });
  const outcome = await client.send({ method: 'GET', path, timeout: REQUEST_TIMEOUT });
  return outcome.kind === 'ok' ? readFormer(textOf(fieldsOf(fieldsOf(outcome.body)['data'])[FILE])) : null;
}
