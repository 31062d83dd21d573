/** Reads and writes the ServiceBGPStatus objects of one node. Fields and labels are MetalLB's. */

import { fieldsOf, listOf, type Raw, textOf } from '../../../base/json.ts';
import type { ApiSender } from '../../../kube/http/api-request.ts';
import { collectionPath, NODES, PODS, SERVICE_BGP_STATUSES, withQuery } from '../../../kube/resource.ts';
import { metadataOf, type ObjectVersion } from '../../../objects/metadata.ts';
import { serviceKey } from '../../../objects/service.ts';
import { SERVICE_STATUS_LABELS } from '../../../objects/service-status-labels.ts';
import { API_REQUEST_TIMEOUT } from '../../../runtime/main/adapters.ts';
import { nodeLabelValue } from '../../status/node-label.ts';
import type { ServiceBgpStatus, ServiceBgpStatusApi } from '../../status/service-bgp-status.ts';
import { type ServiceStatusContext, ServiceStatusObjects } from './service-status-objects.ts';

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

/** The owner is the Pod of this process: the objects are deleted with it. */
export function serviceBgpStatusApi(
  context: ServiceStatusContext<ServiceBgpStatus, WatchedServiceBgpStatus>,
): ServiceBgpStatusApi {
  const objects = new ServiceStatusObjects(
    { resource: SERVICE_BGP_STATUSES, ownerResource: PODS, decode: toWatchedStatus },
    context,
  );
  return {
    create(key) {
      return objects.create(key, { generateName: 'bgp-' });
    },
    updatePeers(object, peers) {
      return objects.patchStatus(object, object.key, { peers });
    },
    delete(object) {
      return objects.delete(object, null);
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
