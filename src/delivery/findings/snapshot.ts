/** A cluster with speakers as the checks see it. A kind that the input does not contain is unknown, not empty. */

import { type ClusterConfig, readClusterConfig } from '../../announce/config/node-config.ts';
import type { Millis } from '../../base/clock.ts';
import { fieldsOf, listOf, type Raw, textOf, textOrNull } from '../../base/json.ts';
import { lazy } from '../../base/lazy.ts';
import { ownValue } from '../../base/own-value.ts';
import { rememberByObject } from '../../base/remember.ts';
import { coversPool, readPoolCoverage } from '../../config/pool/coverage.ts';
import type { ObjectEdit, ObjectRef } from '../../findings/finding.ts';
import type { KnownKinds } from '../../findings/read-kinds.ts';
import { parseAddress } from '../../net/address.ts';
import { apiVersionOf, CALICO_GROUPS } from '../../objects/api-group.ts';
import { nameOf, namespaceOf, statusOf } from '../../objects/metadata.ts';
import { resourceKind } from '../../objects/resource-kind.ts';
import { splitServiceKey } from '../../objects/service.ts';
import { decidedNodes } from '../bgp/bgp-announcements.ts';
import type { PeerNodes } from '../bgp/delivery-routes.ts';
import { type AnnouncedState, announcedState, type Delivery, isDelivered } from '../deliveries.ts';
import { type DeliveryExplanation, explainDelivery } from '../explanation.ts';
import {
  groupOf,
  METALLB_GROUP,
  readSpeakerCluster,
  type SpeakerCluster,
  withStarted,
} from '../speaker-cluster.ts';
import { isOpening, startingNodes } from '../starting-speakers.ts';

/** A session as a speaker has published it. */
export type PublishedSession = {
  readonly node: string;
  readonly peer: string;
  /** A session that was opened a moment ago does not count. */
  readonly isDown: boolean;
  readonly lastError: string | null;
};

export type UndeliveredAddress = Delivery & {
  /** The pool that it belongs to; null where no pool has it. */
  readonly pool: string | null;
  readonly explanation: DeliveryExplanation;
  /** The codes of the refusals of all nodes, by BGP and by layer 2. */
  readonly refusals: ReadonlySet<string>;
};

/** `objectsOf`: `BGPPeer`, `IPAddressPool` and others of metallb.io in the speakers' namespace alone. */
export type AnnouncementSnapshot = KnownKinds & {
  readonly cluster: SpeakerCluster;
  readonly announced: AnnouncedState;
  /** What all nodes have in common of the configuration. */
  readonly config: ClusterConfig;
  /** Objects of metallb.io in other namespaces, which the speakers ignore. */
  readonly elsewhere: readonly Raw[];
  readonly sessions: readonly PublishedSession[];
  /** Pools that an advertisement in the input covers. */
  readonly coveredPools: ReadonlySet<string>;
  /** Addresses that nothing leads to, each with the reason; null where that is not known. */
  readonly undelivered: readonly UndeliveredAddress[] | null;
  /** Nodes whose speaker is starting; sorted. */
  readonly starting: readonly string[];
  /** Addresses that nothing leads to yet, and that the speakers which are starting will announce. */
  readonly awaited: readonly string[];
};

export type AnnouncementSnapshotOptions = {
  readonly namespace: string;
  readonly lbClass: string | null;
  /** The input shows the whole cluster: what it lacks does not exist. */
  readonly complete?: boolean;
  /** Kinds that were listed, even where none was found; and kinds that could not be listed. */
  readonly read?: ReadonlySet<string>;
  readonly forbidden?: ReadonlySet<string>;
  /** Addresses that reach their clients by another announcer, such as Calico. */
  readonly deliveredOtherwise?: ReadonlySet<string>;
  /** Of a live cluster: the time by which speakers are starting. Without it, none is. */
  readonly wall?: Millis | null;
};

/** Kinds that decide what speakers announce. */
const CORE_KINDS: readonly string[] = [
  ...['Service', 'EndpointSlice', 'Node', 'IPAddressPool', 'BGPAdvertisement', 'L2Advertisement'],
  ...['BGPPeer', 'Community', 'BFDProfile', 'Secret'],
];

const ANNOUNCING_KINDS: readonly string[] = [
  'BGPPeer',
  'BGPAdvertisement',
  'L2Advertisement',
  'SpeakerStatus',
];

const METALLB_KINDS: ReadonlySet<string> = new Set([
  ...['IPAddressPool', 'BGPAdvertisement', 'L2Advertisement', 'BGPPeer', 'Community', 'BFDProfile'],
]);

/** Kinds that decide what is announced. */
const DECISIVE_KINDS: readonly string[] = [
  ...[...METALLB_KINDS, 'ServiceL2Status', 'Service', 'EndpointSlice', 'Node', 'SpeakerStatus', 'Pod'],
  // The arguments of speakers; and, where nothing shows a speaker, who announces.
  ...['DaemonSet', 'BGPConfiguration'],
];

/** The kinds that decide a property of a snapshot; those of any other property decide what is announced. */
const PROPERTY_KINDS: Readonly<Record<string, readonly string[]>> = {
  ...{ isKindKnown: [], isKindComplete: [], unread: [], decidedBy: [], elsewhere: [], config: [] },
  sessions: ['SpeakerStatus'],
  starting: ['SpeakerStatus', 'Pod', 'DaemonSet', 'Node'],
};

export function takeAnnouncementSnapshot(
  objects: readonly Raw[],
  options: AnnouncementSnapshotOptions,
): AnnouncementSnapshot {
  const { namespace, lbClass, complete = false, read, forbidden, wall = null } = options;
  const completeKinds = new Set([...(complete ? CORE_KINDS : []), ...(read ?? [])]);
  const cluster = readSpeakerCluster(objects, { namespace, lbClass, completeKinds });
  const announced = announcedState(cluster, null);
  const byKind = new Map<string, Raw[]>();
  const elsewhere: Raw[] = [];
  for (const raw of objects) {
    const isMetallb = METALLB_KINDS.has(textOf(raw['kind'])) && isOfMetallb(raw);
    if (isMetallb && namespaceOf(raw) !== namespace) elsewhere.push(raw);
    const kind = isMetallb ? textOf(raw['kind']) : resourceKind(raw);
    if (METALLB_KINDS.has(kind) && (!isMetallb || namespaceOf(raw) !== namespace)) continue;
    const known = byKind.get(kind);
    if (known === undefined) byKind.set(kind, [raw]);
    else known.push(raw);
  }
  const isKindKnown = (kind: string): boolean =>
    forbidden?.has(kind) !== true && (byKind.has(kind) || completeKinds.has(kind));
  const hasAnnouncing = ANNOUNCING_KINDS.some((kind) => byKind.has(kind));
  const sessions = (byKind.get('SpeakerStatus') ?? []).flatMap((raw) => sessionsOf(raw, wall));
  const starting = wall === null ? [] : startingNodes(objects, { namespace, wall });
  const missing = lazy(() => undeliveredAddresses(cluster, announced, sessions, options));
  const awaited = lazy(() => awaitedAddresses(withStarted(cluster, starting), missing(), starting));
  const undelivered = lazy(() => missing().filter(({ address }) => !awaited().has(address)));
  const areKnown = areAnnouncementsKnown(isKindKnown, hasAnnouncing, forbidden);
  return {
    ...{ cluster, announced, sessions, isKindKnown, elsewhere, starting },
    config: readClusterConfig(cluster.objects.config, { namespace }, null),
    coveredPools: coveredPoolsIn(cluster, announced),
    objectsOf: (kind) => byKind.get(kind) ?? [],
    unread: forbidden ?? new Set(),
    decidedBy: (property) => PROPERTY_KINDS[property] ?? DECISIVE_KINDS,
    isKindComplete: (kind) => isKindKnown(kind) && completeKinds.has(kind),
    undelivered: areKnown ? undelivered() : null,
    awaited: areKnown ? [...awaited()] : [],
  };
}

/**
 * Where nothing shows that speakers announce, another program or a static route may lead to the addresses. What a kind that could
 * not be read makes them announce is not known either.
 */
const areAnnouncementsKnown = (
  isKindKnown: AnnouncementSnapshot['isKindKnown'],
  hasAnnouncing: boolean,
  forbidden: ReadonlySet<string> = new Set(),
): boolean =>
  ['Node', 'Service', 'IPAddressPool'].every(isKindKnown) &&
  hasAnnouncing &&
  !ANNOUNCING_KINDS.some((kind) => kind !== 'SpeakerStatus' && forbidden.has(kind));

function coveredPoolsIn(
  { objects: { config } }: SpeakerCluster,
  { announcements }: AnnouncedState,
): ReadonlySet<string> {
  const coverages = [...config.advertisements, ...config.layer2].flatMap(
    (raw) => readPoolCoverage(raw) ?? [],
  );
  const covered = [...announcements.pools.byName.values()].filter((pool) =>
    coverages.some((one) => coversPool(one, pool)),
  );
  return new Set(covered.map(({ name }) => name));
}

const isOfMetallb = (raw: Raw): boolean => groupOf(raw) === METALLB_GROUP || textOf(raw['apiVersion']) === '';

function sessionsOf(raw: Raw, wall: Millis | null): readonly PublishedSession[] {
  return listOf(statusOf(raw)['sessions'])
    .map(fieldsOf)
    .map(({ peer, state, lastError, since }) => {
      const error = textOrNull(lastError);
      const isTried = wall !== null && isOpening({ since: textOf(since), error }, wall);
      return {
        ...{ node: nameOf(raw), peer: textOf(peer), isDown: state === 'Down' && !isTried },
        lastError: error,
      };
    });
}

/** Of the addresses that nothing leads to: those that speakers which are starting will announce. */
function awaitedAddresses(
  started: SpeakerCluster,
  undelivered: readonly UndeliveredAddress[],
  starting: readonly string[],
): ReadonlySet<string> {
  if (starting.length === 0 || undelivered.length === 0) return new Set();
  const delivered = new Set(
    announcedState(started, null).deliveries.flatMap((one) => (isDelivered(one) ? [one.address] : [])),
  );
  return new Set(undelivered.flatMap(({ address }) => (delivered.has(address) ? [address] : [])));
}

/** A route over a session that is down does not count, nor does an owner whose address another host uses. */
function undeliveredAddresses(
  cluster: SpeakerCluster,
  announced: AnnouncedState,
  sessions: readonly PublishedSession[],
  { deliveredOtherwise }: Pick<AnnouncementSnapshotOptions, 'deliveredOtherwise'>,
): readonly UndeliveredAddress[] {
  if (
    cluster.presence?.metallb.some(({ phase }) => phase === 'ready') === true &&
    announced.deliveries.every(({ routes }) => routes.length === 0)
  )
    return [];
  const down = new Set(sessions.filter(({ isDown }) => isDown).map(({ node, peer }) => `${node} ${peer}`));
  const isUp = rememberByObject((via: readonly PeerNodes[]): boolean =>
    via.some(({ peer, nodes }) => nodes.some((node) => !down.has(`${node} ${peer}`))),
  );
  return announced.deliveries
    .filter((one) => {
      const routes = one.routes.filter(({ via }) => isUp(via));
      return !isDelivered({ ...one, routes }) && deliveredOtherwise?.has(one.address) !== true;
    })
    .map((one) => {
      const explanation = lazy(() => explainDelivery(cluster, announced, one.service));
      const refusals = lazy(() => refusalsOf(one, announced));
      return {
        ...one,
        pool: poolOf(one, announced),
        get explanation() {
          return explanation();
        },
        get refusals() {
          return refusals();
        },
      };
    });
}

function refusalsOf({ service }: Delivery, { announcements }: AnnouncedState): ReadonlySet<string> {
  const { byService, refusals } = announcements.layer2;
  const codes = new Set<string>();
  for (const { decision } of decidedNodes(announcements.bgp, service))
    if (decision.kind === 'refused') codes.add(decision.refusal.code);
  for (const { standings } of byService.get(service)?.standings ?? [])
    for (const standing of standings) if (standing.kind === 'refused') codes.add(standing.refusal.code);
  const refusal = refusals.get(service);
  if (refusal !== undefined) codes.add(refusal.code);
  return codes;
}

function poolOf({ address }: Delivery, { announcements }: AnnouncedState): string | null {
  const parsed = parseAddress(address);
  return parsed.ok ? (announcements.pools.byAddress.findCommonPool([parsed.value])?.name ?? null) : null;
}

const API_VERSIONS: Readonly<Record<string, string>> = {
  ...{ Node: 'v1', Service: 'v1', ConfigMap: 'v1', Pod: 'v1' },
  ...{ DaemonSet: 'apps/v1', Deployment: 'apps/v1', SpeakerStatus: 'berth.dev/v1alpha1' },
  BGPPeer: 'metallb.io/v1beta2',
  BGPConfiguration: apiVersionOf(CALICO_GROUPS[0]),
};

export const speakerObjectRef = (kind: string, name: string, namespace = ''): ObjectRef => ({
  apiVersion: ownValue(API_VERSIONS, kind) ?? 'metallb.io/v1beta1',
  ...{ kind, namespace, name },
});

export function refOfRaw(raw: Raw): ObjectRef {
  const ref = speakerObjectRef(textOf(raw['kind']), nameOf(raw), namespaceOf(raw));
  const apiVersion = textOf(raw['apiVersion']);
  return apiVersion === '' ? ref : { ...ref, apiVersion };
}

export function refOfService(key: string): ObjectRef {
  const { namespace, name } = splitServiceKey(key);
  return speakerObjectRef('Service', name, namespace);
}

export const patchOfRaw = (raw: Raw, patch: Raw): ObjectEdit => ({
  do: 'patch',
  object: refOfRaw(raw),
  patch,
});
