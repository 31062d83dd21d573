/** The objects of a bundle: what decides about addresses and routes, and the workloads of Berth itself. No Secret. */
import { parse } from 'yaml';
import { fieldsOf, listOf, type Raw, textOf } from '../../base/json.ts';
import { plural } from '../../base/text.ts';
import { type ApiSender, describeOutcome, isNotFound } from '../../kube/http/api-request.ts';
import { listPaged, type ResourceSelection } from '../../kube/informer/list.ts';
import {
  BFD_PROFILES,
  BGP_ADVERTISEMENTS,
  BGP_PEERS,
  COMMUNITIES,
  CONFIG_MAPS,
  CONFIGURATION_STATES,
  CUSTOM_RESOURCE_DEFINITIONS,
  DAEMON_SETS,
  DEPLOYMENTS,
  ENDPOINT_SLICES,
  EVENTS,
  IP_ADDRESS_POOLS,
  L2_ADVERTISEMENTS,
  LEASES,
  NAMESPACES,
  NODES,
  PODS,
  SERVICE_BGP_STATUSES,
  SERVICE_CIDRS,
  SERVICES,
  SPEAKER_STATUSES,
} from '../../kube/resource.ts';
import { labelsOf, nameOf, namespacedNameOf, namespaceOf, specOf, statusOf } from '../../objects/metadata.ts';
import { resourceKind } from '../../objects/resource-kind.ts';
import { ClusterReading } from '../cluster/cluster-reading.ts';
import { completeListItem } from '../cluster/list-item.ts';
import { listLoadBalancers } from '../cluster/load-balancers.ts';

export type ReadObjects = {
  /** By the plural of their resource, in order of importance. */
  readonly collections: ReadonlyMap<string, readonly Raw[]>;
  /** Sentences about kinds that could not be read. */
  readonly unread: readonly string[];
};

type Collection = {
  readonly selection: ResourceSelection;
  readonly keeps?: (raw: Raw) => boolean;
  /** Another name than the plural. */
  readonly name?: string;
};

const collectionsIn = (namespace: string): readonly Collection[] => [
  ...[IP_ADDRESS_POOLS, BGP_PEERS, BGP_ADVERTISEMENTS, L2_ADVERTISEMENTS, COMMUNITIES, BFD_PROFILES].map(
    (resource) => ({ selection: { resource, namespace } }),
  ),
  ...[CONFIGURATION_STATES, SPEAKER_STATUSES, DEPLOYMENTS, DAEMON_SETS, PODS, LEASES].map((resource) => ({
    selection: { resource, namespace },
  })),
  {
    selection: { resource: CONFIG_MAPS, namespace },
    keeps: (raw) => /^(config|berth|metallb)/.test(nameOf(raw)),
  },
  { selection: { resource: NODES } },
  { selection: { resource: SERVICES } },
  { selection: { resource: EVENTS, namespace } },
  {
    selection: { resource: EVENTS, fieldSelector: 'involvedObject.kind=Service' },
    name: 'events-of-services',
  },
  { selection: { resource: NAMESPACES } },
  { selection: { resource: SERVICE_CIDRS } },
  { selection: { resource: SERVICE_BGP_STATUSES, namespace } },
  {
    selection: { resource: CUSTOM_RESOURCE_DEFINITIONS },
    keeps: (raw) => /\.(metallb\.io|berth\.dev|projectcalico\.org)$/.test(nameOf(raw)),
  },
  { selection: { resource: ENDPOINT_SLICES } },
];

/** Reads everything that may be read. A kind that the server does not know has no objects, and is no failure. */
export async function readReportObjects(
  sender: ApiSender,
  namespace: string,
  progress: (text: string) => void,
): Promise<ReadObjects> {
  const collections = new Map<string, readonly Raw[]>();
  const unread: string[] = [];
  let count = 0;
  const reading = new ClusterReading({ sender, namespace, description: 'the cluster', progress });
  const calico = await reading.calicoKinds();
  if (calico.error !== null) unread.push(calico.error);
  const all: readonly Collection[] = [
    ...calico.resources.map((resource) => ({ selection: { resource } })),
    ...collectionsIn(namespace),
  ];
  const read = await Promise.all(
    all.map(async (collection) => {
      const listed = await readCollection(sender, collection);
      if (typeof listed !== 'string') count += listed.length;
      progress(`reading the cluster: ${plural(count, 'object')} so far`);
      return { collection, listed };
    }),
  );
  for (const { collection, listed } of read) {
    if (typeof listed === 'string') unread.push(listed);
    else if (listed.length > 0) collections.set(nameFor(collection), listed);
  }
  return { collections: ofShownServices(collections), unread };
}

const nameFor = ({ name, selection: { resource } }: Collection): string =>
  name ??
  (resource.group.includes('projectcalico.org') && resource.plural === 'ipaddresspools'
    ? `calico-${resource.plural}`
    : resource.plural);

async function readCollection(
  sender: ApiSender,
  { selection, keeps }: Collection,
): Promise<readonly Raw[] | string> {
  const { resource } = selection;
  const items: Raw[] = [];
  const into = {
    begin: () => void items.splice(0),
    item: (raw: Raw) => void items.push(raw),
  };
  const listed =
    resource === SERVICES
      ? await listLoadBalancers(sender, into)
      : await listPaged(sender, { ...selection, from: 'consistent' }, into);
  if (listed.kind === 'ok') {
    const typed = items.map((raw) => completeListItem(resource, raw));
    return (keeps === undefined ? typed : typed.filter(keeps)).map(condense);
  }
  if (isNotFound(listed)) return [];
  return `${resource.plural} cannot be read: ${describeOutcome(listed)}`;
}

/** Without what would only fill the bundle, and with texts of configuration as fields, so that secrets in them are found. */
function condense(raw: Raw): Raw {
  if (resourceKind(raw) === 'ConfigMap') {
    const data = Object.entries(fieldsOf(raw['data'])).map(([key, value]) => [key, parseYaml(textOf(value))]);
    return { ...raw, data: Object.fromEntries(data) };
  }
  if (resourceKind(raw) !== 'CustomResourceDefinition') return raw;
  const versions = listOf(specOf(raw)['versions']).map((version) => {
    const { schema: _, ...rest } = fieldsOf(version);
    return rest;
  });
  return { ...raw, spec: { ...specOf(raw), versions } };
}

function parseYaml(text: string): unknown {
  try {
    return parse(text);
  } catch {
    return '(left out: it is no YAML)';
  }
}

/** Services without an address first; EndpointSlices only of the Services that are there. */
function ofShownServices(
  collections: ReadonlyMap<string, readonly Raw[]>,
): ReadonlyMap<string, readonly Raw[]> {
  const services = collections.get('services');
  if (services === undefined) return collections;
  const keys = new Set(services.map(namespacedNameOf));
  const hasAddress = (raw: Raw): boolean =>
    listOf(fieldsOf(statusOf(raw)['loadBalancer'])['ingress']).length > 0;
  const isShown = (slice: Raw): boolean =>
    keys.has(`${namespaceOf(slice)}/${labelsOf(slice)['kubernetes.io/service-name'] ?? ''}`);
  return new Map(
    [...collections].map(([name, objects]) => {
      if (name === 'services')
        return [name, [...objects].sort((a, b) => Number(hasAddress(a)) - Number(hasAddress(b)))];
      if (name !== 'endpointslices') return [name, objects];
      return [name, objects.filter(isShown)];
    }),
  );
}
