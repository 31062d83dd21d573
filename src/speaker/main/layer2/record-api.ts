/** Writes ServiceL2Status objects. Fields and labels are MetalLB's. */
import type { ApiSender } from '../../../kube/http/api-request.ts';
import { collectionPath, DAEMON_SETS, objectPath, SERVICE_L2_STATUSES } from '../../../kube/resource.ts';
import type { WatchedRecord } from '../../../layer2/objects/watched-objects.ts';
import { toWatchedRecord } from '../../../layer2/objects/watched-objects.ts';
import { apiVersionOf } from '../../../objects/api-group.ts';
import { MERGE_PATCH } from '../../../objects/patch-type.ts';
import { splitServiceKey } from '../../../objects/service.ts';
import { SERVICE_STATUS_LABELS } from '../../../objects/service-status-labels.ts';
import { API_REQUEST_TIMEOUT } from '../../../runtime/main/adapters.ts';
import { toRequestOutcome, toWriteOutcome } from '../../../runtime/main/request-outcome.ts';
import type { OwnerRecordApi } from '../../layer2/ports.ts';
import { nodeLabelValue } from '../../status/node-label.ts';

/** The DaemonSet of the speakers: records outlive a Pod, and go with the installation. */
export type OwnerDaemonSet = { readonly name: string; readonly uid: string };

export type OwnerRecordApiContext = {
  readonly client: ApiSender;
  readonly namespace: string;
  readonly node: string;
  /** Null outside of a DaemonSet, or where the Pod cannot be read. */
  readonly owner: () => OwnerDaemonSet | null;
  /** An object in a response, ahead of the watch. */
  readonly observed: (record: WatchedRecord) => void;
  readonly deleted: (record: WatchedRecord) => void;
};

export function ownerRecordApi({
  client,
  namespace,
  node,
  owner,
  observed,
  deleted,
}: OwnerRecordApiContext): OwnerRecordApi {
  const timeout = API_REQUEST_TIMEOUT;
  const pathOf = (name: string, subresource = ''): string =>
    objectPath(SERVICE_L2_STATUSES, { namespace, name }, subresource);
  return {
    async create({ key, uid }) {
      const service = splitServiceKey(key);
      const daemonSet = owner();
      const metadata = {
        ...{ name: `l2-${uid}`, namespace },
        labels: {
          [SERVICE_STATUS_LABELS.node]: nodeLabelValue(node),
          [SERVICE_STATUS_LABELS.name]: service.name,
          [SERVICE_STATUS_LABELS.namespace]: service.namespace,
        },
        ...(daemonSet === null
          ? {}
          : {
              ownerReferences: [
                { apiVersion: apiVersionOf(DAEMON_SETS), kind: DAEMON_SETS.kind, ...daemonSet },
              ],
            }),
      };
      const outcome = await client.send({
        method: 'POST',
        path: collectionPath(SERVICE_L2_STATUSES, namespace),
        body: {
          apiVersion: apiVersionOf(SERVICE_L2_STATUSES),
          kind: SERVICE_L2_STATUSES.kind,
          metadata,
          spec: {},
        },
        timeout,
      });
      const answer = toRequestOutcome(outcome, toWatchedRecord);
      if (answer.kind === 'done') observed(answer.value);
      return answer;
    },
    async setInterfaces(record, interfaces) {
      const { name: serviceName, namespace: serviceNamespace } = splitServiceKey(record.service);
      const list = interfaces.map((name) => ({ name }));
      const outcome = await client.send({
        method: 'PATCH',
        path: pathOf(record.name, 'status'),
        // Null removes the list: none means all interfaces.
        body: {
          status: { node, serviceName, serviceNamespace, interfaces: list.length === 0 ? null : list },
        },
        contentType: MERGE_PATCH,
        timeout,
      });
      const answer = toRequestOutcome(outcome, toWatchedRecord);
      if (answer.kind === 'done') observed(answer.value);
      else if (answer.kind === 'gone') deleted(record);
      return answer;
    },
    async delete(record) {
      const { uid, resourceVersion } = record;
      const outcome = await client.send({
        method: 'DELETE',
        path: pathOf(record.name),
        body: { apiVersion: 'v1', kind: 'DeleteOptions', preconditions: { uid, resourceVersion } },
        timeout,
      });
      const answer = toWriteOutcome(outcome);
      if (answer.kind === 'done' || answer.kind === 'gone') deleted(record);
      return answer;
    },
  };
}
