/**
 * Detects whether Calico announces by BGP, and while it does, watches all that decides what it announces. Assigning
 * addresses needs none of this, and readiness does not depend on it.
 */

import { pause } from '../../../../base/abort.ts';
import type { Millis } from '../../../../base/clock.ts';
import type { Raw } from '../../../../base/json.ts';
import { Listeners } from '../../../../base/listeners.ts';
import type { ApiSender } from '../../../../kube/http/api-request.ts';
import { listAll } from '../../../../kube/informer/list.ts';
import { calicoResource } from '../../../../kube/resource.ts';
import { CALICO_GROUPS, type CalicoGroup } from '../../../../objects/api-group.ts';
import type { Informer, InformerContext } from '../../../../runtime/main/informer.ts';
import { sameWatchedObject } from '../../../../runtime/main/watched-object.ts';
import { sameNodeObject } from '../../../announced/calico/model-objects.ts';
import { sameSliceSummary } from '../../../announced/slice-summary.ts';
import { informerUse, OptionalInformers } from '../../api/optional-informers.ts';
import type { WatchedNode, WatchedSliceSummary } from '../../api/watched-objects.ts';
import { CALICO_KINDS, type CalicoInformers, createCalicoInformers } from './calico-informers.ts';
import { type CalicoEvidence, findEvidence, NO_EVIDENCE } from './evidence.ts';

export type CalicoMode = 'auto' | 'off' | 'required';

/** How often the installation is checked. */
export const DETECT_INTERVAL: Millis = 60_000;
/** The same where the server did not answer. */
export const UNANSWERED_INTERVAL: Millis = 5_000;
/** So often a first detection without all answers is tried again; then what was not read counts as absent. */
export const UNANSWERED_MAX = 3;

export type CalicoDetectorOptions = {
  readonly context: InformerContext;
  readonly mode: Exclude<CalicoMode, 'off'>;
  readonly nodes: Informer<WatchedNode>;
  readonly endpointSlices: Informer<WatchedSliceSummary>;
};

export class CalicoDetector {
  /** Objects of this kind have changed; '' where Calico was found, was removed, or lists took too long. */
  readonly changes = new Listeners<[kind: string]>();
  readonly #options: CalicoDetectorOptions;
  readonly #optional: OptionalInformers;
  #calico: CalicoInformers = new Map();
  #evidence: CalicoEvidence = NO_EVIDENCE;
  #group: CalicoGroup | null = null;
  #hasDetected = false;
  /** Detections before the first with an answer. */
  #unanswered = 0;

  constructor(options: CalicoDetectorOptions) {
    this.#options = options;
    this.#optional = new OptionalInformers(options.context.clock, () => this.changes.notify(''));
  }

  /** Whether Calico announces here. */
  get isActive(): boolean {
    return this.#optional.isActive;
  }

  /** Whether the first detection is over, and all lists are complete or given up. */
  get hasSynced(): boolean {
    return this.#hasDetected && this.#optional.hasSynced;
  }

  get evidence(): readonly Raw[] {
    return this.#evidence.objects;
  }

  /** None while Calico is not active. */
  get nodes(): Iterable<WatchedNode> {
    return this.isActive ? this.#options.nodes.store.values() : [];
  }

  get nodeCount(): number {
    return this.isActive ? this.#options.nodes.store.size : 0;
  }

  /** None while Calico is not active. */
  get endpointSlices(): Iterable<WatchedSliceSummary> {
    return this.isActive ? this.#options.endpointSlices.store.values() : [];
  }

  /** Objects of all of Calico's own kinds. */
  get calicoObjects(): readonly Raw[] {
    return [...this.#calico.keys()].flatMap((kind) => this.objectsOf(kind));
  }

  /** Objects of one of Calico's own kinds. */
  objectsOf(kind: string): readonly Raw[] {
    const informer = this.#calico.get(kind);
    return informer === undefined ? [] : [...informer.store.values()].map(({ raw }) => raw);
  }

  /** Kinds of which all objects are known. */
  get readKinds(): ReadonlySet<string> {
    const { nodes, endpointSlices } = this.#options;
    const watched = this.isActive
      ? [...this.#calico, ['Node', nodes] as const, ['EndpointSlice', endpointSlices] as const]
      : [];
    const read = watched.flatMap(([kind, { isSyncedOrAbsent }]) => (isSyncedOrAbsent ? [kind] : []));
    return new Set(this.evidence.length > 0 ? ['DaemonSet', ...read] : read);
  }

  /** Until `signal` is aborted. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock } = this.#options.context;
    while (!signal.aborted) {
      await this.#detect(signal);
      await pause(clock, this.#evidence.isAnswered ? DETECT_INTERVAL : UNANSWERED_INTERVAL, signal);
    }
    await this.#stop();
  }

  async #detect(signal: AbortSignal): Promise<void> {
    const { client } = this.#options.context;
    const reader: ApiSender = { send: (request) => client.send({ ...request, signal }) };
    await this.#updateEvidence(reader, signal);
    if (signal.aborted) return;
    const isWanted = this.#options.mode === 'required' || this.#evidence.backend.isRunning === true;
    if (!this.#hasDetected && !isWanted && !this.#evidence.isAnswered && this.#unanswered++ < UNANSWERED_MAX)
      return;
    const group = isWanted ? await this.#servedGroup(reader) : null;
    if (signal.aborted) return;
    const isFirst = !this.#hasDetected;
    this.#hasDetected = true;
    if (!isFirst && group === this.#group && (group !== null) === this.isActive) return;
    await this.#stop();
    if (group !== null) this.#start(group);
    this.changes.notify('');
  }

  /** A read that ends because of `signal` says nothing. */
  async #updateEvidence(reader: ApiSender, signal: AbortSignal): Promise<void> {
    const { log } = this.#options.context;
    const before = this.#evidence.backend.isRunning;
    const found = await findEvidence(reader, this.#evidence);
    if (signal.aborted) return;
    this.#evidence = found;
    const { isRunning, because } = this.#evidence.backend;
    if (isRunning === before) return;
    if (isRunning === true) log.info('Calico announces by BGP here, conditions will report it');
    else if (isRunning === false) log.warn('Calico runs without BGP', { because });
  }

  /** The newer group where it is served and answers, else the older. */
  async #servedGroup(reader: ApiSender): Promise<CalicoGroup | null> {
    const { mode } = this.#options;
    const [first] = CALICO_KINDS;
    for (const group of CALICO_GROUPS) {
      const listed = await listAll(reader, {
        resource: calicoResource(group, ...first),
        from: 'cached',
      });
      if (listed.kind === 'ok') return group;
    }
    // Neither answers now: what is watched stays the last known state.
    return this.#group ?? (mode === 'required' ? CALICO_GROUPS[0] : null);
  }

  #start(group: CalicoGroup): void {
    const { context, nodes, endpointSlices } = this.#options;
    this.#group = group;
    this.#calico = createCalicoInformers(context, group);
    const notify = (kind: string) => {
      const changed = (): void => this.changes.notify(kind);
      return { changed, deleted: changed, listed: changed };
    };
    this.#optional.start([
      ...[...this.#calico].map(([kind, informer]) =>
        informerUse(informer, { isSame: sameWatchedObject, ...notify(kind) }),
      ),
      informerUse(nodes, { isSame: sameNodeObject, ...notify('Node') }),
      informerUse(endpointSlices, { isSame: sameSliceSummary, ...notify('EndpointSlice') }),
    ]);
  }

  async #stop(): Promise<void> {
    this.#group = null;
    await this.#optional.stop();
    this.#calico = new Map();
  }
}
