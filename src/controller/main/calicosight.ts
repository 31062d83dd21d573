/**
 * Whether Calico announces here at all, and all that decides what: looked for now and then, watched where it is found.
 * Nothing of this is needed for granting, and nothing of it makes the controller unready.
 */

import { setMaxListeners } from 'node:events';
import type { Clock, Millis } from '../../base/clock.ts';
import { type Backend, backendOf } from '../../calico/findings/calico.ts';
import type { Raw } from '../../cluster/fields.ts';
import { listAll } from '../../kube/list.ts';
import {
  CONFIG_MAPS,
  DAEMON_SETS,
  ENDPOINT_SLICES,
  NODES,
  objectPath,
  type Resource,
} from '../../kube/resource.ts';
import { REQUEST_TIMEOUT } from '../../program/main/adapters.ts';
import { Picture, type PictureContext } from '../../program/main/picture.ts';
import {
  CALICO_GROUPS,
  CALICO_KINDS,
  calicoResource,
  SLICES_OF_SERVICES,
  sliceKey,
  type Watched,
  watchedCalico,
  watchedCalicoNode,
  watchedSlice,
} from './calicokinds.ts';

export type CalicoMode = 'auto' | 'off' | 'required';

/** How often the evidence is looked for again. */
const LOOK_EVERY: Millis = 60_000;
/** A kind that cannot be listed in this time is spoken of as not visible. */
const SEEN_WITHIN: Millis = 10_000;
/** Where calico-node runs; its backend is in this ConfigMap where the DaemonSet says so. */
const NAMESPACES = ['kube-system', 'calico-system'] as const;
const OPERATOR: Resource = {
  group: 'operator.tigera.io',
  version: 'v1',
  plural: 'installations',
  kind: 'Installation',
  namespaced: false,
};

type Group = (typeof CALICO_GROUPS)[number];

export type SightOptions = {
  readonly context: PictureContext;
  readonly mode: Exclude<CalicoMode, 'off'>;
  /** Objects of this kind, or '' for whether there is anything to see. */
  readonly changed: (kind: string) => void;
};

export class CalicoSight {
  readonly #options: SightOptions;
  #pictures: readonly { readonly kind: string; readonly picture: Picture<Watched> }[] = [];
  #evidence: readonly Raw[] = [];
  #backend: Backend = { runs: null, object: null, field: '', because: '' };
  #group: Group | null = null;
  #end: AbortController | null = null;
  #running: Promise<unknown> = Promise.resolve();
  #hasLooked = false;
  /** What has not been listed yet may still come. */
  #isPatient = true;
  #giveUpWaiting: () => void = () => {};

  constructor(options: SightOptions) {
    this.#options = options;
  }

  /** Whether there is an announcer to speak of. */
  get isOn(): boolean {
    return this.#end !== null;
  }

  get nodes(): number {
    return this.#pictures.find(({ kind }) => kind === 'Node')?.picture.store.size ?? 0;
  }

  /** Whether there is enough to speak: at a start the lists come one by one. */
  get isSettled(): boolean {
    if (!this.#hasLooked) return false;
    return !this.isOn || !this.#isPatient || this.#pictures.every(({ picture }) => picture.known);
  }

  /** Everything there is to see, and the kinds of which that is known. */
  seen(): { readonly objects: readonly Raw[]; readonly read: ReadonlySet<string> } {
    const objects: Raw[] = [...this.#evidence];
    const read = new Set<string>(this.#evidence.length > 0 ? ['DaemonSet'] : []);
    for (const { kind, picture } of this.#pictures) {
      if (picture.known) read.add(kind);
      for (const { raw } of picture.store.values()) objects.push(raw);
    }
    return { objects, read };
  }

  /** Until `signal` is aborted. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock } = this.#options.context;
    while (!signal.aborted) {
      await this.#look();
      await pause(clock, LOOK_EVERY, signal);
    }
    await this.#stop();
  }

  async #look(): Promise<void> {
    await this.#findEvidence();
    const group = this.#isWanted() ? await this.#servedGroup() : null;
    const isFirst = !this.#hasLooked;
    this.#hasLooked = true;
    if (!isFirst && group === this.#group && (group !== null) === this.isOn) return;
    await this.#stop();
    if (group !== null) this.#start(group);
    this.#options.changed('');
  }

  #isWanted(): boolean {
    return this.#options.mode === 'required' || this.#backend.runs === true;
  }

  async #findEvidence(): Promise<void> {
    const { client } = this.#options.context;
    const found: Raw[] = [];
    for (const namespace of NAMESPACES) {
      for (const [resource, name] of [
        [DAEMON_SETS, 'calico-node'],
        [CONFIG_MAPS, 'calico-config'],
      ] as const) {
        const path = objectPath(resource, { namespace, name });
        const outcome = await client.send({ method: 'GET', path, timeout: REQUEST_TIMEOUT });
        if (outcome.kind === 'ok') found.push({ ...(outcome.body as Raw), kind: resource.kind });
      }
    }
    const operator = await listAll(client, { resource: OPERATOR, from: 'cached' });
    if (operator.kind === 'ok') for (const raw of operator.items) found.push({ ...raw, kind: OPERATOR.kind });
    this.#evidence = found.map(({ kind, metadata, spec, data }) => ({ kind, metadata, spec, data }));
    const of = (kind: string): readonly Raw[] => this.#evidence.filter((raw) => raw['kind'] === kind);
    const backend = backendOf(of);
    // A DaemonSet whose backend nobody names runs BIRD, as Calico does by itself.
    const runs = backend.runs ?? (backend.object === null ? null : true);
    if (runs !== this.#backend.runs) {
      const { log } = this.#options.context;
      if (runs === true) log.info('Calico announces by BGP here, conditions will say what');
      else if (runs === false) log.warn('Calico runs without BGP', { because: backend.because });
    }
    this.#backend = { ...backend, runs };
  }

  /** The newer group where it is served and answers, else the older. */
  async #servedGroup(): Promise<Group | null> {
    const { client } = this.#options.context;
    const [first] = CALICO_KINDS;
    for (const group of CALICO_GROUPS) {
      if (first === undefined) break;
      const resource = calicoResource(group, first);
      const listed = await listAll(client, { resource, from: 'cached' });
      if (listed.kind === 'ok') return group;
    }
    // Neither answers now; what was watched goes on being what is known.
    return this.#group ?? (this.#options.mode === 'required' ? CALICO_GROUPS[0] : null);
  }

  #start(group: Group): void {
    const { context, changed } = this.#options;
    this.#group = group;
    const end = new AbortController();
    this.#end = end;
    // Every picture hangs on this one signal.
    setMaxListeners(0, end.signal);
    const plain = (resource: Resource, translate: (raw: Raw) => Watched | null, selector?: string) => ({
      kind: resource.kind,
      picture: new Picture<Watched>(context, {
        resource,
        ...(selector === undefined ? {} : { labelSelector: selector }),
        translate,
        keyOf: resource.namespaced ? sliceKey : ({ name }) => name,
        changed: (before, after) => {
          if (before?.text !== after.text) changed(resource.kind);
        },
        deleted: () => changed(resource.kind),
        listed: () => changed(resource.kind),
      }),
    });
    this.#pictures = [
      ...CALICO_KINDS.map((kind) => plain(calicoResource(group, kind), watchedCalico(kind[1]))),
      plain(NODES, watchedCalicoNode),
      plain(ENDPOINT_SLICES, watchedSlice, SLICES_OF_SERVICES),
    ];
    this.#giveUpWaiting = context.clock.after(SEEN_WITHIN, () => {
      this.#isPatient = false;
      changed('');
    });
    this.#running = Promise.all(this.#pictures.map(({ picture }) => picture.run(end.signal)));
  }

  async #stop(): Promise<void> {
    this.#giveUpWaiting();
    this.#isPatient = true;
    this.#end?.abort();
    this.#end = null;
    this.#group = null;
    await this.#running;
    this.#pictures = [];
  }
}

function pause(clock: Clock, time: Millis, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const end = (): void => {
      cancel();
      signal.removeEventListener('abort', end);
      resolve();
    };
    const cancel = clock.after(time, end);
    signal.addEventListener('abort', end, { once: true });
  });
}
