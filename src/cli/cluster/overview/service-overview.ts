/** The part of an overview that is about Services alone: of a live cluster by their conditions, of files by a dry run. */
import { simulateCurrent } from '../../../allocation/dry-run/plan.ts';
import type { Millis } from '../../../base/clock.ts';
import type { Raw } from '../../../base/json.ts';
import type { Service } from '../../../objects/service.ts';
import { readKind } from '../../../overview/knowledge.ts';
import { Overview } from '../../../overview/overview.ts';
import { FileCluster } from '../file-cluster.ts';
import { allocatorOptions, snapshotOf } from '../snapshot.ts';
import { putObjects } from './file-overview.ts';
import { type OverviewFlags, overviewOptions } from './options.ts';
import { isUndecided } from './undecided-services.ts';

export type ServiceOverviewOptions = {
  /** Of the controller and the pools. */
  readonly namespace: string;
  /** The controller's `--lb-class`, '' for none. */
  readonly lbClass: string;
};

const flagsOf = ({ namespace, lbClass }: ServiceOverviewOptions): OverviewFlags => ({
  ...{ namespace: '', 'all-namespaces': true, 'pool-namespace': namespace, 'lb-class': lbClass },
  ...{ 'foreign-addresses': 'keep', 'unmet-requests': 'keep', calico: 'auto' },
});

/** Of the live cluster: pools are not put, so each Service is judged by what the controller has written about it. */
export function overviewOfLiveServices(
  services: readonly Service[],
  options: ServiceOverviewOptions,
): Overview {
  const overview = new Overview(overviewOptions(flagsOf(options), { source: '', servicesFrom: 'status' }));
  for (const service of services) overview.putService(service);
  overview.setServicesReading(readKind('Service', [], null).reading);
  return overview;
}

/** What is judged, and the Services with what the controller would write. */
export type FileServices = { readonly overview: Overview; readonly services: readonly Service[] };

/** Of files. A Service that shows an address, or the controller's condition, is taken as it is; of others a dry run decides. */
export async function overviewOfFileServices(
  objects: readonly Raw[],
  { wall, ...options }: ServiceOverviewOptions & { readonly wall: Millis },
): Promise<FileServices> {
  const flags = flagsOf(options);
  const cluster = new FileCluster(
    objects.map((object) => ({ object, location: '' })),
    { description: '', defaultNamespaces: { services: 'default', pools: options.namespace }, wall },
  );
  const overview = new Overview(overviewOptions(flags, { source: '', servicesFrom: 'dryRun' }));
  const state = await cluster.readState();
  if (!state.ok) return { overview, services: [] };
  const snapshot = snapshotOf(state.value, flags);
  const decided = simulateCurrent(snapshot, allocatorOptions(flags), wall).services;
  const services = [...state.value.services.values()].map((stored) =>
    isUndecided(stored) ? (decided.get(stored.key) ?? stored) : stored,
  );
  overview.setExternalClaims(snapshot.externalClaims);
  putObjects(overview, objects, options.namespace);
  for (const service of services) overview.putService(service);
  overview.setServicesReading(readKind('Service', [], null).reading);
  return { overview, services };
}
