/** Reads from the live cluster how kube-proxy runs: its ConfigMap, whatever the name, its DaemonSet, or Pods of its own. */
import { fieldsOf, type Raw } from '../../base/json.ts';
import { KUBE_PROXY } from '../../config/kube-proxy.ts';
import { kubeProxyConfigMaps, runsKubeProxy } from '../../delivery/findings/kube-proxy.ts';
import { CONFIG_MAPS, DAEMON_SETS, objectPath, PODS } from '../../kube/resource.ts';
import type { ClusterReading } from './cluster-reading.ts';
import { completeListItem } from './list-item.ts';

/** [] in clusters without kube-proxy, and for who may read none of it. */
export async function readKubeProxyObjects(reading: ClusterReading): Promise<readonly Raw[]> {
  const own = await readConfigMap(reading, KUBE_PROXY);
  if (own !== null) return [own];
  const daemonSets = (await listed(reading, { resource: DAEMON_SETS })).filter(runsKubeProxy);
  if (daemonSets.length > 0) {
    const found = await Promise.all(
      kubeProxyConfigMaps(daemonSets).map((one) => readConfigMap(reading, one)),
    );
    return [...daemonSets, ...found.filter((one) => one !== null)];
  }
  // RKE2 runs it in static Pods.
  const pods = await listed(reading, { resource: PODS, namespace: KUBE_PROXY.namespace });
  return pods.filter(runsKubeProxy);
}

async function listed(
  reading: ClusterReading,
  collection: Parameters<ClusterReading['list']>[0],
): Promise<readonly Raw[]> {
  const list = await reading.list(collection);
  return list.kind === 'ok' ? list.items : [];
}

/** Null where there is none, or where the user may not read it. */
async function readConfigMap(
  reading: ClusterReading,
  ref: { readonly namespace: string; readonly name: string },
): Promise<Raw | null> {
  const outcome = await reading.get(objectPath(CONFIG_MAPS, ref));
  return outcome.kind === 'ok' ? completeListItem(CONFIG_MAPS, fieldsOf(outcome.body)) : null;
}
