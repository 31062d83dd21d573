/** Reads and writes the ServiceBGPStatus objects of one node. Fields and labels are MetalLB's. */

import { fieldsOf, listOf, type Raw, textOf } from '../../base/json.ts';
import type { ApiSender } from '../../kube/http/api-request.ts';
import { collectionPath, NODES, objectPath, SERVICE_BGP_STATUSES, withQuery } from '../../kube/resource.ts';
import { apiVersionOf } from '../../objects/api-group.ts';
import { metadataOf, type ObjectVersion } from '../../objects/metadata.ts';
import { MERGE_PATCH } from '../../objects/patch-type.ts';
import { serviceKey, splitServiceKey } from '../../objects/service.ts';
import { SERVICE_STATUS_LABELS } from '../../objects/service-status-labels.ts';
import { API_REQUEST_TIMEOUT } from '../../runtime/main/adapters.ts';
import { toRequestOutcome, toWriteOutcome } from '../../runtime/main/request-outcome.ts';
import { nodeLabelValue } from '../status/node-label.ts';
import type { ServiceBgpStatus, ServiceBgpStatusApi } from '../status/service-bgp-status.ts';

export const statusSelector = (node: string): string =>
  `${SERVICE_STATUS_LABELS.node}=${nodeLabelValue(node)}`;

export type WatchedServiceBgpStatus = ObjectVersion & ServiceBgpStatus;

export function toWatchedStatus(raw: Raw): WatchedServiceBgpStatus | null {
  const { name, uid, resourceVersion, labels } = metadataOf(raw);
  if (textOf(name) === '') return null;
  const labelFields = fieldsOf(labels);
  const status = fieldsOf(raw['status']);
  const { node, serviceName, serviceNamespace, peers } = status;
  return {
    uid: textOf(uid),
    resourceVersion: textOf(resourceVersion),
    name: textOf(name),
    key: serviceKey(
      textOf(labelFields[SERVICE_STATUS_LABELS.namespace]),
      textOf(labelFields[SERVICE_STATUS_LABELS.name]),
    ),
    status:
      textOf(node) === ''
        ? null
        : {
            node: textOf(node),
            key: serviceKey(textOf(serviceNamespace), textOf(serviceName)),
            peers: listOf(peers).map(textOf),
          },
  };
}

/** The Pod of this process, which owns the objects: they are deleted with it. */
export type OwnerPod = { readonly name: string; readonly uid: string };

export type ServiceBgpStatusApiContext = {
  readonly client: ApiSender;
  readonly namespace: string;
  readonly node: string;
  /** Null outside of a Pod, or where the Pod cannot be read. */
  readonly owner: () => OwnerPod | null;
  /** An object in a response, ahead of the watch. */
  readonly observed: (object: WatchedServiceBgpStatus) => void;
  readonly deleted: (object: ServiceBgpStatus) => void;
};

export function serviceBgpStatusApi({
  client,
  namespace,
  node,
  owner,
  observed,
  deleted,
}: ServiceBgpStatusApiContext): ServiceBgpStatusApi {
  const timeout = API_REQUEST_TIMEOUT;
  const pathOf = ({ name }: ServiceBgpStatus, subresource = ''): string =>
    objectPath(SERVICE_BGP_STATUSES, { namespace, name }, subresource);
  return {
    async create(key) {
      const service = splitServiceKey(key);
      const pod = owner();
      const metadata = {
        generateName: 'bgp-',
        namespace,
        labels: {
          [SERVICE_STATUS_LABELS.node]: nodeLabelValue(node),
          [SERVICE_STATUS_LABELS.name]: service.name,
          [SERVICE_STATUS_LABELS.namespace]: service.namespace,
        },
        ...(pod === null ? {} : { ownerReferences: [{ apiVersion: 'v1', kind: 'Pod', ...pod }] }),
      };
      const outcome = await client.send({
        method: 'POST',
        path: collectionPath(SERVICE_BGP_STATUSES, namespace),
        body: { apiVersion: apiVersionOf(SERVICE_BGP_STATUSES), kind: SERVICE_BGP_STATUSES.kind, metadata },
        timeout,
      });
      const answer = toRequestOutcome(outcome, toWatchedStatus);
      if (answer.kind === 'done') observed(answer.value);
      return answer;
    },
    async updatePeers(object, peers) {
      const { name: serviceName, namespace: serviceNamespace } = splitServiceKey(object.key);
      const outcome = await client.send({
        method: 'PATCH',
        path: pathOf(object, 'status'),
        body: { status: { node, serviceName, serviceNamespace, peers } },
        contentType: MERGE_PATCH,
        timeout,
      });
      const answer = toRequestOutcome(outcome, toWatchedStatus);
      if (answer.kind === 'done') observed(answer.value);
      else if (answer.kind === 'gone') deleted(object);
      return answer;
    },
    async delete(object) {
      const answer = toWriteOutcome(await client.send({ method: 'DELETE', path: pathOf(object), timeout }));
      if (answer.kind === 'done' || answer.kind === 'gone') deleted(object);
      return answer;
    },
  };
}

/** The number of Nodes, from a list of one item and its `remainingItemCount`. */
export async function countNodes(client: ApiSender): Promise<number | null> {
  const path = withQuery(collectionPath(NODES), { limit: '1' });
  const outcome = await client.send({ method: 'GET', path, timeout: API_REQUEST_TIMEOUT });
  if (outcome.kind !== 'ok') return null;
  const list = fieldsOf(outcome.body);
  const { remainingItemCount, continue: more } = fieldsOf(list['metadata']);
  const first = listOf(list['items']).length;
  if (typeof remainingItemCount === 'number') return first + remainingItemCount;
  return textOf(more) === '' ? first : null;
}
