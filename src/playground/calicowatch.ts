/** Keeps what routers learn up to date: the controller's own view of Calico, Services and pools, worked out at each change. */

import type { Millis } from '../base/clock.ts';
import { metadataOf, type Raw, textOf } from '../cluster/fields.ts';
import { type CalicoMode, CalicoSight } from '../controller/main/calicosight.ts';
import { POOLS, type Resource, SERVICES } from '../kube/resource.ts';
import type { Versioned } from '../kube/store.ts';
import { Picture, type PictureContext } from '../program/main/picture.ts';
import { type LearnedBook, learnedOf } from './learned.ts';
import { learnedNews } from './learnednews.ts';

/** What one command of somebody's changes comes within this time, and is looked at together. */
const GATHER: Millis = 200;
/** Between two looks lies at least so many times what the last one took. */
const REST_FACTOR = 5;
const LOOK_EVERY: Millis = 20;

export type CalicoWatchOptions = {
  readonly context: PictureContext;
  /** As the controller's. */
  readonly mode: Exclude<CalicoMode, 'off'>;
  /** Called with each line worth saying. */
  readonly say: (line: string) => void;
};

type Kept = Versioned & { readonly key: string; readonly raw: Raw };

export class CalicoWatch {
  readonly #options: CalicoWatchOptions;
  readonly #sight: CalicoSight;
  readonly #pictures: readonly Picture<Kept>[];
  #learned: LearnedBook = new Map();
  #pending: (() => void) | null = null;
  #restUntil: Millis = 0;

  constructor(options: CalicoWatchOptions) {
    this.#options = options;
    const { context, mode } = options;
    const changed = (): void => this.#changed();
    this.#sight = new CalicoSight({ context, mode, changed });
    const keep = (resource: Resource, fieldSelector?: string): Picture<Kept> =>
      new Picture<Kept>(context, {
        resource,
        ...(fieldSelector === undefined ? {} : { fieldSelector }),
        translate: (raw) => kept(resource.kind, raw),
        keyOf: ({ key }) => key,
        changed,
        deleted: changed,
      });
    this.#pictures = [keep(SERVICES, 'spec.type=LoadBalancer'), keep(POOLS)];
  }

  /** Null where there is no Calico to speak of. */
  get learned(): LearnedBook | null {
    return this.#sight.isOn ? this.#learned : null;
  }

  /** Settles after `signal` was aborted and everything is hung up. */
  async run(signal: AbortSignal): Promise<void> {
    await Promise.all([this.#sight.run(signal), ...this.#pictures.map((picture) => picture.run(signal))]);
    this.#pending?.();
    this.#pending = null;
  }

  /** Everything there is now has been looked at. False where it took longer than `within`. */
  async settle(within: Millis, signal: AbortSignal): Promise<boolean> {
    const { clock } = this.#options.context;
    const deadline = clock.now() + within;
    const lists = this.#pictures.map((picture) => picture.confirm(within));
    if (!(await Promise.all(lists)).every(Boolean)) return false;
    while (!this.#sight.isSettled) {
      if (signal.aborted || clock.now() >= deadline) return false;
      await new Promise<void>((resolve) => clock.after(LOOK_EVERY, resolve));
    }
    this.#look();
    return true;
  }

  #changed(): void {
    if (this.#pending !== null) return;
    const { clock } = this.#options.context;
    const wait = Math.max(GATHER, this.#restUntil - clock.now());
    this.#pending = clock.after(wait, () => this.#look());
  }

  #look(): void {
    this.#pending?.();
    this.#pending = null;
    if (!this.#sight.isSettled) return;
    const { context, say } = this.#options;
    const begun = context.clock.now();
    const before = this.#learned;
    this.#learned = this.#sight.isOn ? this.#workOut() : new Map();
    for (const line of learnedNews(before, this.#learned)) say(line);
    this.#restUntil = context.clock.now() + REST_FACTOR * (context.clock.now() - begun);
  }

  #workOut(): LearnedBook {
    const { objects, read } = this.#sight.seen();
    const own = this.#pictures.flatMap(({ store }) => [...store.values()].map(({ raw }) => raw));
    return learnedOf([...objects, ...own], new Set([...read, SERVICES.kind, POOLS.kind]));
  }
}

/** Lists do not name the kind of their items. */
function kept(kind: string, source: Raw): Kept | null {
  const { uid, resourceVersion, namespace, name, annotations } = metadataOf(source);
  if (textOf(name) === '') return null;
  const { spec, status } = source;
  const raw = { kind, metadata: { namespace, name, annotations }, spec, status };
  const key = `${textOf(namespace)}/${textOf(name)}`;
  return { uid: textOf(uid), resourceVersion: textOf(resourceVersion), key, raw };
}
