/** Informers that only layer 2 needs: all nodes, the speakers, and who is recorded as owner. Endpoints are watched for BGP, too. */
import { NODES, PODS, SERVICE_L2_STATUSES, SPEAKER_STATUSES } from '../../../kube/resource.ts';
import { type RecordedOwners, RecordIndex } from '../../../layer2/election/record-index.ts';
import type { Layer2Node, Layer2Slice } from '../../../layer2/model/layer2-model.ts';
import type { WatchedRecord } from '../../../layer2/objects/watched-objects.ts';
import {
  sameLayer2Node,
  samePublishedSpeaker,
  sameSpeakerPod,
  toLayer2Node,
  toPublishedSpeaker,
  toSpeakerPod,
  toWatchedRecord,
  type WatchedLayer2Node,
  type WatchedLayer2Pod,
  type WatchedSpeaker,
} from '../../../layer2/objects/watched-objects.ts';
import type { ObjectVersion } from '../../../objects/metadata.ts';
import type { ServiceKey } from '../../../objects/service.ts';
import { Informer, type InformerContext } from '../../../runtime/main/informer.ts';
import { VanishedRecords } from '../../layer2/vanished-records.ts';

type WatchedLayer2Slice = ObjectVersion & Layer2Slice;

export type SliceInformer = Pick<Informer<WatchedLayer2Slice>, 'subscribe' | 'isSyncedOrAbsent'>;

export type Layer2InformersOptions = {
  readonly context: InformerContext;
  readonly namespace: string;
  /** Of the speaker, which runs it: it watches them for BGP, too. */
  readonly slices: () => SliceInformer;
  readonly on: {
    readonly slice: (slice: Layer2Slice) => void;
    readonly sliceDeleted: (slice: Layer2Slice) => void;
    /** Who is recorded for a Service may differ. */
    readonly recorded: (service: ServiceKey) => void;
    /** Anything else that the election depends on, or an informer has synced. */
    readonly changed: () => void;
  };
};

export class Layer2Informers {
  readonly #options: Layer2InformersOptions;
  readonly #nodes: Informer<WatchedLayer2Node>;
  readonly #pods: Informer<WatchedLayer2Pod>;
  readonly #speakers: Informer<WatchedSpeaker>;
  readonly #records: Informer<WatchedRecord>;
  readonly #vanished: VanishedRecords<WatchedRecord>;
  readonly #recordIndex = new RecordIndex<WatchedRecord>();
  readonly #owners: RecordedOwners;
  readonly #recorded: (service: ServiceKey) => void;

  constructor(options: Layer2InformersOptions) {
    const { context, namespace, on } = options;
    this.#options = options;
    this.#recorded = on.recorded;
    this.#vanished = new VanishedRecords(context.clock, on.recorded);
    this.#owners = this.#recordIndex.owners((service) => this.#vanished.of(service));
    const progress = { listed: on.changed, stateChanged: on.changed };
    const changes = { changed: on.changed, deleted: on.changed, ...progress };
    this.#nodes = new Informer<WatchedLayer2Node>(
      context,
      { resource: NODES, decode: toLayer2Node, keyOf: ({ node }) => node.name },
      { isSame: sameLayer2Node, ...changes },
    );
    const keyOf = ({ name }: { readonly name: string }): string => name;
    this.#pods = new Informer<WatchedLayer2Pod>(
      context,
      { resource: PODS, namespace, decode: toSpeakerPod, keyOf },
      { isSame: sameSpeakerPod, ...changes },
    );
    this.#speakers = new Informer<WatchedSpeaker>(
      context,
      { resource: SPEAKER_STATUSES, namespace, decode: toPublishedSpeaker, keyOf: ({ node }) => node },
      { isSame: samePublishedSpeaker, ...changes },
    );
    this.#records = new Informer<WatchedRecord>(
      context,
      { resource: SERVICE_L2_STATUSES, namespace, decode: toWatchedRecord, keyOf },
      {
        ...progress,
        changed: (before, after) => this.#recordChanged(before, after),
        deleted: (_, record) => this.#recordVanished(record),
      },
    );
  }

  get hasSynced(): boolean {
    return [this.#options.slices(), ...this.#all].every(({ isSyncedOrAbsent }) => isSyncedOrAbsent);
  }

  nodes(): readonly Layer2Node[] {
    return [...this.#nodes.store.values()].map(({ node }) => node);
  }

  pods(): readonly WatchedLayer2Pod[] {
    return [...this.#pods.store.values()];
  }

  speakers(): readonly WatchedSpeaker[] {
    return [...this.#speakers.store.values()];
  }

  /** By Service. */
  get records(): RecordIndex<WatchedRecord> {
    return this.#recordIndex;
  }

  /** What the records say now, and of those that are gone what `VanishedRecords` says. */
  get owners(): RecordedOwners {
    return this.#owners;
  }

  recordObserved(record: WatchedRecord): void {
    this.#records.applyResponse(record);
  }

  recordDeleted(record: WatchedRecord): void {
    const { name, uid } = record;
    const last = this.#records.store.get(name) ?? record;
    if (this.#records.store.deleted(name, uid)) this.#recordVanished(last);
  }

  #recordChanged(before: WatchedRecord | undefined, after: WatchedRecord): void {
    this.#recordIndex.replace(before, after);
    if (before !== undefined && before.service !== after.service) this.#recorded(before.service);
    this.#recorded(after.service);
  }

  #recordVanished(record: WatchedRecord): void {
    this.#recordIndex.replace(record, undefined);
    this.#vanished.deleted(record);
    this.#recorded(record.service);
  }

  /** Lists again who runs, and who answers for what. False where the informers have ended. */
  async refresh(): Promise<boolean> {
    const listed = await Promise.all([this.#speakers.refresh(), this.#records.refresh()]);
    return listed.every((isListed) => isListed);
  }

  /** Until `signal` is aborted and all watches are closed. */
  async run(signal: AbortSignal): Promise<void> {
    const { slices, on } = this.#options;
    const leaveSlices = slices().subscribe({
      changed: (_, after) => on.slice(after),
      deleted: (_, last) => on.sliceDeleted(last),
      ...{ listed: on.changed, stateChanged: on.changed },
    });
    await Promise.all(this.#all.map((informer) => informer.run(signal)));
    leaveSlices();
    this.#vanished.stop();
  }

  get #all(): readonly Pick<Informer<never>, 'isSyncedOrAbsent' | 'run'>[] {
    return [this.#nodes, this.#pods, this.#speakers, this.#records];
  }
}
