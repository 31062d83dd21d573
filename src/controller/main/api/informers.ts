/**
 * All informers of the controller: one for each resource, whoever reads it. Components subscribe to them; nothing is
 * called back from here.
 *
 * Those of `permanent` run for as long as the process, the others while a component needs them: beside Berth's speakers,
 * or beside Calico.
 */

import { isLoadBalancer } from '../../../allocation/service-filter.ts';
import {
  BGP_ADVERTISEMENTS,
  BGP_PEERS,
  COMMUNITIES,
  CONFIG_MAPS,
  DEPLOYMENTS,
  ENDPOINT_SLICES,
  IP_ADDRESS_POOLS,
  L2_ADVERTISEMENTS,
  NAMESPACES,
  NODES,
  PODS,
  type Resource,
  SERVICE_L2_STATUSES,
  SERVICES,
  SPEAKER_STATUSES,
} from '../../../kube/resource.ts';
import {
  toSpeakerPod,
  toWatchedRecord,
  type WatchedLayer2Pod,
  type WatchedRecord,
} from '../../../layer2/objects/watched-objects.ts';
import { SERVICE_SLICE_SELECTOR } from '../../../objects/endpoint-slice.ts';
import { nameOf } from '../../../objects/metadata.ts';
import { decodeService, type Service } from '../../../objects/service.ts';
import { Informer, type InformerContext } from '../../../runtime/main/informer.ts';
import { toWatchedObject, type WatchedObject } from '../../../runtime/main/watched-object.ts';
import { sliceKey } from '../../announced/slice-summary.ts';
import {
  toFormerSpeakerStatus,
  toWatchedConfigMap,
  toWatchedDeployment,
  toWatchedNamespace,
  toWatchedNode,
  toWatchedPool,
  toWatchedSliceSummary,
  toWatchedSpeakerPod,
  toWatchedSpeakerStatus,
  type WatchedConfigMap,
  type WatchedDeployment,
  type WatchedNamespace,
  type WatchedNode,
  type WatchedPool,
  type WatchedSliceSummary,
  type WatchedSpeakerPod,
  type WatchedSpeakerStatus,
} from './watched-objects.ts';

/** On the ConfigMaps in which speakers reported their nodes before there were SpeakerStatus objects. */
const FORMER_STATUS_SELECTOR = 'berth.dev/speaker';

/** MetalLB's speakers have the second label, too. */
const SPEAKER_POD_SELECTOR = 'app.kubernetes.io/name=berth,app.kubernetes.io/component=speaker';

export type ControllerInformersOptions = {
  /** Of the objects of metallb.io and of our own. */
  readonly namespace: string;
  /** The ConfigMap that pools come from instead of IPAddressPools; null where they do not. */
  readonly legacyConfig: string | null;
};

/** What is asked of an informer by those who only report how it is doing. */
export type InformerProgress = Pick<
  Informer<never>,
  'name' | 'hasSynced' | 'isCurrent' | 'watchError' | 'age'
>;

type Runnable = InformerProgress & Pick<Informer<never>, 'run'>;

export const createNodeInformer = (context: InformerContext): Informer<WatchedNode> =>
  new Informer<WatchedNode>(context, { resource: NODES, decode: toWatchedNode, keyOf: ({ name }) => name });

/** EndpointSlices of all Services that are not headless. */
export const createSliceInformer = (context: InformerContext): Informer<WatchedSliceSummary> =>
  new Informer<WatchedSliceSummary>(context, {
    ...{ resource: ENDPOINT_SLICES, labelSelector: SERVICE_SLICE_SELECTOR },
    ...{ decode: toWatchedSliceSummary, keyOf: sliceKey },
  });

export class ControllerInformers {
  /** All Services of type LoadBalancer, of whatever class: an address on any of them is taken. */
  readonly services: Informer<Service>;
  readonly namespaces: Informer<WatchedNamespace>;
  readonly nodes: Informer<WatchedNode>;
  readonly deployments: Informer<WatchedDeployment>;
  /** IPAddressPools; with a ConfigMap instead of them only what speakers go by. */
  readonly pools: Informer<WatchedPool>;
  /** The ConfigMap with the pools; null where pools are IPAddressPools. */
  readonly legacyConfig: Informer<WatchedConfigMap> | null;
  readonly layer2Advertisements: Informer<WatchedObject>;
  readonly bgpAdvertisements: Informer<WatchedObject>;
  readonly speakerStatuses: Informer<WatchedSpeakerStatus>;
  /** ConfigMaps of speakers that have not been updated yet. */
  readonly formerSpeakerStatuses: Informer<WatchedSpeakerStatus>;
  readonly speakerPods: Informer<WatchedSpeakerPod>;
  /** Those of MetalLB, too. */
  readonly layer2Pods: Informer<WatchedLayer2Pod>;
  readonly serviceL2Statuses: Informer<WatchedRecord>;
  readonly endpointSlices: Informer<WatchedSliceSummary>;
  readonly bgpPeers: Informer<WatchedObject>;
  readonly communities: Informer<WatchedObject>;

  constructor(context: InformerContext, { namespace, legacyConfig }: ControllerInformersOptions) {
    const keyOf = ({ name }: { readonly name: string }): string => name;
    const config = (resource: Resource): Informer<WatchedObject> =>
      new Informer<WatchedObject>(context, { resource, namespace, decode: toWatchedObject, keyOf });
    this.services = new Informer<Service>(context, {
      resource: SERVICES,
      fieldSelector: 'spec.type=LoadBalancer',
      fallback: { accepts: isLoadBalancer },
      decode: decodeService,
      keyOf: ({ key }) => key,
    });
    this.namespaces = new Informer<WatchedNamespace>(context, {
      ...{ resource: NAMESPACES, decode: toWatchedNamespace, keyOf },
    });
    this.nodes = createNodeInformer(context);
    this.deployments = new Informer<WatchedDeployment>(context, {
      ...{ resource: DEPLOYMENTS, namespace, decode: toWatchedDeployment, keyOf },
    });
    this.pools = new Informer<WatchedPool>(context, {
      ...{ resource: IP_ADDRESS_POOLS, namespace, decode: toWatchedPool, keyOf },
    });
    this.legacyConfig =
      legacyConfig === null
        ? null
        : new Informer<WatchedConfigMap>(context, {
            ...{ resource: CONFIG_MAPS, namespace, fieldSelector: `metadata.name=${legacyConfig}` },
            decode: (raw) => (nameOf(raw) === legacyConfig ? toWatchedConfigMap(raw) : null),
            keyOf,
          });
    this.layer2Advertisements = config(L2_ADVERTISEMENTS);
    this.bgpAdvertisements = config(BGP_ADVERTISEMENTS);
    this.speakerStatuses = new Informer<WatchedSpeakerStatus>(context, {
      ...{ resource: SPEAKER_STATUSES, namespace },
      ...{ decode: toWatchedSpeakerStatus(() => context.clock.wall()), keyOf },
    });
    this.formerSpeakerStatuses = new Informer<WatchedSpeakerStatus>(context, {
      ...{ resource: CONFIG_MAPS, namespace, labelSelector: FORMER_STATUS_SELECTOR },
      ...{ decode: toFormerSpeakerStatus(() => context.clock.wall()), keyOf },
    });
    this.speakerPods = new Informer<WatchedSpeakerPod>(context, {
      ...{ resource: PODS, namespace, labelSelector: SPEAKER_POD_SELECTOR },
      ...{ decode: toWatchedSpeakerPod, keyOf },
    });
    this.layer2Pods = new Informer<WatchedLayer2Pod>(context, {
      ...{ resource: PODS, namespace, decode: toSpeakerPod, keyOf },
    });
    this.serviceL2Statuses = new Informer<WatchedRecord>(context, {
      ...{ resource: SERVICE_L2_STATUSES, namespace, decode: toWatchedRecord, keyOf },
    });
    this.endpointSlices = createSliceInformer(context);
    this.bgpPeers = config(BGP_PEERS);
    this.communities = config(COMMUNITIES);
  }

  /** Where pools come from. */
  get poolSource(): Informer<WatchedPool> | Informer<WatchedConfigMap> {
    return this.legacyConfig ?? this.pools;
  }

  /** What must have synced before anything is assigned. */
  get required(): readonly Runnable[] {
    return [this.services, this.poolSource, this.namespaces];
  }

  /** What runs for as long as the process. */
  get permanent(): readonly Runnable[] {
    return [
      ...this.required,
      ...[this.layer2Advertisements, this.bgpAdvertisements, this.deployments, this.nodes],
    ];
  }

  /** Which of the required informers have not synced, in a sentence; null where all have. */
  describeUnsynced(): string | null {
    const unsynced = this.required.filter(({ hasSynced }) => !hasSynced);
    if (unsynced.length === 0) return null;
    const names = unsynced.map(({ name, watchError }) =>
      watchError === null ? name : `${name} (${watchError})`,
    );
    return `not listed yet: ${names.join(', ')}`;
  }

  /** Until `signal` is aborted and all watches are closed. */
  async run(signal: AbortSignal): Promise<void> {
    await Promise.all(this.permanent.map((informer) => informer.run(signal)));
  }
}
