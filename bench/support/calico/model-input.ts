/** What the controller asks the model about a cluster: its objects, cut down the way they are as they arrive. */

import { type Raw, textOf } from '../../../src/base/json.ts';
import type { ModelRequest } from '../../../src/calico/report/calico-model.ts';
import { readAddressPool } from '../../../src/config/pool/pool.ts';
import { poolAsRaw, serviceAsRaw } from '../../../src/controller/announced/calico/snapshot-delta.ts';
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
  upserted: objects.map(toWatchedObject).filter((raw) => raw !== null),
  deleted: [],
  read: READ,
});

function toWatchedObject(raw: Raw): Raw | null {
  const kind = textOf(raw['kind']);
  if (kind === 'Node') return toWatchedCalicoNode(raw)?.raw ?? null;
  if (kind === 'EndpointSlice') return toWatchedSlice(raw)?.raw ?? null;
  if (kind === 'DaemonSet')
    return { kind, metadata: { name: nameOf(raw), namespace: namespaceOf(raw) }, spec: raw['spec'] };
  if (kind === 'IPAddressPool') {
    const { pool } = readAddressPool(raw);
    return pool === null ? null : poolAsRaw(pool, namespaceOf(raw));
  }
  if (kind !== 'Service') return toWatchedCalicoObject(kind)(raw)?.raw ?? null;
  const service = decodeService(raw);
  return service === null ? null : serviceAsRaw(service);
}
