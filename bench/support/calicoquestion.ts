/** What the controller asks the model about a cluster: its objects, cut down the way they are as they arrive. */

import type { Question } from '../../src/calico/answer.ts';
import { nameOf, namespaceOf, type Raw, textOf } from '../../src/cluster/fields.ts';
import { readPool } from '../../src/config/pool.ts';
import { watchedCalico, watchedCalicoNode, watchedSlice } from '../../src/controller/main/calicokinds.ts';
import { asRaw, poolAsRaw } from '../../src/controller/main/news.ts';
import { translateService } from '../../src/kube/translate.ts';

/** All that the controller has read of such a cluster, whether there is anything of it or not. */
const READ = [
  ...['BGPConfiguration', 'BGPPeer', 'BGPFilter', 'IPPool', 'BlockAffinity', 'IPReservation'],
  ...['KubeControllersConfiguration', 'ClusterInformation', 'CalicoNodeStatus', 'Node', 'EndpointSlice'],
  ...['DaemonSet', 'Service', 'IPAddressPool'],
];

export const asQuestion = (afresh: boolean, objects: readonly Raw[]): Question => ({
  afresh,
  put: objects.map(cutDown).filter((raw) => raw !== null),
  gone: [],
  read: READ,
});

function cutDown(raw: Raw): Raw | null {
  const kind = textOf(raw['kind']);
  if (kind === 'Node') return watchedCalicoNode(raw)?.raw ?? null;
  if (kind === 'EndpointSlice') return watchedSlice(raw)?.raw ?? null;
  if (kind === 'DaemonSet')
    return { kind, metadata: { name: nameOf(raw), namespace: namespaceOf(raw) }, spec: raw['spec'] };
  if (kind === 'IPAddressPool') {
    const { pool } = readPool(raw);
    return pool === null ? null : poolAsRaw(pool, namespaceOf(raw));
  }
  if (kind !== 'Service') return watchedCalico(kind)(raw)?.raw ?? null;
  const service = translateService(raw);
  return service === null ? null : asRaw(service);
}
