/** The controller beside Berth's own speakers: what it sees made into what conditions say. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Standing } from '../../announce/verdict.ts';
import type { Service, ServiceKey } from '../../cluster/service.ts';
import type { PictureContext } from '../../program/main/picture.ts';
import { NO_SERVICE_ENDPOINTS, type ServiceEndpoints } from '../nativeendpoints.ts';
import { type NodeClass, nodeClasses } from '../nativenodes.ts';
import type { NativeWord } from '../nativereasons.ts';
import { type SpeakerWord, speakerWords } from '../nativespeakers.ts';
import { nativeWord } from '../nativewords.ts';
import type { ServiceView } from '../ports.ts';
import { NativeSight } from './nativesight.ts';

export type NativeSideOptions = {
  readonly context: PictureContext;
  readonly namespace: string;
  readonly lbClass: string | null;
  readonly view: ServiceView;
  readonly isMine: (service: Service) => boolean;
  readonly changed: () => void;
};

/** Services that are judged before others get the thread: where nodes are in many classes, one may take a millisecond. */
const SERVICES_A_TURN = 20;

/** Nodes, speakers and configuration, as of their last change. */
type Ground = { readonly classes: readonly NodeClass[]; readonly words: ReadonlyMap<string, SpeakerWord> };

type Known = {
  readonly ground: Ground;
  readonly endpoints: ServiceEndpoints;
  readonly word: NativeWord | null;
};

export class NativeSide {
  readonly #options: NativeSideOptions;
  readonly #sight: NativeSight;
  readonly #standing = new Map<ServiceKey, Standing>();
  /** Null where it has changed. */
  #ground: Ground | null = null;
  #cancelEnd: () => void = () => {};
  /** A Service is judged again where it, its endpoints or the ground are others. */
  readonly #known = new WeakMap<Service, Known>();

  constructor(options: NativeSideOptions) {
    this.#options = options;
    const { context, namespace, changed } = options;
    this.#sight = new NativeSight({
      ...{ context, namespace },
      changed: () => this.#groundChanged(),
      endpointsChanged: changed,
    });
  }

  get isOn(): boolean {
    return this.#sight.isOn;
  }

  get nodes(): number {
    return this.#sight.nodes.length;
  }

  async run(signal: AbortSignal): Promise<void> {
    await this.#sight.run(signal);
    this.#cancelEnd();
  }

  /** Null while there is nothing to go by yet. */
  async answer(): Promise<ReadonlyMap<ServiceKey, NativeWord> | null> {
    if (!this.#sight.isSettled) return null;
    const said = new Map<ServiceKey, NativeWord>();
    if (!this.isOn) return said;
    const { view, isMine } = this.#options;
    const invisible = this.#invisible();
    const ground = this.#currentGround();
    let judged = 0;
    for (const service of [...view.values()]) {
      if (!isMine(service) || service.ingress.length === 0) continue;
      const endpoints = this.#sight.endpointsOf(service.key) ?? NO_SERVICE_ENDPOINTS;
      let known = this.#known.get(service);
      if (invisible === null && (known?.ground !== ground || known.endpoints !== endpoints)) {
        const word = nativeWord(service, endpoints, { ...ground, standing: this.#standing });
        known = { ground, endpoints, word };
        this.#known.set(service, known);
        judged += 1;
        if (judged % SERVICES_A_TURN === 0) await nextTurn();
      }
      const word = invisible ?? known?.word ?? null;
      if (word !== null) said.set(service.key, word);
    }
    for (const key of this.#standing.keys()) if (view.get(key) === undefined) this.#standing.delete(key);
    return said;
  }

  #currentGround(): Ground {
    if (this.#ground !== null) return this.#ground;
    const { context, namespace, lbClass } = this.#options;
    const { nodes, documents, pods, config } = this.#sight;
    const wall = context.clock.wall();
    const { words, until } = speakerWords(documents, pods, wall);
    this.#ground = { classes: nodeClasses({ nodes, words, config, namespace, lbClass }), words };
    this.#cancelEnd();
    if (until !== null) this.#cancelEnd = context.clock.after(until - wall, () => this.#groundChanged());
    return this.#ground;
  }

  #groundChanged(): void {
    this.#ground = null;
    this.#options.changed();
  }

  #invisible(): NativeWord | null {
    const { unknown } = this.#sight;
    if (unknown.length === 0) return null;
    const message = `Whether speakers announce it cannot be told: ${unknown.join(', ')} cannot be read.`;
    return { status: 'Unknown', reason: 'NotVisible', message };
  }
}
