/** The Secrets that peers name, each watched by its name alone: no other is ever read. */
import { aborted } from '../../base/aborted.ts';
import { readPeer } from '../../config/bgppeer.ts';
import { SECRETS } from '../../kube/resource.ts';
import { Picture, type PictureContext } from '../../program/main/picture.ts';
import { type WatchedRaw, watchedRaw, whereItDiffers } from './objects.ts';

export type Watching = {
  readonly changed: () => void;
  /** It is known now, or cannot be. */
  readonly whole: { readonly listed: () => void; readonly turned: () => void };
};

type Followed = { readonly picture: Picture<WatchedRaw>; readonly end: AbortController };

export class NamedSecrets {
  readonly #context: PictureContext;
  readonly #namespace: string;
  readonly #on: Watching;
  readonly #followed = new Map<string, Followed>();
  readonly #running = new Set<Promise<void>>();
  #signal: AbortSignal | null = null;

  constructor(context: PictureContext, namespace: string, on: Watching) {
    this.#context = context;
    this.#namespace = namespace;
    this.#on = on;
  }

  /** Whole objects, of those that are there. */
  get objects(): readonly unknown[] {
    return [...this.#followed.values()].flatMap(({ picture }) =>
      [...picture.store.values()].map(({ raw }) => raw),
    );
  }

  /** One that cannot be read concerns the peers that name it: nobody else waits for it. */
  get missing(): readonly Pick<Picture<never>, 'name' | 'trouble'>[] {
    return [...this.#followed.values()].flatMap(({ picture }) =>
      picture.known || picture.trouble !== null ? [] : [picture],
    );
  }

  /** A Secret that no peer names any more is forgotten. */
  follow(peers: readonly unknown[]): void {
    const names = new Set(peers.flatMap((raw) => readPeer(raw).peer?.passwordSecret?.name ?? []));
    for (const [name, { end }] of this.#followed) {
      if (names.has(name)) continue;
      end.abort();
      this.#followed.delete(name);
    }
    for (const name of names) if (!this.#followed.has(name)) this.#start(name);
  }

  /** Until `signal` is aborted and all have hung up. */
  async run(signal: AbortSignal): Promise<void> {
    this.#signal = signal;
    for (const { picture, end } of this.#followed.values()) this.#keep(picture, end);
    await aborted(signal);
    for (const { end } of this.#followed.values()) end.abort();
    await Promise.all(this.#running);
  }

  #start(name: string): void {
    const picture = new Picture<WatchedRaw>(this.#context, {
      resource: SECRETS,
      namespace: this.#namespace,
      fieldSelector: `metadata.name=${name}`,
      translate: watchedRaw,
      keyOf: (secret) => secret.name,
      changed: whereItDiffers(this.#on.changed),
      deleted: this.#on.changed,
      ...this.#on.whole,
    });
    const end = new AbortController();
    this.#followed.set(name, { picture, end });
    if (this.#signal !== null && !this.#signal.aborted) this.#keep(picture, end);
  }

  #keep(picture: Picture<WatchedRaw>, end: AbortController): void {
    const running = picture.run(end.signal);
    this.#running.add(running);
    void running.finally(() => this.#running.delete(running));
  }
}
