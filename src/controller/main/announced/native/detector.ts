/**
 * Whether Berth's speakers are at work, by the ConfigMaps that they keep, and all that decides what they announce: watched
 * only where there is one. Nothing of this is needed for granting, and nothing of it makes the controller unready.
 */

import { setMaxListeners } from 'node:events';
import type { ConfigObjects } from '../../../../announce/config/node-config.ts';
import { untilAborted } from '../../../../base/abort.ts';
import type { Millis } from '../../../../base/clock.ts';
import { fieldsOf, textOf } from '../../../../base/json.ts';
import { CONFIG_MAPS } from '../../../../kube/resource.ts';
import type { Node } from '../../../../objects/node.ts';
import { Informer } from '../../../../runtime/main/informer.ts';
import type { ServiceEndpoints } from '../../../announced/native/endpoint-nodes.ts';
import {
  parseSpeakerStatus,
  type SpeakerPod,
  type SpeakerStatus,
} from '../../../announced/native/speaker-states.ts';
import {
  type ConfigKind,
  NativeInformers,
  type NativeInformersOptions,
  toWatchedValue,
  type WatchedValue,
} from './informers.ts';

/** A kind that cannot be listed in this time is spoken of as not visible. */
const LIST_TIMEOUT: Millis = 10_000;
const SPEAKER_LABEL = 'berth.dev/speaker';
const STATUS_KEY = 'status.json';

export class SpeakerDetector {
  readonly #options: NativeInformersOptions;
  readonly #speakers: Informer<WatchedValue<SpeakerStatus | null>>;
  #informers: NativeInformers | null = null;
  #abortController: AbortController | null = null;
  #running: Promise<unknown> = Promise.resolve();
  #isWaitingForLists = true;
  #giveUpWaiting: () => void = () => {};
  #isStopped = false;

  constructor(options: NativeInformersOptions) {
    this.#options = options;
    const { context, namespace } = options;
    const speakersChanged = (): void => {
      this.#startOrStop();
      options.changed();
    };
    this.#speakers = new Informer<WatchedValue<SpeakerStatus | null>>(context, {
      resource: CONFIG_MAPS,
      namespace,
      labelSelector: SPEAKER_LABEL,
      decode: (raw) => {
        return toWatchedValue(
          raw,
          parseSpeakerStatus(textOf(fieldsOf(raw['data'])[STATUS_KEY]), context.clock.wall()),
        );
      },
      keyOf: ({ id }) => id,
      changed: (before, after) => {
        if (before?.fingerprint !== after.fingerprint) speakersChanged();
      },
      deleted: speakersChanged,
      listed: speakersChanged,
    });
  }

  /** Whether there are speakers to speak of. */
  get isActive(): boolean {
    return this.#informers !== null;
  }

  /** Whether there is enough to speak: at a start the lists come one by one. */
  get hasSynced(): boolean {
    if (!this.#speakers.hasSynced) return this.#speakers.watchError !== null;
    return (
      this.#informers === null || !this.#isWaitingForLists || this.#informers.unreadableKinds.length === 0
    );
  }

  /** Kinds that cannot be read. */
  get unreadableKinds(): readonly string[] {
    return this.#informers?.unreadableKinds ?? [];
  }

  get statuses(): readonly SpeakerStatus[] {
    return [...this.#speakers.store.values()].flatMap(({ value }) => (value === null ? [] : [value]));
  }

  get pods(): readonly SpeakerPod[] {
    return this.#informers?.pods ?? [];
  }

  get nodes(): readonly Node[] {
    return this.#informers?.nodes ?? [];
  }

  get config(): ConfigObjects {
    const objectsOf = (kind: ConfigKind): readonly unknown[] => this.#informers?.objects(kind) ?? [];
    return {
      ...{
        pools: objectsOf('pools'),
        advertisements: objectsOf('advertisements'),
        peers: objectsOf('peers'),
      },
      ...{ communities: objectsOf('communities'), layer2: [], bfdProfiles: [], secrets: [] },
    };
  }

  endpointsOf(key: string): ServiceEndpoints | null {
    return this.#informers?.endpoints.endpointsOf(key) ?? null;
  }

  /** Until `signal` is aborted. */
  async run(signal: AbortSignal): Promise<void> {
    const speakers = this.#speakers.run(signal);
    await untilAborted(signal);
    this.#isStopped = true;
    this.#stop();
    await Promise.all([speakers, this.#running]);
  }

  #startOrStop(): void {
    const isWanted = this.#speakers.store.size > 0 && !this.#isStopped;
    if (isWanted === this.isActive) return;
    const { context } = this.#options;
    if (isWanted) this.#start();
    else this.#stop();
    context.log.info(isWanted ? 'speakers are at work, conditions will say what' : 'no speakers are at work');
  }

  #start(): void {
    const { context, changed } = this.#options;
    const abortController = new AbortController();
    setMaxListeners(0, abortController.signal); // every picture hangs on this one
    const informers = new NativeInformers(this.#options);
    this.#abortController = abortController;
    this.#informers = informers;
    this.#isWaitingForLists = true;
    this.#giveUpWaiting = context.clock.after(LIST_TIMEOUT, () => {
      this.#isWaitingForLists = false;
      changed();
    });
    const previous = this.#running;
    this.#running = Promise.all([previous, ...informers.all.map((one) => one.run(abortController.signal))]);
  }

  #stop(): void {
    this.#giveUpWaiting();
    this.#abortController?.abort();
    this.#abortController = null;
    this.#informers = null;
  }
}
