/** The overview of a live cluster, read once. Only reads; what cannot be read is known as that. */
import type { ExternalClaims } from '../../../allocation/external-claims.ts';
import type { Clock } from '../../../base/clock.ts';
import { fieldsOf } from '../../../base/json.ts';
import { type ApiSender, isNotFound } from '../../../kube/http/api-request.ts';
import { LEASES, objectPath } from '../../../kube/resource.ts';
import { specOf } from '../../../objects/metadata.ts';
import { readServerVersion, type ServerVersion } from '../../../objects/server-version.ts';
import { CONFIGURATION_KINDS } from '../../../overview/document.ts';
import type { OverviewKind } from '../../../overview/kinds.ts';
import { isRead, type KindObjects, type KindReading } from '../../../overview/knowledge.ts';
import { Overview } from '../../../overview/overview.ts';
import { CalicoClaimObjects } from '../calico-claims.ts';
import { ClusterReading } from '../cluster-reading.ts';
import type { Collection } from '../collection-reader.ts';
import { readLiveClaims } from '../live-claims.ts';
import type { AnnouncingFacts } from './judge-announcing.ts';
import { OVERVIEW_RESOURCES } from './kind-resources.ts';
import { type ListedLoadBalancers, listServices } from './list-services.ts';
import { readLiveAnnouncing } from './live-announcing.ts';
import { type OverviewFlags, overviewOptions } from './options.ts';
import { failedReading, listKind, readReading } from './read-kind.ts';

/** Those that are read in any case; Namespaces only where a pool selects by their labels. */
const KINDS: readonly OverviewKind[] = [
  ...CONFIGURATION_KINDS,
  ...(['ConfigurationState', 'Pod', 'SpeakerStatus', 'ServiceL2Status', 'Node'] as const),
];

export type LiveOverviewOptions = {
  readonly sender: ApiSender;
  readonly source: string;
  readonly flags: OverviewFlags;
  /** Of the context; null where it names none. */
  readonly contextNamespace: string | null;
  readonly progress: (text: string) => void;
  readonly clock: Pick<Clock, 'wall'>;
};

export async function readLiveOverview(options: LiveOverviewOptions): Promise<Overview> {
  const { source, flags, clock } = options;
  const reading = newReading(options);
  const overview = new Overview(overviewOptions(flags, { source, servicesFrom: 'status' }));
  const readInto = async (kind: OverviewKind): Promise<KindObjects> => {
    const objects = await listKind(reading, selectionOf(kind, flags));
    overview.setKind(kind, objects);
    return objects;
  };
  const kinds = KINDS.map(readInto);
  const [services, announcing, claims, lease, server] = await Promise.all([
    readServices(reading, options),
    readLiveAnnouncing(reading, flags, clock.wall()),
    readClaims(reading, flags),
    readLease(reading),
    readServer(reading),
    ...kinds,
  ]);
  overview.setKind('Lease', lease);
  overview.setServer(server);
  for (const service of services.services) overview.putService(service);
  overview.setServicesReading(services.reading, services.missing);
  setAnnouncing(overview, announcing);
  overview.setExternalClaims(claims);
  const [pools] = await Promise.all(kinds);
  if (pools?.objects.some(selectsNamespaces)) await readInto('Namespace');
  return overview;
}

/** For one answer: another one is read anew. */
export const newReading = ({
  sender,
  source,
  flags,
  progress,
}: Pick<LiveOverviewOptions, 'sender' | 'source' | 'flags' | 'progress'>): ClusterReading =>
  new ClusterReading({ sender, progress, description: source, namespace: flags['pool-namespace'] });

export function setAnnouncing(overview: Overview, { calico, speakers }: AnnouncingFacts): void {
  overview.setCalico(calico);
  overview.setSpeakers(speakers);
}

export function selectionOf(kind: OverviewKind, flags: Pick<OverviewFlags, 'pool-namespace'>): Collection {
  const resource = OVERVIEW_RESOURCES[kind];
  return resource.namespaced ? { resource, namespace: flags['pool-namespace'] } : { resource };
}

export const selectsNamespaces = (pool: Parameters<typeof specOf>[0]): boolean =>
  fieldsOf(specOf(pool)['serviceAllocation'])['namespaceSelectors'] !== undefined;

type ReadServices = ListedLoadBalancers & {
  /** What was asked for first, and not permitted; null for nothing. */
  readonly missing: KindReading | null;
};

/** Without the right to read those of all namespaces, and without a flag that asks for them: those of the context's namespace. */
async function readServices(
  reading: ClusterReading,
  { flags, contextNamespace }: LiveOverviewOptions,
): Promise<ReadServices> {
  const list = (namespace: string | null): Promise<ListedLoadBalancers> => listServices(reading, namespace);
  if (flags.namespace !== '') return { ...(await list(flags.namespace)), missing: null };
  const all = await list(null);
  if (all.reading.state !== 'forbidden' || flags['all-namespaces']) return { ...all, missing: null };
  const own = await list(contextNamespace ?? 'default');
  return isRead(own.reading) ? { ...own, missing: all.reading } : { ...all, missing: null };
}

/** Only the controller's own: the right to read one Lease is enough. */
export async function readLease(reading: ClusterReading): Promise<KindObjects> {
  const { namespace } = reading;
  const outcome = await reading.get(objectPath(LEASES, { namespace, name: 'berth-controller' }));
  const selection = { resource: LEASES, namespace };
  if (outcome.kind === 'ok') return { reading: readReading(selection, 1), objects: [fieldsOf(outcome.body)] };
  const isMissing = isNotFound(outcome);
  return { reading: isMissing ? readReading(selection, 0) : failedReading(selection, outcome), objects: [] };
}

async function readServer(reading: ClusterReading): Promise<ServerVersion | null> {
  const outcome = await reading.get('/version');
  return outcome.kind === 'ok' ? readServerVersion(outcome.body) : null;
}

/** Services that Calico's own allocator serves. */
export async function readClaims(
  reading: ClusterReading,
  { calico }: Pick<OverviewFlags, 'calico'>,
): Promise<ExternalClaims | null> {
  if (calico === 'off') return null;
  const claims = new CalicoClaimObjects();
  await readLiveClaims(reading, claims);
  return claims.claims(calico === 'required' ? 'required' : 'auto');
}
