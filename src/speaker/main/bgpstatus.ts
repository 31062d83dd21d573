/** ServiceBGPStatus objects of one node, over the real API. Names of fields and labels are MetalLB's. */
import { fieldsOf, listOf, metadataOf, type Raw, textOf } from '../../cluster/fields.ts';
import { serviceKey, splitServiceKey } from '../../cluster/service.ts';
import { type ApiSender, MERGE_PATCH } from '../../kube/outcome.ts';
import {
  apiVersion,
  collectionPath,
  NODES,
  objectPath,
  SERVICE_BGP_STATUSES,
  withQuery,
} from '../../kube/resource.ts';
import type { Versioned } from '../../kube/store.ts';
import { REQUEST_TIMEOUT } from '../../program/main/adapters.ts';
import { toAcknowledgement, toAnswer } from '../../program/main/answers.ts';
import type { BgpStatusApi, StandingStatus } from '../bgpstatus.ts';
import { labelText } from './nodestatus.ts';

const NODE_LABEL = 'metallb.io/node';
const NAME_LABEL = 'metallb.io/service-name';
const NAMESPACE_LABEL = 'metallb.io/service-namespace';

export const statusesOf = (node: string): string => `${NODE_LABEL}=${labelText(node)}`;

export type WatchedStatus = Versioned & StandingStatus;

export function watchedStatus(raw: Raw): WatchedStatus | null {
  const { name, uid, resourceVersion, labels } = metadataOf(raw);
  if (textOf(name) === '') return null;
  const labelled = fieldsOf(labels);
  const status = fieldsOf(raw['status']);
  const { node, serviceName, serviceNamespace, peers } = status;
  return {
    uid: textOf(uid),
    resourceVersion: textOf(resourceVersion),
    name: textOf(name),
    key: serviceKey(textOf(labelled[NAMESPACE_LABEL]), textOf(labelled[NAME_LABEL])),
    says:
      textOf(node) === ''
        ? null
        : {
            node: textOf(node),
            key: serviceKey(textOf(serviceNamespace), textOf(serviceName)),
            peers: listOf(peers).map(textOf),
          },
  };
}

/** The Pod that this process is: what it owns goes with it. */
export type Owner = { readonly name: string; readonly uid: string };

export type StatusContext = {
  readonly client: ApiSender;
  readonly namespace: string;
  readonly node: string;
  /** Null outside of a Pod, or where it cannot be read. */
  readonly owner: () => Owner | null;
  /** What an answer said, ahead of the watch. */
  readonly learn: (one: WatchedStatus) => void;
  readonly gone: (one: StandingStatus) => void;
};

export function bgpStatusApi({ client, namespace, node, owner, learn, gone }: StatusContext): BgpStatusApi {
  const timeout = REQUEST_TIMEOUT;
  const place = ({ name }: StandingStatus, part = ''): string =>
    objectPath(SERVICE_BGP_STATUSES, { namespace, name }, part);
  return {
    async make(key) {
      const service = splitServiceKey(key);
      const pod = owner();
      const metadata = {
        generateName: 'bgp-',
        namespace,
        labels: {
          [NODE_LABEL]: labelText(node),
          [NAME_LABEL]: service.name,
          [NAMESPACE_LABEL]: service.namespace,
        },
        ...(pod === null ? {} : { ownerReferences: [{ apiVersion: 'v1', kind: 'Pod', ...pod }] }),
      };
      const outcome = await client.send({
        method: 'POST',
        path: collectionPath(SERVICE_BGP_STATUSES, namespace),
        body: { apiVersion: apiVersion(SERVICE_BGP_STATUSES), kind: SERVICE_BGP_STATUSES.kind, metadata },
        timeout,
      });
      const answer = toAnswer(outcome, watchedStatus);
      if (answer.kind === 'done') learn(answer.value);
      return answer;
    },
    async tell(one, peers) {
      const { name: serviceName, namespace: serviceNamespace } = splitServiceKey(one.key);
      const outcome = await client.send({
        method: 'PATCH',
        path: place(one, 'status'),
        body: { status: { node, serviceName, serviceNamespace, peers } },
        contentType: MERGE_PATCH,
        timeout,
      });
      const answer = toAnswer(outcome, watchedStatus);
      if (answer.kind === 'done') learn(answer.value);
      else if (answer.kind === 'gone') gone(one);
      return answer;
    },
    async remove(one) {
      const answer = toAcknowledgement(await client.send({ method: 'DELETE', path: place(one), timeout }));
      if (answer.kind === 'done' || answer.kind === 'gone') gone(one);
      return answer;
    },
  };
}

/** How many Nodes there are, by the shortest list that says so. */
export async function countNodes(client: ApiSender): Promise<number | null> {
  const path = withQuery(collectionPath(NODES), { limit: '1' });
  const outcome = await client.send({ method: 'GET', path, timeout: REQUEST_TIMEOUT });
  if (outcome.kind !== 'ok') return null;
  const list = fieldsOf(outcome.body);
  const { remainingItemCount, continue: more } = fieldsOf(list['metadata']);
  const first = listOf(list['items']).length;
  if (typeof remainingItemCount === 'number') return first + remainingItemCount;
  return textOf(more) === '' ? first : null;
}
