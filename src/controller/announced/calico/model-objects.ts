/**
 * What the controller has cached, as the model of Calico takes it: reduced to what decides about announcements. These objects
 * are created for each change that is sent to the model, and not kept.
 */
import { isDeepStrictEqual } from 'node:util';
import { fieldsOf, listOf, type Raw } from '../../../base/json.ts';
import type { ClusterObject } from '../../../calico/objects/cluster-object.ts';
import { toCalicoServiceFields } from '../../../calico/objects/services.ts';
import type { Pool } from '../../../config/pool/pool.ts';
import { metadataOf, nameOf } from '../../../objects/metadata.ts';
import type { Node } from '../../../objects/node.ts';
import type { Service } from '../../../objects/service.ts';
import type { SliceSummary } from '../slice-summary.ts';

export const nodeObject = ({
  name,
  labels,
  annotations,
  isReady,
  addresses,
  reportedAddresses,
}: Node): ClusterObject => ({
  type: 'node',
  node: { name, labels, annotations, isReady, addresses, reportedAddresses },
});

/** Whether an update of a Node, such as a heartbeat, changes nothing for the model. */
export const sameNodeObject = (a: Node, b: Node): boolean => isDeepStrictEqual(nodeObject(a), nodeObject(b));

/** Each node once for its ready endpoints, and once for those that are not. */
export function sliceObject({ name, namespace, service, addressType, byNode }: SliceSummary): ClusterObject {
  const endpoints = [...byNode].flatMap(([node, { hasReady, hasUnready }]) => [
    ...(hasUnready ? [{ node, isReady: false }] : []),
    ...(hasReady ? [{ node, isReady: true }] : []),
  ]);
  return { type: 'slice', slice: { namespace, name, service, addressType, endpoints } };
}

export const serviceObject = (service: Service): ClusterObject => ({
  type: 'service',
  service: toCalicoServiceFields(service),
});

/** `namespace` is that of the pools. */
export const poolObject = (pool: Pool, namespace: string): ClusterObject => ({
  ...{ type: 'pool', namespace, name: pool.name, pool },
});

export const rawObject = (raw: Raw): ClusterObject => ({ type: 'raw', raw });

/** An object of Calico: its spec, and of its status what says how things are. */
export const trimCalicoObject = (kind: string, source: Raw): Raw => ({
  kind,
  metadata: { name: nameOf(source) },
  spec: source['spec'],
  ...trimStatus(kind, source['status']),
});

function trimStatus(kind: string, status: unknown): Raw {
  if (kind === 'KubeControllersConfiguration') return { status };
  if (kind !== 'CalicoNodeStatus') return {};
  const bgp = fieldsOf(fieldsOf(status)['bgp']);
  const peers = (list: unknown): readonly Raw[] =>
    listOf(list)
      .map(fieldsOf)
      .map(({ peerIP, state }) => ({ peerIP, state }));
  return { status: { bgp: { peersV4: peers(bgp['peersV4']), peersV6: peers(bgp['peersV6']) } } };
}

/** An object of Calico's installation: it shows whether Calico runs, and with which backend. */
export const trimEvidence = (kind: string, source: Raw): Raw => ({
  kind,
  metadata: metadataOf(source),
  spec: source['spec'],
  data: source['data'],
});
