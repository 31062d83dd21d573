/** What the controller asks the model about a cluster: its objects, reduced the way they are as they arrive. */

import { type Raw, textOf } from '../../../src/base/json.ts';
import { type ClusterObject, decodeClusterObject } from '../../../src/calico/objects/cluster-object.ts';
import type { ModelRequest } from '../../../src/calico/report/calico-model.ts';
import {
  nodeObject,
  rawObject,
  serviceObject,
  sliceObject,
  trimCalicoObject,
} from '../../../src/controller/announced/calico/model-objects.ts';
import { summarizeSlice } from '../../../src/controller/announced/slice-summary.ts';
import { decodeEndpointSlice } from '../../../src/objects/endpoint-slice.ts';
import { nameOf, namespaceOf } from '../../../src/objects/metadata.ts';
import { decodeNode } from '../../../src/objects/node.ts';
import { decodeService } from '../../../src/objects/service.ts';

/** All that the controller has read of such a cluster, whether there is anything of it or not. */
const READ = [
  ...['BGPConfiguration', 'BGPPeer', 'BGPFilter', 'IPPool', 'BlockAffinity', 'IPReservation'],
  ...['KubeControllersConfiguration', 'ClusterInformation', 'CalicoNodeStatus', 'Node', 'EndpointSlice'],
  ...['DaemonSet', 'Service', 'IPAddressPool'],
];

export const modelInputOf = (isFull: boolean, objects: readonly Raw[]): ModelRequest => ({
  isFull,
  upserted: objects.flatMap((raw) => toModelObject(raw) ?? []),
  deleted: [],
  read: READ,
});

function toModelObject(raw: Raw): ClusterObject | null {
  const kind = textOf(raw['kind']);
  switch (kind) {
    case 'Node':
      return nodeObject(decodeNode(raw));
    case 'EndpointSlice': {
      const slice = decodeEndpointSlice(raw);
      return slice === null ? null : sliceObject(summarizeSlice(slice));
    }
    case 'Service': {
      const service = decodeService(raw);
      return service === null ? null : serviceObject(service);
    }
    case 'IPAddressPool':
      return decodeClusterObject(raw);
    case 'DaemonSet': {
      const metadata = { name: nameOf(raw), namespace: namespaceOf(raw) };
      return rawObject({ kind, metadata, spec: raw['spec'] });
    }
    default:
      return rawObject(trimCalicoObject(kind, raw));
  }
}
