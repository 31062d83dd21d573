/** Reads from the live cluster the objects that decide what speakers announce, as far as the user may read them. */
import type { Raw } from '../../base/json.ts';
import { isCiliumAgent } from '../../delivery/findings/other-load-balancers.ts';
import {
  BFD_PROFILES,
  BGP_ADVERTISEMENTS,
  BGP_PEERS,
  CILIUM_POOLS,
  COMMUNITIES,
  DAEMON_SETS,
  DEPLOYMENTS,
  ENDPOINT_SLICES,
  IP_ADDRESS_POOLS,
  L2_ADVERTISEMENTS,
  NODES,
  PODS,
  type Resource,
  SERVICE_CIDRS,
  SERVICE_L2_STATUSES,
  SERVICES,
  SPEAKER_STATUSES,
} from '../../kube/resource.ts';
import { objectsOfKind, resourceKind } from '../../objects/resource-kind.ts';
import type { ClusterReading } from './cluster-reading.ts';
import { isNotServed, unreadText } from './collection-reader.ts';
import { readKubeProxyObjects } from './kube-proxy-objects.ts';
import { isAnnouncing } from './speaker-input.ts';

/** Without these nothing can be predicted. */
const CORE: readonly Resource[] = [SERVICES, ENDPOINT_SLICES, NODES];

/** Those of the speakers' namespace alone. */
const IN_SPEAKER_NAMESPACE: readonly Resource[] = [
  ...[IP_ADDRESS_POOLS, BGP_ADVERTISEMENTS, L2_ADVERTISEMENTS, BGP_PEERS, COMMUNITIES, BFD_PROFILES],
  ...[SERVICE_L2_STATUSES, SPEAKER_STATUSES, PODS],
];

/** Other programs, and ranges of the cluster. */
const SURROUNDINGS: readonly Resource[] = [DAEMON_SETS, DEPLOYMENTS, SERVICE_CIDRS];

/** Kinds without which it is not known what speakers announce. */
export const NEEDED_KINDS: ReadonlySet<string> = new Set(
  [...CORE, ...IN_SPEAKER_NAMESPACE].filter((one) => one !== PODS).map(({ kind }) => kind),
);

export type SpeakerObjects = {
  readonly objects: readonly Raw[];
  /** Kinds that were read, whether or not there are objects. */
  readonly read: ReadonlySet<string>;
  /** Kinds that could not be read, each with a sentence that says why. */
  readonly unread: ReadonlyMap<string, string>;
};

export type ReadSpeakerOptions = {
  readonly reading: ClusterReading;
  /** Reads little in a cluster where no speaker announces. */
  readonly onlyWhereAnnounced?: boolean;
};

export async function readSpeakerObjects({
  reading,
  onlyWhereAnnounced = false,
}: ReadSpeakerOptions): Promise<SpeakerObjects> {
  const { namespace } = reading;
  const objects: Raw[] = [];
  const read = new Set<string>();
  const unread = new Map<string, string>();
  const readKinds = async (resources: readonly Resource[]): Promise<void> => {
    const lists = await Promise.all(
      resources.map(async (resource) => {
        const within = IN_SPEAKER_NAMESPACE.includes(resource) ? { namespace } : {};
        return { resource, listed: await reading.list({ resource, ...within }) };
      }),
    );
    for (const { resource, listed } of lists) {
      if (listed.kind === 'ok' || isNotServed(resource, listed)) read.add(resource.kind);
      else unread.set(resource.kind, unreadText(resource, listed));
      for (const raw of listed.kind === 'ok' ? listed.items : []) objects.push(raw);
    }
  };
  await readKinds(IN_SPEAKER_NAMESPACE);
  if (
    onlyWhereAnnounced &&
    !objects.some((raw) => isAnnouncing(raw, namespace) || resourceKind(raw) === SPEAKER_STATUSES.kind)
  )
    return { objects, read, unread };
  const [ofProxy, ofCalico] = await Promise.all([
    readKubeProxyObjects(reading),
    readCalicoBgp(reading),
    readKinds([...CORE, ...SURROUNDINGS]),
  ]);
  for (const one of [...ofProxy, ...(ofCalico ?? [])]) if (!objects.includes(one)) objects.push(one);
  if (ofCalico !== null) read.add(CALICO_BGP);
  const daemonSets = objectsOfKind(objects, DAEMON_SETS.kind);
  // Old and new servers have one of the two versions, and those between have both.
  for (const resource of daemonSets.some(isCiliumAgent) ? CILIUM_POOLS : [])
    if (objectsOfKind(objects, resource.kind).length === 0) await readKinds([resource]);
  return { objects, read, unread };
}

const CALICO_BGP = 'BGPConfiguration';

/** What Calico announces by itself; null where that is not known. */
async function readCalicoBgp(reading: ClusterReading): Promise<readonly Raw[] | null> {
  const { resources, error } = await reading.calicoKinds();
  const resource = resources.find(({ kind }) => kind === CALICO_BGP);
  if (resource === undefined) return error === null ? [] : null;
  const listed = await reading.list({ resource });
  return listed.kind === 'ok' ? listed.items : null;
}
