/**
 * The objects that decide what the speakers announce, decoded, from a live cluster or from files. What the input does not show
 * is taken for what is usual: without a SpeakerStatus and without a Pod of a speaker, one runs on every node.
 */
import { findDrainReason } from '../announce/decision/drain-trigger.ts';
import type { SpeakerFlags } from '../announce/decision/should-announce.ts';
import type { ClusterObjects } from '../announce/model/full-model.ts';
import { fieldsOf, type Raw, textOf } from '../base/json.ts';
import { rememberByObject } from '../base/remember.ts';
import { type Layer2Service, toLayer2Service } from '../layer2/election/layer2-service.ts';
import type { OwnerRecord } from '../layer2/election/record-index.ts';
import { publishedLosses } from '../layer2/membership/remote-losses.ts';
import {
  isPodReady,
  type Layer2Pod,
  type PublishedSpeaker,
  type SpeakerPresence,
  speakerPresence,
} from '../layer2/membership/speaker-presence.ts';
import { WatchGraphs } from '../layer2/membership/watch-graph.ts';
import { publishedSpeakers } from '../layer2/objects/published-speakers.ts';
import { toSpeakerPod, toWatchedRecord } from '../layer2/objects/watched-objects.ts';
import { isCalicoGroup, parseApiVersion } from '../objects/api-group.ts';
import { decodeEndpointSlice, type EndpointSlice } from '../objects/endpoint-slice.ts';
import { namespaceOf } from '../objects/metadata.ts';
import { decodeNode, type Node } from '../objects/node.ts';
import { isOfKind } from '../objects/object-id.ts';
import { decodeService, type Service } from '../objects/service.ts';
import {
  type AbsenceKnowledge,
  withAssumedCommunities,
  withAssumedProfiles,
  withAssumedSecrets,
  withAssumedSlices,
} from './assumed-objects.ts';
import { speakerArguments } from './speaker-arguments.ts';

/** Of kinds that are not complete, objects that are referred to are taken to exist, unless they were deleted. */
export type SpeakerClusterOptions = AbsenceKnowledge & {
  /** Of the speakers, of pools and of all other objects of metallb.io. */
  readonly namespace: string;
  /** The controller's and the speakers' `--lb-class`; null for Services without a class. */
  readonly lbClass: string | null;
};

export type SpeakerCluster = SpeakerClusterOptions & {
  readonly flags: SpeakerFlags;
  /** The speakers' `--drain-on-cordon`; null where their arguments are not known. */
  readonly drainsOnCordon: boolean | null;
  readonly objects: ClusterObjects;
  readonly services: readonly Service[];
  readonly layer2Services: readonly Layer2Service[];
  /** Nodes with a speaker that runs and does not drain; sorted. */
  readonly running: readonly string[];
  /** Null where no speaker has published itself: then every running one answers, with all interfaces. */
  readonly presence: SpeakerPresence | null;
  readonly records: readonly OwnerRecord[];
  /** Calico's BGPPeers. */
  readonly calicoPeers: readonly Raw[];
};

export const METALLB_GROUP = 'metallb.io';

export const groupOf = (raw: Raw): string => parseApiVersion(textOf(raw['apiVersion'])).group;

// An edit leaves most objects as they are, so most are decoded once for the cluster before and after it.
const readNode = rememberByObject(decodeNode);
const readService = rememberByObject<Raw, Service | null>(decodeService);
const readSlice = rememberByObject<Raw, EndpointSlice | null>(decodeEndpointSlice);
const readLayer2Service = rememberByObject<Service, Layer2Service>(toLayer2Service);

export function readSpeakerCluster(objects: readonly Raw[], options: SpeakerClusterOptions): SpeakerCluster {
  const { namespace } = options;
  const ofMetallb = (kind: string): readonly Raw[] =>
    objects.filter((raw) => isOfKind(raw, kind, METALLB_GROUP) && namespaceOf(raw) === namespace);
  const own = (kind: string, group: string): readonly Raw[] =>
    objects.filter((raw) => isOfKind(raw, kind, group) && namespaceOf(raw) === namespace);
  const core = (kind: string): readonly Raw[] => objects.filter((raw) => isOfKind(raw, kind, ''));
  const nodes = core('Node')
    .map(readNode)
    .filter(({ name }) => name !== '');
  const services = core('Service').flatMap((raw) => {
    const service = readService(raw);
    return service?.type === 'LoadBalancer' ? [service] : [];
  });
  const slices = objects.flatMap((raw) =>
    isOfKind(raw, 'EndpointSlice', 'discovery.k8s.io') ? (readSlice(raw) ?? []) : [],
  );
  const peers = ofMetallb('BGPPeer');
  const advertisements = ofMetallb('BGPAdvertisement');
  const { ignoreExcludeLabel, drainsOnCordon } = speakerArguments(objects);
  const statuses = own('SpeakerStatus', 'berth.dev');
  const pods = own('Pod', '').flatMap((raw) => toSpeakerPod(raw) ?? []);
  const arePodsShown = pods.length > 0 || options.completeKinds.has('Pod');
  const published = publishedSpeakers(statuses, arePodsShown ? pods : null);
  const ignoresLabel =
    ignoreExcludeLabel === true ||
    statuses.some((raw) => fieldsOf(raw['status'])['ignoreExcludeLabel'] === true);
  return {
    ...options,
    flags: { lbClass: options.lbClass, ignoreExcludeLabel: ignoresLabel },
    drainsOnCordon,
    objects: {
      config: {
        ...{ peers, advertisements, pools: ofMetallb('IPAddressPool'), layer2: ofMetallb('L2Advertisement') },
        communities: withAssumedCommunities(ofMetallb('Community'), advertisements, options),
        bfdProfiles: withAssumedProfiles(ofMetallb('BFDProfile'), peers, options),
        secrets: withAssumedSecrets(core('Secret'), peers, options),
      },
      ...{ nodes, services },
      endpointSlices: withAssumedSlices(slices, services, nodes, options),
    },
    services,
    layer2Services: services.map(readLayer2Service),
    running: runningSpeakers(nodes, {
      ...{ published, pods, drainsOnCordon },
      areAllShown: ['SpeakerStatus', 'Pod'].every((kind) => options.completeKinds.has(kind)),
    }),
    presence: presenceOf(published, pods),
    records: own('ServiceL2Status', METALLB_GROUP).flatMap((raw) => toWatchedRecord(raw) ?? []),
    calicoPeers: objects.filter((raw) => raw['kind'] === 'BGPPeer' && isCalicoGroup(groupOf(raw))),
  };
}

/** The same cluster when the speakers of `nodes` run. Their interfaces are not known yet, so each of them answers by layer 2. */
export function withStarted(cluster: SpeakerCluster, nodes: readonly string[]): SpeakerCluster {
  const isDrained = new Set(
    cluster.objects.nodes
      .filter((one) => findDrainReason(one, { onCordon: cluster.drainsOnCordon === true }) !== null)
      .map(({ name }) => name),
  );
  const started = nodes.filter((node) => !isDrained.has(node));
  return started.length === 0
    ? cluster
    : { ...cluster, running: [...new Set([...cluster.running, ...started])].sort(), presence: null };
}

/** Null without a SpeakerStatus. */
function presenceOf(
  speakers: readonly PublishedSpeaker[],
  pods: readonly Layer2Pod[],
): SpeakerPresence | null {
  if (speakers.length === 0) return null;
  return speakerPresence({
    ...{ own: { node: '', interfaces: [] }, speakers, losses: publishedLosses(speakers) },
    pods,
    ...{ graphs: new WatchGraphs(), now: 0 },
  });
}

function runningSpeakers(
  nodes: readonly Node[],
  {
    published,
    pods,
    drainsOnCordon,
    areAllShown,
  }: {
    readonly published: readonly PublishedSpeaker[];
    readonly pods: readonly Layer2Pod[];
    readonly drainsOnCordon: boolean | null;
    /** A speaker that neither has published itself nor has a Pod does not run. */
    readonly areAllShown: boolean;
  },
): readonly string[] {
  // A node that died leaves a SpeakerStatus that says that its speaker runs.
  const unready = new Set(nodes.filter(({ isReady }) => isReady === false).map(({ name }) => name));
  const isDead = (one: PublishedSpeaker): boolean => unready.has(one.node) && !isPodReady(one, pods);
  const withSpeaker =
    published.length > 0
      ? published.filter((one) => !one.hasStopped && !isDead(one)).map(({ node }) => node)
      : pods.length > 0 || areAllShown
        ? pods.map(({ node }) => node)
        : nodes.map(({ name }) => name);
  const staying = new Set(
    nodes
      .filter((one) => findDrainReason(one, { onCordon: drainsOnCordon === true }) === null)
      .map(({ name }) => name),
  );
  return [...new Set(withSpeaker)].filter((node) => staying.has(node)).sort();
}
