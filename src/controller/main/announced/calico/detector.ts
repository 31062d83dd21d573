/**
 * Whether Calico announces here at all, and all that decides what: looked for now and then, watched where it is found.
 * Nothing of this is needed for granting, and nothing of it makes the controller unready.
 */

import { setMaxListeners } from 'node:events';
import type { Clock, Millis } from '../../../../base/clock.ts';
import type { Raw } from '../../../../base/json.ts';
import { type BgpBackend, detectBackend } from '../../../../calico/findings/calico-installation.ts';
import { listAll } from '../../../../kube/informer/list.ts';
import {
  CONFIG_MAPS,
  DAEMON_SETS,
  ENDPOINT_SLICES,
  NODES,
  objectPath,
  type Resource,
} from '../../../../kube/resource.ts';
import { API_REQUEST_TIMEOUT } from '../../../../runtime/main/adapters.ts';
import { Informer, type InformerContext } from '../../../../runtime/main/informer.ts';
import {
  CALICO_GROUPS,
  CALICO_KINDS,
  SERVICE_SLICE_SELECTOR,
  sliceKey,
  toWatchedCalicoNode,
  toWatchedCalicoObject,
  toWatchedSlice,
  type WatchedCalicoObject,
  watchedCalicoResource,
} from './watched-kinds.ts';

export type CalicoMode = 'auto' | 'off' | 'required';

/** How often the evidence is looked for again. */
const DETECT_INTERVAL: Millis = 60_000;
/** A kind that cannot be listed in this time is spoken of as not visible. */
const LIST_TIMEOUT: Millis = 10_000;
/** Where calico-node runs; its backend is in this ConfigMap where the DaemonSet says so. */
const CALICO_NAMESPACES = ['kube-system', 'calico-system'] as const;
const INSTALLATIONS: Resource = {
  group: 'operator.tigera.io',
  version: 'v1',
  plural: 'installations',
  kind: 'Installation',
  namespaced: false,
};

type CalicoGroup = (typeof CALICO_GROUPS)[number];

export type CalicoDetectorOptions = {
  readonly context: InformerContext;
  readonly mode: Exclude<CalicoMode, 'off'>;
  /** Objects of this kind, or '' for whether there is anything to see. */
  readonly changed: (kind: string) => void;
};

export class CalicoDetector {
  readonly #options: CalicoDetectorOptions;
  #informers: readonly { readonly kind: string; readonly informer: Informer<WatchedCalicoObject> }[] = [];
  #evidence: readonly Raw[] = [];
  #backend: BgpBackend = { isRunning: null, object: null, field: '', because: '' };
  #group: CalicoGroup | null = null;
  #abortController: AbortController | null = null;
  #running: Promise<unknown> = Promise.resolve();
  #hasDetected = false;
  /** What has not been listed yet may still come. */
  #isWaitingForLists = true;
  #giveUpWaiting: () => void = () => {};

  constructor(options: CalicoDetectorOptions) {
    this.#options = options;
  }

  /** Whether there is an announcer to speak of. */
  get isActive(): boolean {
    return this.#abortController !== null;
  }

  get nodeCount(): number {
    return this.#informers.find(({ kind }) => kind === 'Node')?.informer.store.size ?? 0;
  }

  /** Whether there is enough to speak: at a start the lists come one by one. */
  get hasSynced(): boolean {
    if (!this.#hasDetected) return false;
    return (
      !this.isActive ||
      !this.#isWaitingForLists ||
      this.#informers.every(({ informer }) => informer.isSyncedOrAbsent)
    );
  }

  /** Everything there is to see, and the kinds of which that is known. */
  snapshot(): { readonly objects: readonly Raw[]; readonly read: ReadonlySet<string> } {
    const objects: Raw[] = [...this.#evidence];
    const read = new Set<string>(this.#evidence.length > 0 ? ['DaemonSet'] : []);
    for (const { kind, informer } of this.#informers) {
      if (informer.isSyncedOrAbsent) read.add(kind);
      for (const { raw } of informer.store.values()) objects.push(raw);
    }
    return { objects, read };
  }

  /** Until `signal` is aborted. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock } = this.#options.context;
    while (!signal.aborted) {
      await this.#detect();
      await sleep(clock, DETECT_INTERVAL, signal);
    }
    await this.#stop();
  }

  async #detect(): Promise<void> {
    await this.#findEvidence();
    const group = this.#isWanted() ? await this.#servedGroup() : null;
    const isFirst = !this.#hasDetected;
    this.#hasDetected = true;
    if (!isFirst && group === this.#group && (group !== null) === this.isActive) return;
    await this.#stop();
    if (group !== null) this.#start(group);
    this.#options.changed('');
  }

  #isWanted(): boolean {
    return this.#options.mode === 'required' || this.#backend.isRunning === true;
  }

  async #findEvidence(): Promise<void> {
    const { client } = this.#options.context;
    const found: Raw[] = [];
    for (const namespace of CALICO_NAMESPACES) {
      for (const [resource, name] of [
        [DAEMON_SETS, 'calico-node'],
        [CONFIG_MAPS, 'calico-config'],
      ] as const) {
        const path = objectPath(resource, { namespace, name });
        const outcome = await client.send({ method: 'GET', path, timeout: API_REQUEST_TIMEOUT });
        if (outcome.kind === 'ok') found.push({ ...(outcome.body as Raw), kind: resource.kind });
      }
    }
    const installations = await listAll(client, { resource: INSTALLATIONS, from: 'cached' });
    if (installations.kind === 'ok')
      for (const raw of installations.items) found.push({ ...raw, kind: INSTALLATIONS.kind });
    this.#evidence = found.map(({ kind, metadata, spec, data }) => ({ kind, metadata, spec, data }));
    const of = (kind: string): readonly Raw[] => this.#evidence.filter((raw) => raw['kind'] === kind);
    const backend = detectBackend(of);
    // A DaemonSet whose backend nobody names runs BIRD, as Calico does by itself.
    const isRunning = backend.isRunning ?? (backend.object === null ? null : true);
    if (isRunning !== this.#backend.isRunning) {
      const { log } = this.#options.context;
      if (isRunning === true) log.info('Calico announces by BGP here, conditions will say what');
      else if (isRunning === false) log.warn('Calico runs without BGP', { because: backend.because });
    }
    this.#backend = { ...backend, isRunning };
  }

  /** The newer group where it is served and answers, else the older. */
  async #servedGroup(): Promise<CalicoGroup | null> {
    const { client } = this.#options.context;
    const [first] = CALICO_KINDS;
    for (const group of CALICO_GROUPS) {
      if (first === undefined) break;
      const resource = watchedCalicoResource(group, first);
      const listed = await listAll(client, { resource, from: 'cached' });
      if (listed.kind === 'ok') return group;
    }
    // Neither answers now; what was watched goes on being what is known.
    return this.#group ?? (this.#options.mode === 'required' ? CALICO_GROUPS[0] : null);
  }

  #start(group: CalicoGroup): void {
    const { context, changed } = this.#options;
    this.#group = group;
    const abortController = new AbortController();
    this.#abortController = abortController;
    // Every picture hangs on this one signal.
    setMaxListeners(0, abortController.signal);
    const createInformer = (
      resource: Resource,
      decode: (raw: Raw) => WatchedCalicoObject | null,
      selector?: string,
    ) => ({
      kind: resource.kind,
      informer: new Informer<WatchedCalicoObject>(context, {
        resource,
        ...(selector === undefined ? {} : { labelSelector: selector }),
        decode,
        keyOf: resource.namespaced ? sliceKey : ({ name }) => name,
        changed: (before, after) => {
          if (before?.fingerprint !== after.fingerprint) changed(resource.kind);
        },
        deleted: () => changed(resource.kind),
        listed: () => changed(resource.kind),
      }),
    });
    this.#informers = [
      ...CALICO_KINDS.map((kind) =>
        createInformer(watchedCalicoResource(group, kind), toWatchedCalicoObject(kind[1])),
      ),
      createInformer(NODES, toWatchedCalicoNode),
      createInformer(ENDPOINT_SLICES, toWatchedSlice, SERVICE_SLICE_SELECTOR),
    ];
    this.#giveUpWaiting = context.clock.after(LIST_TIMEOUT, () => {
      this.#isWaitingForLists = false;
      changed('');
    });
    this.#running = Promise.all(this.#informers.map(({ informer }) => informer.run(abortController.signal)));
  }

  async #stop(): Promise<void> {
    this.#giveUpWaiting();
    this.#isWaitingForLists = true;
    this.#abortController?.abort();
    this.#abortController = null;
    this.#group = null;
    await this.#running;
    this.#informers = [];
  }
}

function sleep(clock: Clock, time: Millis, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const finish = (): void => {
      cancel();
      signal.removeEventListener('abort', finish);
      resolve();
    };
    const cancel = clock.after(time, finish);
    signal.addEventListener('abort', finish, { once: true });
  });
}
