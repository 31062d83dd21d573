/**
 * Whether Berth's speakers are at work, by the ConfigMaps that they keep, and all that decides what they announce: watched
 * only where there is one. Nothing of this is needed for granting, and nothing of it makes the controller unready.
 */

import { setMaxListeners } from 'node:events';
import type { NodeView } from '../../announce/node.ts';
import type { ConfigObjects } from '../../announce/settings.ts';
import { aborted } from '../../base/aborted.ts';
import type { Millis } from '../../base/clock.ts';
import { fieldsOf, textOf } from '../../cluster/fields.ts';
import { CONFIG_MAPS } from '../../kube/resource.ts';
import { Picture } from '../../program/main/picture.ts';
import type { ServiceEndpoints } from '../nativeendpoints.ts';
import { readDocument, type SpeakerDocument, type SpeakerPod } from '../nativespeakers.ts';
import {
  type ConfigKind,
  NativePictures,
  type NativePicturesOptions,
  type Seen,
  seen,
} from './nativepictures.ts';

/** A kind that cannot be listed in this time is spoken of as not visible. */
const SEEN_WITHIN: Millis = 10_000;
const SPEAKERS = 'berth.dev/speaker';
const FILE = 'status.json';

export class NativeSight {
  readonly #options: NativePicturesOptions;
  readonly #speakers: Picture<Seen<SpeakerDocument | null>>;
  #watched: NativePictures | null = null;
  #end: AbortController | null = null;
  #running: Promise<unknown> = Promise.resolve();
  #isPatient = true;
  #giveUpWaiting: () => void = () => {};
  #isOver = false;

  constructor(options: NativePicturesOptions) {
    this.#options = options;
    const { context, namespace } = options;
    const looked = (): void => {
      this.#switch();
      options.changed();
    };
    this.#speakers = new Picture<Seen<SpeakerDocument | null>>(context, {
      resource: CONFIG_MAPS,
      namespace,
      labelSelector: SPEAKERS,
      translate: (raw) => {
        return seen(raw, readDocument(textOf(fieldsOf(raw['data'])[FILE]), context.clock.wall()));
      },
      keyOf: ({ id }) => id,
      changed: (before, after) => {
        if (before?.text !== after.text) looked();
      },
      deleted: looked,
      listed: looked,
    });
  }

  /** Whether there are speakers to speak of. */
  get isOn(): boolean {
    return this.#watched !== null;
  }

  /** Whether there is enough to speak: at a start the lists come one by one. */
  get isSettled(): boolean {
    if (!this.#speakers.synced) return this.#speakers.trouble !== null;
    return this.#watched === null || !this.#isPatient || this.#watched.unknown.length === 0;
  }

  /** Kinds that cannot be read. */
  get unknown(): readonly string[] {
    return this.#watched?.unknown ?? [];
  }

  get documents(): readonly SpeakerDocument[] {
    return [...this.#speakers.store.values()].flatMap(({ value }) => (value === null ? [] : [value]));
  }

  get pods(): readonly SpeakerPod[] {
    return this.#watched?.pods ?? [];
  }

  get nodes(): readonly NodeView[] {
    return this.#watched?.nodes ?? [];
  }

  get config(): ConfigObjects {
    const of = (kind: ConfigKind): readonly unknown[] => this.#watched?.objects(kind) ?? [];
    return {
      ...{ pools: of('pools'), advertisements: of('advertisements'), peers: of('peers') },
      ...{ communities: of('communities'), layer2: [], bfdProfiles: [], secrets: [] },
    };
  }

  endpointsOf(key: string): ServiceEndpoints | null {
    return this.#watched?.endpoints.of(key) ?? null;
  }

  /** Until `signal` is aborted. */
  async run(signal: AbortSignal): Promise<void> {
    const speakers = this.#speakers.run(signal);
    await aborted(signal);
    this.#isOver = true;
    this.#stop();
    await Promise.all([speakers, this.#running]);
  }

  #switch(): void {
    const isWanted = this.#speakers.store.size > 0 && !this.#isOver;
    if (isWanted === this.isOn) return;
    const { context } = this.#options;
    if (isWanted) this.#start();
    else this.#stop();
    context.log.info(isWanted ? 'speakers are at work, conditions will say what' : 'no speakers are at work');
  }

  #start(): void {
    const { context, changed } = this.#options;
    const end = new AbortController();
    setMaxListeners(0, end.signal); // every picture hangs on this one
    const watched = new NativePictures(this.#options);
    this.#end = end;
    this.#watched = watched;
    this.#isPatient = true;
    this.#giveUpWaiting = context.clock.after(SEEN_WITHIN, () => {
      this.#isPatient = false;
      changed();
    });
    const before = this.#running;
    this.#running = Promise.all([before, ...watched.all.map((one) => one.run(end.signal))]);
  }

  #stop(): void {
    this.#giveUpWaiting();
    this.#end?.abort();
    this.#end = null;
    this.#watched = null;
  }
}
