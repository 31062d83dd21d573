/** Informers of the Secrets that BGPPeers reference, one by name each: no other Secret is read. */
import { untilAborted } from '../../base/abort.ts';
import { fieldsOf, type Raw } from '../../base/json.ts';
import { readBgpPeer } from '../../config/peer.ts';
import { SECRETS } from '../../kube/resource.ts';
import { Informer, type InformerContext } from '../../runtime/main/informer.ts';
import { sameWatchedObject, toWatchedObject, type WatchedObject } from '../../runtime/main/watched-object.ts';

export type InformerCallbacks = {
  readonly changed: () => void;
  /** The informer has synced, or its watch fails. */
  readonly syncCallbacks: { readonly listed: () => void; readonly stateChanged: () => void };
};

type WatchedSecret = {
  readonly informer: Informer<WatchedObject>;
  readonly abortController: AbortController;
};

/** Without any value except for the password: a peer may name a Secret of another purpose by mistake. */
export function toWatchedSecret(raw: Raw): WatchedObject | null {
  const password = (values: unknown): Raw => ({ password: fieldsOf(values)['password'] });
  const { data, stringData } = raw;
  return toWatchedObject({ ...raw, data: password(data), stringData: password(stringData) });
}

export class PeerSecretInformers {
  readonly #context: InformerContext;
  readonly #namespace: string;
  readonly #callbacks: InformerCallbacks;
  /** The Secret that each BGPPeer references; null for none. */
  readonly #secretByPeer = new Map<string, string | null>();
  readonly #watched = new Map<string, WatchedSecret>();
  readonly #running = new Set<Promise<void>>();
  #signal: AbortSignal | null = null;

  constructor(context: InformerContext, namespace: string, callbacks: InformerCallbacks) {
    this.#context = context;
    this.#namespace = namespace;
    this.#callbacks = callbacks;
  }

  /** The Secrets that exist, as whole objects. */
  get objects(): readonly unknown[] {
    return [...this.#watched.values()].flatMap(({ informer }) =>
      [...informer.store.values()].map(({ raw }) => raw),
    );
  }

  /** Secrets that are not listed yet. One that cannot be read does not count: it affects its own peers alone. */
  get unsynced(): readonly Pick<Informer<never>, 'name' | 'watchError'>[] {
    return [...this.#watched.values()].flatMap(({ informer }) =>
      informer.isSyncedOrAbsent || informer.watchError !== null ? [] : [informer],
    );
  }

  /** A BGPPeer was created or changed: starts the watch of its Secret, and stops one that no peer references now. */
  setPeer({ name, raw }: WatchedObject): void {
    this.#secretByPeer.set(name, readBgpPeer(raw).peer?.passwordSecret?.name ?? null);
    this.#startAndStopWatches();
  }

  /** A BGPPeer was deleted: stops the watch of its Secret, where no other peer references that. */
  removePeer(name: string): void {
    this.#secretByPeer.delete(name);
    this.#startAndStopWatches();
  }

  #startAndStopWatches(): void {
    const referenced = new Set(this.#secretByPeer.values());
    for (const [name, { abortController }] of this.#watched) {
      if (referenced.has(name)) continue;
      abortController.abort();
      this.#watched.delete(name);
    }
    for (const name of referenced) if (name !== null && !this.#watched.has(name)) this.#start(name);
  }

  /** Until `signal` is aborted and all watches are closed. */
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
        decode: toWatchedSecret,
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
