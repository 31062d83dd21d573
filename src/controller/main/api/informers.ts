/**
 * All informers of the controller: one for each resource, whoever reads it. Components subscribe to them; nothing is
 * called back from here.
 *
 * Those of `permanent` run for as long as the process, the others while a component needs them: beside Berth's speakers,
 * or beside Calico.
 */

import { isLoadBalancer } from '../../../allocation/service-filter.ts';
import type { LegacyConfigSettings } from '../../../config/legacy/config-map.ts';
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
import { decodeService, type Service } from '../../../objects/service.ts';
import { Informer, type InformerContext } from '../../../runtime/main/informer.ts';
import { LegacyConfigMap } from '../../../runtime/main/legacy-config-map.ts';
import type { ObjectSource } from '../../../runtime/main/object-source.ts';
import { toWatchedObject, type WatchedObject } from '../../../runtime/main/watched-object.ts';
import { sliceKey } from '../../announced/slice-summary.ts';
import {
  toFormerSpeakerStatus,
  toWatchedDeployment,
  toWatchedNamespace,
  toWatchedNode,
  toWatchedPool,
  toWatchedSliceSummary,
  toWatchedSpeakerPod,
  toWatchedSpeakerStatus,
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
  /** The ConfigMap that the configuration comes from; null where it comes from objects. */
  readonly legacyConfig: LegacyConfigSettings | null;
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
  readonly pools: ObjectSource<WatchedPool>;
  /** What they are read from: IPAddressPools, or the ConfigMap. */
  readonly poolSource: Informer<WatchedPool> | Informer<WatchedObject>;
  /** The informer of IPAddressPools; null where they come from the ConfigMap. */
  readonly poolObjects: Informer<WatchedPool> | null;
  /** The ConfigMap with the configuration; null where it comes from objects. */
  readonly legacyConfig: LegacyConfigMap | null;
  readonly layer2Advertisements: ObjectSource<WatchedObject>;
  readonly bgpAdvertisements: ObjectSource<WatchedObject>;
  readonly speakerStatuses: Informer<WatchedSpeakerStatus>;
  /** ConfigMaps of speakers that have not been updated yet. */
  readonly formerSpeakerStatuses: Informer<WatchedSpeakerStatus>;
  readonly speakerPods: Informer<WatchedSpeakerPod>;
  /** Those of MetalLB, too. */
  readonly layer2Pods: Informer<WatchedLayer2Pod>;
  readonly serviceL2Statuses: Informer<WatchedRecord>;
  readonly endpointSlices: Informer<WatchedSliceSummary>;
  readonly bgpPeers: ObjectSource<WatchedObject>;
  readonly communities: ObjectSource<WatchedObject>;

  constructor(context: InformerContext, { namespace, legacyConfig }: ControllerInformersOptions) {
    const keyOf = ({ name }: { readonly name: string }): string => name;
    const legacy = legacyConfig === null ? null : new LegacyConfigMap(context, namespace, legacyConfig);
    this.legacyConfig = legacy;
    const config = (resource: Resource): ObjectSource<WatchedObject> =>
      legacy === null
        ? new Informer<WatchedObject>(context, { resource, namespace, decode: toWatchedObject, keyOf })
        : legacy.source(resource, toWatchedObject);
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
    const pools = new Informer<WatchedPool>(context, {
      ...{ resource: IP_ADDRESS_POOLS, namespace, decode: toWatchedPool, keyOf },
    });
    this.poolObjects = legacy === null ? pools : null;
    this.pools = legacy === null ? pools : legacy.source(IP_ADDRESS_POOLS, toWatchedPool);
    this.poolSource = legacy === null ? pools : legacy.informer;
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
