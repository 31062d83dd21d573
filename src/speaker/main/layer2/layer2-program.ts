/**
 * Wires layer 2 of a speaker: informers, election, wire, records and events. It begins when the first L2Advertisement exists:
 * a cluster without one watches nothing more than before.
 */
import type { NodeConfig } from '../../../announce/config/node-config.ts';
import type { SpeakerFlags } from '../../../announce/decision/should-announce.ts';
import type { SpeakerService } from '../../../announce/decision/speaker-service.ts';
import type { Millis } from '../../../base/clock.ts';
import { rememberByObject } from '../../../base/remember.ts';
import type { Layer2Service } from '../../../layer2/election/layer2-service.ts';
import { Layer2Model } from '../../../layer2/model/layer2-model.ts';
import { type Address, formatAddress } from '../../../net/address.ts';
import type { ObjectVersion } from '../../../objects/metadata.ts';
import { serviceReference } from '../../../objects/object-reference.ts';
import type { Informer, InformerContext } from '../../../runtime/main/informer.ts';
import { Layer2Reporter } from '../../layer2/layer2-reporter.ts';
import { Layer2Speaker } from '../../layer2/layer2-speaker.ts';
import type { OpenWire } from '../../layer2/ports.ts';
import { RecordWriter } from '../../layer2/record-writer.ts';
import { ReturnedNodes } from '../../layer2/returned-nodes.ts';
import type { SpeakerEvent } from '../../ports.ts';
import type { Layer2NodeStatus } from '../../status/node-status.ts';
import type { StatusOwner } from '../status/service-status-objects.ts';
import { EXCLUDED_FILE, ExcludedFile } from './excluded-file.ts';
import { Layer2Informers, type SliceInformer } from './layer2-informers.ts';
import { findOwnerDaemonSet } from './owner-daemon-set.ts';
import { ownerRecordApi } from './record-api.ts';
import { type MeshSettings, SpeakerMesh } from './speaker-mesh.ts';

/** In the cache of the speaker. */
type CachedService = ObjectVersion &
  Pick<Layer2Service, 'wantsSharing'> & { readonly service: SpeakerService };

type SharedInformers = {
  readonly services: Pick<Informer<CachedService>, 'store' | 'subscribe'>;
  readonly slices: SliceInformer;
  readonly layer2Advertisements: () => readonly unknown[];
};

export type Layer2ProgramOptions = {
  readonly context: InformerContext;
  readonly openWire: OpenWire;
  readonly namespace: string;
  readonly node: string;
  /** '' where it is not known. */
  readonly podName: string;
  readonly flags: SpeakerFlags;
  readonly keepsOwner: boolean;
  /** `--l2-failback-delay` */
  readonly failbackDelay: Millis;
  /** `--l2-isolated=keep` */
  readonly keepsWhenIsolated: boolean;
  /** BFD between the speakers; null where there is none: then the API server alone says who runs. */
  readonly mesh: MeshSettings | null;
  /** Where the other speakers reach this one; null where it is not known. */
  readonly address: () => Address | null;
  /** Of the node model; null before its first recompute. */
  readonly pools: () => NodeConfig['pools'] | null;
  /** Of the speaker, which runs them. */
  readonly informers: () => SharedInformers;
  readonly sendEvent: (event: SpeakerEvent) => void;
  /** What the SpeakerStatus says of layer 2 differs. */
  readonly statusChanged: () => void;
};

/** How a speaker answers by layer 2. */
export type Layer2Settings = Pick<
  Layer2ProgramOptions,
  'openWire' | 'keepsOwner' | 'failbackDelay' | 'keepsWhenIsolated' | 'mesh'
> & {
  /** Where the other speakers reach this one; null: the InternalIP of the Node. */
  readonly address: Address | null;
  /** The same, for a Node that has no InternalIP. */
  readonly hostAddress: Address | null;
};

/** Between two looks at the list of excluded interfaces. */
const EXCLUDED_INTERVAL: Millis = 10_000;

export class Layer2Program {
  readonly #options: Layer2ProgramOptions;
  readonly #informers: Layer2Informers;
  readonly #model: Layer2Model;
  readonly #speaker: Layer2Speaker;
  readonly #reporter: Layer2Reporter;
  readonly #writer: RecordWriter;
  readonly #mesh: SpeakerMesh;
  readonly #returned: ReturnedNodes;
  readonly #excluded: ExcludedFile;
  readonly #stopInformers = new AbortController();
  /** The election takes a Service as unchanged that is the same object. */
  readonly #layer2Service = rememberByObject(
    ({ service, uid, wantsSharing }: CachedService): Layer2Service => ({ uid, wantsSharing, ...service }),
  );
  #owner: StatusOwner | null = null;
  #running: Promise<void> | null = null;
  #watching: Promise<void> | null = null;
  #isStopping = false;
  #stopNoting = (): void => {};

  constructor(options: Layer2ProgramOptions) {
    this.#options = options;
    const { context, namespace, node, flags, keepsOwner } = options;
    const { clock, random, log, metrics, client } = context;
    this.#model = new Layer2Model({ namespace, flags, keepsOwner, areChangesNoted: true });
    this.#informers = new Layer2Informers({
      ...{ context, namespace, slices: () => options.informers().slices },
      on: {
        slice: (slice) => this.#changed(() => this.#model.putSlice(slice)),
        sliceDeleted: (slice) => this.#changed(() => this.#model.removeSlice(slice)),
        recorded: (service) => this.#changed(() => this.#model.noteRecords(service)),
        changed: () => this.#speaker.changed(),
      },
    });
    this.#reporter = new Layer2Reporter({
      ...{ log, metrics, node, clock },
      conflictsChanged: options.statusChanged,
      sendEvent: (key, event) => {
        const service = options.informers().services.store.get(key);
        if (service !== undefined)
          options.sendEvent({ regarding: serviceReference({ ...service, key }), event });
      },
    });
    this.#writer = new RecordWriter({
      ...{ clock, random, log },
      planAgain: () => this.#speaker.changed(),
      onFault: (error) => log.error('no more ServiceL2Status objects are written', { error }),
      api: ownerRecordApi({
        ...{ client, namespace, node },
        owner: () => this.#owner,
        observed: (record) => this.#informers.recordObserved(record),
        deleted: (record) => this.#informers.recordDeleted(record),
      }),
    });
    this.#excluded = new ExcludedFile(EXCLUDED_FILE, log);
    this.#returned = new ReturnedNodes({
      ...{ clock, node, delay: options.failbackDelay },
      changed: () => this.#publishAndElect(),
    });
    this.#mesh = new SpeakerMesh({
      ...{ context, namespace, node, settings: options.mesh },
      refresh: () => this.#informers.refresh(),
      changed: () => this.#publishAndElect(),
      partReturned: () => this.#speaker.partReturned(),
      healed: () => this.#speaker.announceAgain(),
      linkChanged: (other, isUp) => this.#returned.linkChanged(other, isUp),
    });
    this.#speaker = new Layer2Speaker({
      ...{ clock, node, model: this.#model, openWire: options.openWire },
      isolation: () => this.#mesh.isolation,
      keepsWhenIsolated: options.keepsWhenIsolated,
      confirm: async () => (await this.#mesh.isApiAnswering()) && this.#informers.refresh(),
      situation: () => this.#situation(),
      observer: {
        elected: (outcome) => {
          this.#reporter.elected(outcome, this.#informers.owners.recorded);
          this.#writer.setPlan(outcome.records);
        },
        notOpened: (because) =>
          log.warn('layer 2 does not begin, this node answers for no address', { because }),
        interfacesChanged: () => this.#interfacesChanged(),
        wireEvent: (event) => this.#reporter.wireEvent(event),
      },
    });
  }

  /** For the SpeakerStatus; null while this speaker does not answer by layer 2. */
  get status(): Layer2NodeStatus | null {
    const { interfaces } = this.#speaker;
    if (interfaces === null || this.#isStopping) return null;
    return {
      interfaces: interfaces.map(({ name, mac, families, subnets, addresses }) => ({
        ...{ name, mac, subnets, addresses },
        arp: families[4],
        ndp: families[6],
      })),
      address: this.#address === null ? null : formatAddress(this.#address),
      ...{ boot: this.#mesh.boot, sequence: this.#mesh.sequence },
      ...{ linked: this.#mesh.linked, lost: this.#mesh.lost },
      ...{ returned: this.#returned.nodes, conflicts: this.#reporter.conflicts },
    };
  }

  /** The addresses that this node answers for, as text. */
  get owned(): readonly string[] {
    return this.#speaker.owned.map(({ address }) => formatAddress(address));
  }

  /** Services, pools or L2Advertisements may differ. */
  changed(): void {
    if (this.#running === null) {
      if (this.#isStopping || this.#options.informers().layer2Advertisements().length === 0) return;
      this.#running = this.#run();
    }
    this.#speaker.changed();
  }

  /** Hands over, and ends. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    if (this.#running === null) return;
    this.#options.statusChanged();
    await this.#running;
    this.#returned.stop();
    await Promise.all([this.#speaker.stop(), this.#mesh.stop()]);
    await this.#writer.stop();
    this.#stopNoting();
    this.#stopInformers.abort();
    await this.#watching;
  }

  async #run(): Promise<void> {
    const { context, namespace, podName, informers } = this.#options;
    context.log.info('layer 2 begins: there is an L2Advertisement');
    this.#owner = await findOwnerDaemonSet(context.client, { namespace, podName });
    const excluded = await this.#excluded.read();
    if (this.#isStopping) return;
    this.#stopNoting = informers().services.subscribe({
      changed: (_, one) => this.#model.noteService(one.service.key, this.#layer2Service(one)),
      deleted: (key) => this.#model.noteService(key, null),
    });
    await this.#speaker.start(excluded);
    this.#watchExcluded();
  }

  /** A ConfigMap that is mounted changes without notice. */
  #watchExcluded(): void {
    this.#options.context.clock.after(EXCLUDED_INTERVAL, () => {
      if (this.#isStopping) return;
      void this.#excluded.read().then((patterns) => {
        if (this.#isStopping) return;
        this.#speaker.setExcluded(patterns);
        this.#watchExcluded(); // a look that takes long is not overtaken by the next
      });
    });
  }

  /** Without a wire that works, nothing of the cluster is needed. */
  #interfacesChanged(): void {
    this.#watching ??= this.#informers.run(this.#stopInformers.signal);
    this.#returned.started();
    this.#mesh.start();
    this.#options.statusChanged();
  }

  /** What others need to know is published at once; the election counts it until all can read it. */
  #publishAndElect(): void {
    if (this.#isStopping) return;
    this.#options.statusChanged();
    this.#speaker.changed();
  }

  get #address(): Address | null {
    return this.#options.address();
  }

  #changed(change: () => void): void {
    change();
    this.#speaker.changed();
  }

  *#services(): Generator<Layer2Service> {
    for (const one of this.#options.informers().services.store.values()) yield this.#layer2Service(one);
  }

  #situation() {
    const { node, pools: poolsNow, informers } = this.#options;
    const pools = poolsNow();
    const { interfaces } = this.#speaker;
    if (!this.#informers.hasSynced || pools === null || interfaces === null) return null;
    return {
      services: this.#services(),
      ...{ advertisements: informers().layer2Advertisements(), pools, nodes: this.#informers.nodes() },
      presence: this.#mesh.presence({
        ...{ own: { node, interfaces, returned: this.#returned.nodes }, address: this.#address },
        ...{ speakers: this.#informers.speakers(), pods: this.#informers.pods() },
      }),
      records: this.#informers.records,
      ...this.#informers.owners,
    };
  }
}
