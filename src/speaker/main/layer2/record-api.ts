/** Writes the ServiceL2Status objects of one node. Fields and labels are MetalLB's. */
import { DAEMON_SETS, SERVICE_L2_STATUSES } from '../../../kube/resource.ts';
import { toWatchedRecord, type WatchedRecord } from '../../../layer2/objects/watched-objects.ts';
import type { OwnerRecordApi } from '../../layer2/ports.ts';
import { type ServiceStatusContext, ServiceStatusObjects } from '../status/service-status-objects.ts';

/** The owner is the DaemonSet of the speakers: records outlive a Pod, and go with the installation. */
export function ownerRecordApi(context: ServiceStatusContext<WatchedRecord, WatchedRecord>): OwnerRecordApi {
  const objects = new ServiceStatusObjects(
    { resource: SERVICE_L2_STATUSES, ownerResource: DAEMON_SETS, decode: toWatchedRecord },
    context,
  );
  return {
    create({ key, uid }) {
      return objects.create(key, { name: `l2-${uid}` });
    },
    setInterfaces(record, interfaces) {
      const list = interfaces.map((name) => ({ name }));
      // Null removes the list: none means all interfaces.
      return objects.patchStatus(record, record.service, { interfaces: list.length === 0 ? null : list });
    },
    delete(record) {
      const { uid, resourceVersion } = record;
      return objects.delete(record, { uid, resourceVersion });
    },
  };
}
