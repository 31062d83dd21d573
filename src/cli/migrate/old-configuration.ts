/** The configuration of MetalLB 0.12 and older in a cluster that has no pools: then it is what addresses come from. */
import type { Millis } from '../../base/clock.ts';
import { fieldsOf } from '../../base/json.ts';
import type { ApiSender } from '../../kube/http/api-request.ts';
import { CONFIG_MAPS, IP_ADDRESS_POOLS, objectPath } from '../../kube/resource.ts';
import { nameOf } from '../../objects/metadata.ts';
import type { ClusterState } from '../cluster/cluster-state.ts';
import { onlyLegacyConfig, readLegacyObjects } from '../cluster/old-configmap.ts';
import type { MigrationObstacle } from './migration.ts';

/** In MetalLB's manifests. */
const OLD_CONFIG_MAP = 'config';

const REQUEST_TIMEOUT: Millis = 5000;

/**
 * Adds the pools of the old ConfigMap to a cluster without pools. Returns what its user has to do about it; null where there is
 * none, or where it may not be read.
 */
export async function addOldPools(sender: ApiSender, state: ClusterState): Promise<MigrationObstacle | null> {
  const { poolNamespace: namespace } = state;
  if (state.pools.size > 0) return null;
  const path = objectPath(CONFIG_MAPS, { namespace, name: OLD_CONFIG_MAP });
  const outcome = await sender.send({ method: 'GET', path, timeout: REQUEST_TIMEOUT });
  const configMap = outcome.kind === 'ok' ? fieldsOf(outcome.body) : {};
  if (onlyLegacyConfig([configMap]) === null) return null;
  const object = `ConfigMap ${namespace}/${OLD_CONFIG_MAP}`;
  const objects = await readLegacyObjects(configMap, namespace);
  if (!objects.ok) {
    const says = `MetalLB 0.12 and older run from it, and it has mistakes, so no Service below has a pool: ${objects.error.join('; ')}`;
    return { of: 'swap', object, says };
  }
  for (const raw of objects.value.get(IP_ADDRESS_POOLS.kind) ?? [])
    state.put({ resource: IP_ADDRESS_POOLS, namespace, name: nameOf(raw) }, raw);
  const says =
    'MetalLB 0.12 and older run from it, and there is no IPAddressPool. Convert it, as below, or run Berth from it with the component deploy/old-configmap';
  return { of: 'swap', object, says };
}

/** Between the CRDs, which come with the controller, and the end of MetalLB's controller. */
export const convertCommand = (namespace: string, program: string): string =>
  `kubectl get configmap ${OLD_CONFIG_MAP} -n ${namespace} -o yaml | ${program} convert -f - | kubectl apply -f -`;
