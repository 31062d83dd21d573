/** A speaker for each Node, as a DaemonSet would have it. One whose Node is gone stays, for when it comes back. */

import { type NodeView, readNode } from '../announce/node.ts';
import { metadataOf, textOf } from '../cluster/fields.ts';
import { EventPoster } from '../kube/events.ts';
import { NODES } from '../kube/resource.ts';
import type { Versioned } from '../kube/store.ts';
import { Metrics } from '../observe/metrics.ts';
import { DEFAULT_NAMESPACE } from '../program/flags.ts';
import { REQUEST_TIMEOUT } from '../program/main/adapters.ts';
import { Picture, type PictureContext } from '../program/main/picture.ts';
import { SpeakerProgram } from '../speaker/main/speaker.ts';
import type { OpenLine } from '../speaker/ports.ts';
import type { PlaygroundCluster } from './cluster.ts';
import type { HomeOf } from './nativeends.ts';
import { openPod, podNameOf } from './nativepods.ts';
import type { Say } from './nativerouters.ts';

/** Each has a dozen watches of its own. */
export const SPEAKERS_MAX = 50;

/** How long a node that leaves lets its routers turn to others: long enough to be seen, and no longer. */
const DRAIN_WAIT = 3000;

/** As the speaker's own default. */
const STATUS_LIMIT = 2000;

export type SpeakersOptions = {
  readonly context: PictureContext;
  readonly cluster: Pick<PlaygroundCluster, 'clientFor' | 'log'>;
  /** How the speaker of that node reaches its peers. */
  readonly lineOf: (node: string, homeOf: HomeOf) => OpenLine;
  readonly complain: Say;
};

type WatchedNode = Versioned & { readonly view: NodeView };

export class NativeSpeakers {
  readonly #options: SpeakersOptions;
  readonly #nodes: Picture<WatchedNode>;
  readonly #programs = new Map<string, SpeakerProgram>();
  readonly #stop = new AbortController();
  /** Settle when all they had is let go of. */
  readonly #endings: Promise<void>[] = [];
  #hasBegun = false;
  #hasRefused = false;
  #broke: (cause: unknown) => void = () => {};

  constructor(options: SpeakersOptions) {
    this.#options = options;
    this.#nodes = new Picture<WatchedNode>(options.context, {
      resource: NODES,
      translate: (raw) => {
        const { uid, resourceVersion, name } = metadataOf(raw);
        if (textOf(name) === '') return null;
        return { uid: textOf(uid), resourceVersion: textOf(resourceVersion), view: readNode(raw) };
      },
      keyOf: ({ view }) => view.name,
      changed: () => this.#fill(),
      deleted: () => this.#fill(),
    });
  }

  /** Until `end`, or until `signal` is aborted. Rejects where a speaker broke: that is a fault of ours. */
  async run(signal: AbortSignal): Promise<void> {
    const broken = new Promise<never>((_, reject) => {
      this.#broke = reject;
    });
    await Promise.race([broken, this.#nodes.run(signal)]);
  }

  /** Once what they go by stands; false where the Nodes cannot be listed within that time. */
  async begin(within: number): Promise<boolean> {
    const isListed = await this.#nodes.confirm(within);
    this.#hasBegun = true;
    this.#fill();
    return isListed;
  }

  /** Those whose Node is there, by its name. */
  get present(): readonly (readonly [node: string, program: SpeakerProgram])[] {
    return [...this.#programs].filter(([node]) => this.#nodes.store.get(node) !== undefined);
  }

  /** Settles when they have let go of everything. */
  async end(): Promise<void> {
    this.#hasBegun = false;
    this.#stop.abort();
    await Promise.allSettled(this.#endings);
  }

  #fill(): void {
    if (!this.#hasBegun || this.#stop.signal.aborted) return;
    for (const { view } of this.#nodes.store.values()) {
      if (this.#programs.has(view.name)) continue;
      if (this.#programs.size < SPEAKERS_MAX) this.#start(view.name);
      else this.#refuse(view.name);
    }
  }

  #refuse(node: string): void {
    if (this.#hasRefused) return;
    this.#hasRefused = true;
    this.#options.complain(
      `${node} and later Nodes have no speaker: a playground has ${SPEAKERS_MAX} at most`,
    );
  }

  #start(node: string): void {
    const { cluster, context, lineOf } = this.#options;
    const { clock, random } = context;
    const client = cluster.clientFor(`speaker of ${node}`);
    const poster = new EventPoster({
      ...{ client, clock, random, component: 'metallb-speaker', instance: node },
      timeout: REQUEST_TIMEOUT,
    });
    const program = new SpeakerProgram(
      {
        ...{ client, clock, random, poster },
        log: cluster.log.with({ node }),
        metrics: new Metrics('playground'),
        openLine: lineOf(node, () => this.#nodes.store.get(node)?.view.addresses ?? { 4: null, 6: null }),
      },
      {
        ...{ namespace: DEFAULT_NAMESPACE, node, podName: podNameOf(node) },
        flags: { lbClass: null, ignoreExcludeLabel: false },
        drainWait: DRAIN_WAIT,
        drainOnCordon: true,
        statusLimit: STATUS_LIMIT,
      },
    );
    this.#programs.set(node, program);
    const pod = openPod({ node, view: program.view(), client, log: cluster.log });
    void pod.then((opened) => opened.ok || this.#options.complain(opened.error));
    const ending = program.run(this.#stop.signal).finally(async () => {
      const opened = await pod;
      if (opened.ok) await opened.value.close();
      client.close();
    });
    ending.catch(this.#broke);
    this.#endings.push(ending);
  }
}
