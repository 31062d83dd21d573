/** What the controller asks the model about a cluster: its objects, cut down the way they are as they arrive. */

import { type Raw, textOf } from '../../../src/base/json.ts';
import { type ClusterObject, decodeClusterObject } from '../../../src/calico/objects/cluster-object.ts';
import type { ModelRequest } from '../../../src/calico/report/calico-model.ts';
import { serviceObject } from '../../../src/controller/announced/calico/snapshot-delta.ts';
import {
  toWatchedCalicoNode,
  toWatchedCalicoObject,
  toWatchedSlice,
} from '../../../src/controller/main/announced/calico/watched-kinds.ts';
import { nameOf, namespaceOf } from '../../../src/objects/metadata.ts';
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
  if (kind === 'DaemonSet') {
    const metadata = { name: nameOf(raw), namespace: namespaceOf(raw) };
    return { type: 'raw', raw: { kind, metadata, spec: raw['spec'] } };
  }
  if (kind === 'Service') {
    const service = decodeService(raw);
    return service === null ? null : serviceObject(service);
  }
  const watched = kind === 'IPAddressPool' ? raw : watchedPart(kind, raw);
  return watched === null ? null : decodeClusterObject(watched);
}

function watchedPart(kind: string, raw: Raw): Raw | null {
  if (kind === 'Node') return toWatchedCalicoNode(raw)?.raw ?? null;
  if (kind === 'EndpointSlice') return toWatchedSlice(raw)?.raw ?? null;
  return toWatchedCalicoObject(kind)(raw)?.raw ?? null;
}
