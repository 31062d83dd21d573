/** Reads what layer 2 elects from, of the live cluster or of files, and elects as the speakers do. */
import { resolvePools } from '../../../announce/config/pools.ts';
import { fieldsOf, listOf, type Raw } from '../../../base/json.ts';
import { err, ok, type Result } from '../../../base/result.ts';
import { kubeProxyHints } from '../../../config/kube-proxy.ts';
import { kubeProxyRemarks } from '../../../delivery/findings/kube-proxy.ts';
import {
  CONFIG_MAPS,
  ENDPOINT_SLICES,
  IP_ADDRESS_POOLS,
  L2_ADVERTISEMENTS,
  NODES,
  PODS,
  type Resource,
  SERVICE_L2_STATUSES,
  SERVICES,
  SPEAKER_STATUSES,
} from '../../../kube/resource.ts';
import { toLayer2Service } from '../../../layer2/election/layer2-service.ts';
import type { Layer2State } from '../../../layer2/election/layer2-state.ts';
import { recordedOwners } from '../../../layer2/election/record-index.ts';
import { publishedLosses } from '../../../layer2/membership/remote-losses.ts';
import { type SpeakerPresence, speakerPresence } from '../../../layer2/membership/speaker-presence.ts';
import { WatchGraphs } from '../../../layer2/membership/watch-graph.ts';
import { Layer2Model } from '../../../layer2/model/layer2-model.ts';
import { publishedSpeakers } from '../../../layer2/objects/published-speakers.ts';
import {
  toLayer2Node,
  toLayer2Slice,
  toSpeakerPod,
  toWatchedRecord,
  type WatchedRecord,
} from '../../../layer2/objects/watched-objects.ts';
import { type PublishedConflicts, publishedConflicts } from '../../../layer2/report/conflict-hint.ts';
import { nameOf, namespaceOf } from '../../../objects/metadata.ts';
import { resourceKind } from '../../../objects/resource-kind.ts';
import { decodeService } from '../../../objects/service.ts';
import { ClusterReading } from '../../cluster/cluster-reading.ts';
import { unreadText } from '../../cluster/collection-reader.ts';
import { withConnection } from '../../cluster/connection.ts';
import { readKubeProxyObjects } from '../../cluster/kube-proxy-objects.ts';
import { manifestOptions } from '../../cluster/manifest-options.ts';
import {
  legacyConfigOfPods,
  onlyLegacyConfig,
  readLegacyConfigMap,
  readLegacyObjects,
} from '../../cluster/old-configmap.ts';
import { findMisspelled } from '../../cluster/suggestions.ts';
import type { CliContext } from '../../framework/context.ts';
import { readClusterManifests } from '../../framework/files.ts';
import type { Layer2QueryFlags } from './flags.ts';
import { type PartialLayer2, unreadLayer2 } from './owner-rows.ts';

export type Layer2View = {
  readonly state: Layer2State;
  readonly records: readonly WatchedRecord[];
  readonly presence: SpeakerPresence;
  readonly conflicts: PublishedConflicts;
  /** Nodes whose speakers run and do not answer by layer 2. */
  readonly silent: readonly string[];
  /** Problems of the cluster that the election does not see: sentences without a full stop. */
  readonly hints: readonly string[];
  /** Of the context; null for files. */
  readonly contextNamespace: string | null;
};

/** Those of `namespace` alone. */
const IN_SPEAKER_NAMESPACE: readonly Resource[] = [
  ...[IP_ADDRESS_POOLS, L2_ADVERTISEMENTS, SERVICE_L2_STATUSES, SPEAKER_STATUSES, PODS],
];
const RESOURCES: readonly Resource[] = [SERVICES, ENDPOINT_SLICES, NODES, ...IN_SPEAKER_NAMESPACE];

type ObjectsByKind = ReadonlyMap<string, readonly Raw[]>;

export async function readLayer2(
  context: CliContext,
  flags: Layer2QueryFlags,
): Promise<Result<Layer2View, PartialLayer2>> {
  if (flags.file.length > 0) {
    const read = await readLayer2Files(context, flags);
    return read.ok ? read : err(unreadLayer2(read.error));
  }
  const result = await withConnection(context, flags, async (connection) => {
    const { namespace: contextNamespace } = connection;
    const reading = new ClusterReading({ ...connection, namespace: flags['speaker-namespace'] });
    const view = await readLiveLayer2(reading, flags);
    return ok(
      view.ok
        ? ok({
            ...view.value,
            hints: kubeProxyRemarks(await readKubeProxyObjects(reading)),
            contextNamespace,
          })
        : err({ ...view.error, contextNamespace }),
    );
  });
  return result.ok ? result.value : err(unreadLayer2([result.error]));
}

/** The errors are sentences. */
async function readLayer2Files(
  context: CliContext,
  flags: Layer2QueryFlags,
): Promise<Result<Layer2View, readonly string[]>> {
  const defaultNamespaces = { services: 'default', pools: flags['speaker-namespace'] };
  const read = await readClusterManifests(flags.file, manifestOptions(context, flags, defaultNamespaces));
  if (!read.ok) return read;
  const misspelled = findMisspelled(read.value.map(({ object }) => object));
  if (misspelled.length > 0) return err(misspelled);
  const objects = withAssumedEndpoints(groupByKind(read.value.map(({ object }) => object)));
  const configMaps = objects.get(CONFIG_MAPS.kind) ?? [];
  const hints = [
    ...(objects.has(SPEAKER_STATUSES.kind) ? [] : [NO_SPEAKER_STATUS]),
    ...kubeProxyHints(configMaps),
  ];
  const configured = await withLegacyConfig(objects, flags, async (name) => {
    const configMap = configMaps.find((raw) => nameOf(raw) === name);
    if (configMap !== undefined) return readLegacyObjects(configMap, flags['speaker-namespace']);
    return err([`there is no ConfigMap ${name}, which the speakers run from`]);
  });
  if (!configured.ok) return configured;
  return ok({ ...elect(configured.value, flags, false), hints, contextNamespace: null });
}

type Election = Omit<Layer2View, 'contextNamespace' | 'hints'>;

type ElectionFlags = Pick<Layer2QueryFlags, 'speaker-namespace' | 'lb-class'> &
  Partial<Pick<Layer2QueryFlags, 'config'>>;

/** Where the speakers run from the old ConfigMap, its objects instead of those in the cluster. The errors are sentences. */
async function withLegacyConfig(
  objects: ObjectsByKind,
  flags: ElectionFlags,
  read: (name: string) => Promise<Result<ObjectsByKind, readonly string[]>>,
): Promise<Result<ObjectsByKind, readonly string[]>> {
  const of = ({ kind }: Resource): readonly Raw[] => objects.get(kind) ?? [];
  const hasPools = of(IP_ADDRESS_POOLS).length > 0;
  const name =
    flags.config || (legacyConfigOfPods(of(PODS)) ?? (hasPools ? null : onlyLegacyConfig(of(CONFIG_MAPS))));
  if (name === null) return ok(objects);
  const legacy = await read(name);
  if (!legacy.ok) return legacy;
  const kinds = [IP_ADDRESS_POOLS, L2_ADVERTISEMENTS].map(({ kind }) => kind);
  return ok(new Map([...objects, ...kinds.map((kind) => [kind, legacy.value.get(kind) ?? []] as const)]));
}

/** The same of the live cluster, over a connection that is there. */
export async function readLiveLayer2(
  reading: ClusterReading,
  flags: ElectionFlags,
): Promise<Result<Election, PartialLayer2>> {
  const objects = new Map<string, readonly Raw[]>();
  const answers = await Promise.all(
    RESOURCES.map(async (resource) => {
      const within = IN_SPEAKER_NAMESPACE.includes(resource) ? { namespace: flags['speaker-namespace'] } : {};
      const listed = await reading.list({ resource, ...within });
      if (listed.kind !== 'ok') return unreadText(resource, listed, 'listed');
      objects.set(resource.kind, listed.items);
      return null;
    }),
  );
  const problems = [...new Set(answers.filter((one) => one !== null))];
  const missing = RESOURCES.filter(({ kind }) => !objects.has(kind));
  const needed = missing.filter((resource) => resource !== SERVICE_L2_STATUSES);
  if (needed.length > 0) return err({ ...unreadLayer2(problems), records: recordsOf(objects) });
  const configured = await withLegacyConfig(objects, flags, (name) =>
    readLegacyConfigMap(reading, { namespace: flags['speaker-namespace'], name }),
  );
  if (!configured.ok) return err({ ...unreadLayer2(configured.error), records: recordsOf(objects) });
  const election = elect(configured.value, flags, true);
  return missing.length === 0 ? ok(election) : err({ ...unreadLayer2(problems), state: election.state });
}

/** Null where they were not read. */
const recordsOf = (objects: ObjectsByKind): readonly WatchedRecord[] | null =>
  objects.get(SERVICE_L2_STATUSES.kind)?.flatMap((raw) => toWatchedRecord(raw) ?? []) ?? null;

function groupByKind(objects: readonly Raw[]): ObjectsByKind {
  const groups = new Map<string, Raw[]>();
  for (const object of objects) {
    const kind = resourceKind(object);
    groups.set(kind, [...(groups.get(kind) ?? []), object]);
  }
  return groups;
}

const NO_SPEAKER_STATUS =
  'the files have no SpeakerStatus, so which nodes have a speaker that answers is not known; berth explain service NAME -f predicts it';

/** Files without any EndpointSlice do not say that Services have no endpoints: each is taken to have one on every node. */
function withAssumedEndpoints(objects: ObjectsByKind): ObjectsByKind {
  if (objects.has(ENDPOINT_SLICES.kind)) return objects;
  const nodes = (objects.get(NODES.kind) ?? []).map(nameOf);
  const assumed = (objects.get(SERVICES.kind) ?? []).map((raw) => ({
    apiVersion: 'discovery.k8s.io/v1',
    ...{ kind: ENDPOINT_SLICES.kind, addressType: 'IPv4' },
    metadata: {
      ...{ name: nameOf(raw), namespace: namespaceOf(raw) },
      labels: { 'kubernetes.io/service-name': nameOf(raw) },
    },
    endpoints: nodes.map((nodeName) => ({
      nodeName,
      addresses: [ASSUMED_ENDPOINT],
      conditions: { ready: true },
    })),
  }));
  return new Map([...objects, [ENDPOINT_SLICES.kind, assumed]]);
}

/** In a range for documentation (RFC 5737). */
const ASSUMED_ENDPOINT = '192.0.2.0';

function elect(objects: ObjectsByKind, flags: ElectionFlags, isLive: boolean): Election {
  const namespace = flags['speaker-namespace'];
  const of = ({ kind }: Resource): readonly Raw[] => objects.get(kind) ?? [];
  const inNamespace = (resource: Resource): readonly Raw[] =>
    of(resource).filter((raw) => (namespaceOf(raw) || namespace) === namespace);
  const nodes = of(NODES).flatMap((raw) => toLayer2Node(raw)?.node ?? []);
  const records = inNamespace(SERVICE_L2_STATUSES).flatMap((raw) => toWatchedRecord(raw) ?? []);
  const statuses = inNamespace(SPEAKER_STATUSES);
  const pods = inNamespace(PODS).flatMap((raw) => toSpeakerPod(raw) ?? []);
  // Files that show no Pod may leave them out.
  const speakers = publishedSpeakers(statuses, isLive || pods.length > 0 ? pods : null);
  const presence = speakerPresence({
    ...{ own: { node: '', interfaces: [] }, speakers, losses: publishedLosses(speakers) },
    pods,
    ...{ graphs: new WatchGraphs(), now: 0 },
  });
  const ignoreExcludeLabel = statuses.some((raw) => fieldsOf(raw['status'])['ignoreExcludeLabel'] === true);
  const model = new Layer2Model({
    ...{ namespace, keepsOwner: true },
    flags: { lbClass: flags['lb-class'] || null, ignoreExcludeLabel },
  });
  for (const raw of of(ENDPOINT_SLICES)) {
    const slice = toLayer2Slice(raw);
    if (slice !== null) model.putSlice(slice);
  }
  const state = model.recompute({
    services: of(SERVICES).flatMap((raw) => {
      const service = decodeService(raw);
      return service?.type === 'LoadBalancer' ? [toLayer2Service(service)] : [];
    }),
    advertisements: inNamespace(L2_ADVERTISEMENTS),
    pools: resolvePools(listOf(inNamespace(IP_ADDRESS_POOLS)), null),
    ...{ nodes, presence },
    ...recordedOwners(records),
    records: () => records,
  });
  const silent = speakers.flatMap((one) => (one.interfaces === null && !one.hasStopped ? [one.node] : []));
  return { state, records, presence, conflicts: publishedConflicts(speakers), silent };
}
