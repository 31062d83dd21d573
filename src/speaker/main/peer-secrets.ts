/** The Secrets that peers name, each watched by its name alone: no other is ever read. */
import { untilAborted } from '../../base/abort.ts';
import { readBgpPeer } from '../../config/peer.ts';
import { SECRETS } from '../../kube/resource.ts';
import { Informer, type InformerContext } from '../../runtime/main/informer.ts';
import { sameWatchedObject, toWatchedObject, type WatchedObject } from '../../runtime/main/watched-object.ts';

export type InformerCallbacks = {
  readonly changed: () => void;
  /** It is known now, or cannot be. */
  readonly syncCallbacks: { readonly listed: () => void; readonly stateChanged: () => void };
};

type WatchedSecret = {
  readonly informer: Informer<WatchedObject>;
  readonly abortController: AbortController;
};

export class PeerSecretInformers {
  readonly #context: InformerContext;
  readonly #namespace: string;
  readonly #callbacks: InformerCallbacks;
  readonly #watched = new Map<string, WatchedSecret>();
  readonly #running = new Set<Promise<void>>();
  #signal: AbortSignal | null = null;

  constructor(context: InformerContext, namespace: string, callbacks: InformerCallbacks) {
    this.#context = context;
    this.#namespace = namespace;
    this.#callbacks = callbacks;
  }

  /** Whole objects, of those that are there. */
  get objects(): readonly unknown[] {
    return [...this.#watched.values()].flatMap(({ informer }) =>
      [...informer.store.values()].map(({ raw }) => raw),
    );
  }

  /** One that cannot be read concerns the peers that name it: nobody else waits for it. */
  get unsynced(): readonly Pick<Informer<never>, 'name' | 'watchError'>[] {
    return [...this.#watched.values()].flatMap(({ informer }) =>
      informer.isSyncedOrAbsent || informer.watchError !== null ? [] : [informer],
    );
  }

  /** A Secret that no peer names any more is forgotten. */
  watchSecretsOf(peers: readonly unknown[]): void {
    const names = new Set(peers.flatMap((raw) => readBgpPeer(raw).peer?.passwordSecret?.name ?? []));
    for (const [name, { abortController }] of this.#watched) {
      if (names.has(name)) continue;
      abortController.abort();
      this.#watched.delete(name);
    }
    for (const name of names) if (!this.#watched.has(name)) this.#start(name);
  }

  /** Until `signal` is aborted and all have hung up. */
  async run(signal: AbortSignal): Promise<void> {
    this.#signal = signal;
    for (const { informer, abortController } of this.#watched.values())
      this.#track(informer, abortController);
    await untilAborted(signal);
    for (const { abortController } of this.#watched.values()) abortController.abort();
    await Promise.all(this.#running);
  }

  #start(name: string): void {
    const { changed, syncCallbacks } = this.#callbacks;
    const informer = new Informer<WatchedObject>(
      this.#context,
      {
        resource: SECRETS,
        namespace: this.#namespace,
        fieldSelector: `metadata.name=${name}`,
        decode: toWatchedObject,
        keyOf: (secret) => secret.name,
      },
      { isSame: sameWatchedObject, changed, deleted: changed, ...syncCallbacks },
    );
    const abortController = new AbortController();
    this.#watched.set(name, { informer, abortController });
    if (this.#signal !== null && !this.#signal.aborted) this.#track(informer, abortController);
  }

  #track(informer: Informer<WatchedObject>, abortController: AbortController): void {
    const running = informer.run(abortController.signal);
    this.#running.add(running);
    void running.finally(() => this.#running.delete(running));
  }
}
