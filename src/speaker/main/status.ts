/**
 * What others may know of this node: statuses of Services, events, and one document. None of it is asked for by those who
 * announce, and none of it makes them wait.
 */

import type { Changes } from '../../announce/picture.ts';
import { fieldsOf, metadataOf, textOf } from '../../cluster/fields.ts';
import { type ServiceKey, splitServiceKey } from '../../cluster/service.ts';
import { apiVersion, NODES, objectPath, PODS, SERVICE_BGP_STATUSES, SERVICES } from '../../kube/resource.ts';
import { REQUEST_TIMEOUT } from '../../program/main/adapters.ts';
import { Picture, type PictureContext } from '../../program/main/picture.ts';
import type { EventSubject } from '../../program/ports.ts';
import { Assigned, toldBefore } from '../assigned.ts';
import { AssignedBook, NOTHING_ANNOUNCED } from '../assignedbook.ts';
import { BgpStatuses } from '../bgpstatus.ts';
import { StatusLimit } from '../bgpstatuslimit.ts';
import { lastWord, type NodeWord, SessionWords } from '../nodestatus.ts';
import { NodeStatus } from '../nodestatuswriter.ts';
import type { SpeakerNote } from '../ports.ts';
import type { Speaker } from '../speaker.ts';
import {
  bgpStatusApi,
  countNodes,
  type Owner,
  statusesOf,
  type WatchedStatus,
  watchedStatus,
} from './bgpstatus.ts';
import { nodeStatusApi, readFormerOf, type WatchedDocument, watchDocument } from './nodestatus.ts';
import type { Scenery } from './scenery.ts';

/** So long the first events wait for the list of what stood before this process. */
const EVIDENCE_WITHIN = 10_000;

export type StatusOptions = {
  readonly context: PictureContext;
  readonly namespace: string;
  readonly node: string;
  /** '' where it is not known. */
  readonly podName: string;
  /** Objects in the cluster; 0 keeps none. */
  readonly limit: number;
  readonly ignoreExcludeLabel: boolean;
  readonly speaker: () => Pick<Speaker, 'phase' | 'neighbours'>;
  readonly scenery: () => Pick<Scenery, 'services' | 'node'>;
  readonly events: (note: SpeakerNote) => void;
};

export class StatusSide {
  readonly #options: StatusOptions;
  readonly #book = new AssignedBook();
  readonly #picture: Picture<WatchedStatus>;
  readonly #statuses: BgpStatuses;
  readonly #limit: StatusLimit;
  readonly #assigned: Assigned;
  readonly #sessions: SessionWords;
  readonly #document: NodeStatus;
  readonly #standing: Picture<WatchedDocument>;
  #owner: Owner | null = null;
  #hasLeft = false;
  #isFrozen = false;
  /** Resolved by the first look, and by the first list. */
  #looked: () => void = () => {};
  readonly #firstLook = new Promise<void>((resolve) => (this.#looked = resolve));
  #listed: () => void = () => {};
  readonly #firstList = new Promise<void>((resolve) => (this.#listed = resolve));

  constructor(options: StatusOptions) {
    this.#options = options;
    const { context, namespace, node, limit } = options;
    const { client, clock, random, log } = context;
    this.#picture = new Picture<WatchedStatus>(context, {
      resource: SERVICE_BGP_STATUSES,
      namespace,
      labelSelector: statusesOf(node),
      translate: watchedStatus,
      keyOf: ({ name }) => name,
      changed: (_, after) => this.#statuses.stands(after),
      deleted: (_, last) => this.#statuses.isGone(last),
      listed: () => this.#listed(),
    });
    this.#statuses = new BgpStatuses({
      ...{ clock, random, log, node },
      // A fault of ours, and no reason to have the node's routes withdrawn.
      onBroken: (error) => log.error('no more ServiceBGPStatus objects are written', { error }),
      wanted: (key) => (this.#limit.isOn ? this.#wanted(key) : null),
      api: bgpStatusApi({
        ...{ client, namespace, node },
        owner: () => this.#owner,
        learn: (one) => this.#picture.store.answered(one) && this.#statuses.stands(one),
        gone: ({ name }) => this.#gone(name),
      }),
    });
    this.#limit = new StatusLimit({
      ...{ clock, limit },
      countNodes: () => countNodes(client),
      changed: (isOn) => this.#limitChanged(isOn),
    });
    this.#assigned = new Assigned({ clock, tell: (key) => this.#tellAssigned(key) });
    this.#sessions = new SessionWords(clock);
    this.#document = new NodeStatus({
      ...{ clock, random, log },
      api: nodeStatusApi(client, { namespace, node }),
      word: () => this.#word(),
    });
    this.#standing = watchDocument(context, { namespace, node }, () => this.#document.gone());
  }

  looked({ services }: Pick<Changes, 'services'>): void {
    if (this.#isFrozen) return;
    for (const change of services) {
      this.#book.take(change);
      this.#keyChanged(change.key);
    }
    this.#assigned.looked();
    this.#limit.wants(this.#book.size);
    this.#looked();
    this.sessionChanged();
  }

  /** A session, or what the speaker is about. */
  sessionChanged(): void {
    if (this.#isFrozen) return;
    const hasLeft = this.#options.speaker().phase === 'left';
    if (hasLeft !== this.#hasLeft) {
      this.#hasLeft = hasLeft;
      for (const key of this.#book.keys) this.#keyChanged(key);
    }
    this.#document.changed();
  }

  /** Until `signal` is aborted. */
  async run(signal: AbortSignal): Promise<void> {
    const { limit } = this.#options;
    const watching = [this.#standing, ...(limit > 0 ? [this.#picture] : [])].map((one) => one.run(signal));
    void this.#begin();
    await Promise.all(watching);
  }

  /** The process ends. What is said from now on is of no account, but for the last word, which is given back. */
  freeze(isLeaving: boolean): NodeWord | null {
    const word = this.#word();
    const neighbours = [...this.#options.speaker().neighbours.values()];
    const bridged = new Set(neighbours.filter((one) => one.keepsRoutes).map(({ peer }) => peer.name));
    this.#isFrozen = true;
    this.#assigned.stop();
    this.#limit.stop();
    this.#document.stop();
    const wall = this.#options.context.clock.wall();
    return word === null ? null : lastWord(word, { isLeaving, bridged, wall });
  }

  /** Settles when what is under way is over. */
  async end(word: NodeWord | null): Promise<void> {
    await Promise.all([this.#statuses.stop(), this.#document.end(word)]);
  }

  // --- statuses

  async #begin(): Promise<void> {
    const { context, namespace, node, limit } = this.#options;
    const { client, clock } = context;
    const patience = new Promise<void>((resolve) => clock.after(EVIDENCE_WITHIN, resolve));
    const first = Promise.all([this.#limit.start(), this.#findOwner()]);
    const former = await readFormerOf(client, { namespace, node });
    await this.#firstLook;
    if (limit > 0) await Promise.race([this.#firstList, patience]);
    const standing = this.#picture.synced ? this.#statuses.services : null;
    this.#assigned.begin(toldBefore({ former, standing, digest: this.#book.summary().digest }));
    if (limit === 0) return;
    await Promise.all([first, this.#firstList]);
    if (!this.#isFrozen) this.#statuses.start();
  }

  /** Looked for once: what is made outside of a Pod, or without the right to see it, belongs to nobody. */
  async #findOwner(): Promise<void> {
    const { context, namespace, podName: name } = this.#options;
    if (name === '') return;
    const path = objectPath(PODS, { namespace, name });
    const outcome = await context.client.send({ method: 'GET', path, timeout: REQUEST_TIMEOUT });
    const uid = outcome.kind === 'ok' ? textOf(metadataOf(fieldsOf(outcome.body))['uid']) : '';
    if (uid !== '') this.#owner = { name, uid };
  }

  #wanted(key: ServiceKey): readonly string[] | null {
    return this.#hasLeft ? null : this.#book.peersOf(key);
  }

  #keyChanged(key: ServiceKey): void {
    this.#assigned.set(key, this.#wanted(key) !== null);
    this.#statuses.changed(key);
  }

  #gone(name: string): void {
    const one = this.#picture.store.get(name);
    if (one !== undefined && this.#picture.store.gone(name, one.uid)) this.#statuses.isGone(one);
  }

  #limitChanged(isOn: boolean): void {
    const { context, events } = this.#options;
    const keys = new Set([...this.#book.keys, ...this.#statuses.services]);
    for (const key of keys) this.#statuses.changed(key);
    if (isOn) {
      context.log.info('ServiceBGPStatus objects are kept again');
      return;
    }
    const because = this.#limit.says;
    context.log.warn('no ServiceBGPStatus objects are kept, there would be too many', { because });
    const message = `no ServiceBGPStatus objects are kept: ${because}`;
    events({ about: this.#self(), event: { type: 'Normal', reason: 'TooManyStatuses', message } });
  }

  // --- words

  /** The Pod where it is known, else the Node. */
  #self(): EventSubject {
    const { namespace, node, scenery } = this.#options;
    const core = { apiVersion: 'v1', resourceVersion: '' };
    if (this.#owner !== null) return { ...core, kind: PODS.kind, namespace, ...this.#owner };
    const uid = scenery().node.store.get(node)?.uid ?? '';
    return { ...core, kind: NODES.kind, namespace: '', name: node, uid };
  }

  #tellAssigned(key: ServiceKey): void {
    const { events, node, scenery } = this.#options;
    const service = scenery().services.store.get(key);
    if (service === undefined) return;
    const { uid, resourceVersion } = service;
    events({
      about: {
        ...{ apiVersion: apiVersion(SERVICES), kind: SERVICES.kind, uid, resourceVersion },
        ...splitServiceKey(key),
      },
      event: {
        type: 'Normal',
        reason: 'nodeAssigned',
        message: `announcing from node ${JSON.stringify(node)} with protocol "bgp"`,
      },
    });
  }

  #word(): NodeWord | null {
    const { ignoreExcludeLabel, node, speaker } = this.#options;
    const { phase, neighbours } = speaker();
    if (phase === 'waiting') return null;
    return {
      node,
      phase,
      ignoreExcludeLabel,
      sessions: this.#sessions.of(neighbours.values()),
      announced: phase === 'left' ? NOTHING_ANNOUNCED : this.#book.summary(),
    };
  }
}
