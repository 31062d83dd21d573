/** Reads from the live cluster the objects that decide what speakers announce, as far as the user may read them. */
import { fieldsOf, type Raw } from '../../base/json.ts';
import { plural } from '../../base/text.ts';
import { KUBE_PROXY } from '../../config/kube-proxy.ts';
import { type ApiSender, describeOutcome } from '../../kube/http/api-request.ts';
import { listAll } from '../../kube/informer/list.ts';
import {
  BFD_PROFILES,
  BGP_ADVERTISEMENTS,
  BGP_PEERS,
  COMMUNITIES,
  CONFIG_MAPS,
  DAEMON_SETS,
  DEPLOYMENTS,
  ENDPOINT_SLICES,
  IP_ADDRESS_POOLS,
  L2_ADVERTISEMENTS,
  NODES,
  objectPath,
  PODS,
  type Resource,
  SERVICE_CIDRS,
  SERVICE_L2_STATUSES,
  SERVICES,
  SPEAKER_STATUSES,
} from '../../kube/resource.ts';
import { withLastApplied } from './apply.ts';
import { asRead } from './as-read.ts';
import { completeListItem } from './list-item.ts';
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
  readonly sender: ApiSender;
  readonly namespace: string;
  readonly progress: (text: string) => void;
  /** Objects that were read before, with their kinds. */
  readonly known?: Pick<SpeakerObjects, 'objects' | 'read'>;
  /** Reads little in a cluster where no speaker announces. */
  readonly onlyWhereAnnounced?: boolean;
};

const KUBE_PROXY_TIMEOUT = 5_000;

export async function readSpeakerObjects({
  sender,
  namespace,
  progress,
  known,
  onlyWhereAnnounced = false,
}: ReadSpeakerOptions): Promise<SpeakerObjects> {
  const objects: Raw[] = [];
  const read = new Set<string>();
  const unread = new Map<string, string>();
  const readKind = async (resource: Resource): Promise<void> => {
    // Kinds of metallb.io have namesakes in Calico's API.
    if (resource.group !== 'metallb.io' && known?.read.has(resource.kind) === true) {
      objects.push(...known.objects.filter((raw) => raw['kind'] === resource.kind));
      read.add(resource.kind);
      return;
    }
    const within = IN_SPEAKER_NAMESPACE.includes(resource) ? { namespace } : {};
    const request = { resource, ...within, from: 'consistent' } as const;
    const listed = await listAll(sender, request, (raw) => withLastApplied(asRead(resource, raw), raw));
    if (listed.kind === 'ok') {
      for (const raw of listed.items) objects.push(completeListItem(resource, raw));
      read.add(resource.kind);
      progress(`reading the cluster: ${plural(objects.length, 'object')} so far`);
    } else if (listed.kind === 'refused' && listed.status === 404) {
      // A kind that the server does not have has no objects.
      read.add(resource.kind);
    } else unread.set(resource.kind, `${resource.plural} cannot be read: ${describeOutcome(listed)}`);
  };
  await Promise.all(IN_SPEAKER_NAMESPACE.map(readKind));
  if (
    onlyWhereAnnounced &&
    !objects.some((raw) => isAnnouncing(raw, namespace) || raw['kind'] === SPEAKER_STATUSES.kind)
  )
    return { objects, read, unread };
  await Promise.all([...CORE, ...SURROUNDINGS].map(readKind));
  const proxy = await readKubeProxyConfig(sender);
  if (proxy !== null) objects.push(proxy);
  return { objects, read, unread };
}

/** Null in clusters without kube-proxy; not everybody may read it, and then nothing is said of it. */
async function readKubeProxyConfig(sender: ApiSender): Promise<Raw | null> {
  const path = objectPath(CONFIG_MAPS, KUBE_PROXY);
  const outcome = await sender.send({ method: 'GET', path, timeout: KUBE_PROXY_TIMEOUT });
  return outcome.kind === 'ok' ? completeListItem(CONFIG_MAPS, fieldsOf(outcome.body)) : null;
}
