/** Finds the DaemonSet that owns the ServiceL2Status objects: that of this process's Pod. */
import { fieldsOf, listOf, textOf } from '../../../base/json.ts';
import type { ApiSender } from '../../../kube/http/api-request.ts';
import { DAEMON_SETS, objectPath, PODS } from '../../../kube/resource.ts';
import { metadataOf } from '../../../objects/metadata.ts';
import { API_REQUEST_TIMEOUT } from '../../../runtime/main/adapters.ts';
import type { StatusOwner } from '../status/service-status-objects.ts';

/** Read once. Null outside of a Pod, and where it cannot be read: then the objects have no owner. */
export async function findOwnerDaemonSet(
  client: ApiSender,
  { namespace, podName: name }: { readonly namespace: string; readonly podName: string },
): Promise<StatusOwner | null> {
  if (name === '') return null;
  const path = objectPath(PODS, { namespace, name });
  const outcome = await client.send({ method: 'GET', path, timeout: API_REQUEST_TIMEOUT });
  if (outcome.kind !== 'ok') return null;
  const owners = listOf(metadataOf(fieldsOf(outcome.body))['ownerReferences']).map(fieldsOf);
  const owner = owners.find(({ kind }) => kind === DAEMON_SETS.kind);
  return owner === undefined ? null : { name: textOf(owner['name']), uid: textOf(owner['uid']) };
}
