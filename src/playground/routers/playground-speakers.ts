/**
 * This file runs a speaker for each Node, as a DaemonSet does. The speaker of a deleted Node keeps running, in case the
 * Node is created again.
 */

import { textOf } from '../../base/json.ts';
import { EventRecorder } from '../../kube/event-recorder.ts';
import { NODES } from '../../kube/resource.ts';
import { metadataOf, type ObjectVersion } from '../../objects/metadata.ts';
import { decodeNode, type Node } from '../../objects/node.ts';
import { Metrics } from '../../observe/metrics.ts';
import { API_REQUEST_TIMEOUT } from '../../runtime/main/adapters.ts';
import { Informer, type InformerContext } from '../../runtime/main/informer.ts';
import { SpeakerProgram } from '../../speaker/main/speaker-program.ts';
import type { OpenSession } from '../../speaker/ports.ts';
import type { PlaygroundCluster } from '../cluster/cluster.ts';
import type { GetNodeAddresses } from './session-ends.ts';
import type { PrintLine } from './simulated-routers.ts';
import { createSpeakerPod, speakerPodName } from './speaker-pods.ts';

/** The limit exists because each speaker has a dozen watches. */
export const SPEAKERS_MAX = 50;

/** The time from GRACEFUL_SHUTDOWN to the end of the sessions, in milliseconds; short, so that a user sees both. */
const DRAIN_WAIT = 3000;

/** The default of the speaker's flag. */
const SERVICE_BGP_STATUS_LIMIT = 2000;

export type PlaygroundSpeakersOptions = {
  readonly context: InformerContext;
  readonly cluster: Pick<PlaygroundCluster, 'clientFor' | 'log' | 'namespace'>;
  /** Opens the sessions of the speaker of that node. */
  readonly sessionOpenerFor: (node: string, getNodeAddresses: GetNodeAddresses) => OpenSession;
  readonly printError: PrintLine;
};

type PlaygroundNode = ObjectVersion & { readonly view: Node };

export class PlaygroundSpeakers {
  readonly #options: PlaygroundSpeakersOptions;
  readonly #nodes: Informer<PlaygroundNode>;
  readonly #programs = new Map<string, SpeakerProgram>();
  readonly #stopController = new AbortController();
  /** One for each speaker; resolves when it has shut down. */
  readonly #stopped: Promise<void>[] = [];
  #isStarted = false;
  #hasReportedLimit = false;
  #reject: (cause: unknown) => void = () => {};

  constructor(options: PlaygroundSpeakersOptions) {
    this.#options = options;
    const changed = (): void => this.#startMissing();
    this.#nodes = new Informer<PlaygroundNode>(
      options.context,
      {
        resource: NODES,
        decode: (raw) => {
          const { uid, resourceVersion, name } = metadataOf(raw);
          if (textOf(name) === '') return null;
          return { uid: textOf(uid), resourceVersion: textOf(resourceVersion), view: decodeNode(raw) };
        },
        keyOf: ({ view }) => view.name,
      },
      { changed, deleted: changed },
    );
  }

  /** Resolves after `signal` was aborted. Rejects on an internal error of a speaker. */
  async run(signal: AbortSignal): Promise<void> {
    const failure = new Promise<never>((_, reject) => {
      this.#reject = reject;
    });
    await Promise.race([failure, this.#nodes.run(signal)]);
  }

  /** Starts the speakers. False where the Nodes were not listed within `timeoutMs`. */
  async start(timeoutMs: number): Promise<boolean> {
    const isListed = await this.#nodes.refreshWithin(timeoutMs);
    this.#isStarted = true;
    this.#startMissing();
    return isListed;
  }

  /** The speakers whose Node exists, with its name. */
  get running(): readonly (readonly [node: string, program: SpeakerProgram])[] {
    return [...this.#programs].filter(([node]) => this.#nodes.store.get(node) !== undefined);
  }

  /** Resolves when all speakers have shut down. */
  async shutDown(): Promise<void> {
    this.#isStarted = false;
    this.#stopController.abort();
    await Promise.allSettled(this.#stopped);
  }

  #startMissing(): void {
    if (!this.#isStarted || this.#stopController.signal.aborted) return;
    for (const { view } of this.#nodes.store.values()) {
      if (this.#programs.has(view.name)) continue;
      if (this.#programs.size < SPEAKERS_MAX) this.#startSpeaker(view.name);
      else this.#reportLimit(view.name);
    }
  }

  #reportLimit(node: string): void {
    if (this.#hasReportedLimit) return;
    this.#hasReportedLimit = true;
    this.#options.printError(
      `${node} and later Nodes have no speaker: a playground runs at most ${SPEAKERS_MAX}`,
    );
  }

  #startSpeaker(node: string): void {
    const { cluster, context, sessionOpenerFor } = this.#options;
    const { clock, random } = context;
    const client = cluster.clientFor(`speaker of ${node}`);
    const poster = new EventRecorder({
      ...{ client, clock, random, component: 'metallb-speaker', instance: node },
      timeout: API_REQUEST_TIMEOUT,
    });
    const program = new SpeakerProgram(
      {
        ...{ client, clock, random, poster },
        log: cluster.log.with({ node }),
        metrics: new Metrics('playground'),
        openSession: sessionOpenerFor(
          node,
          () => this.#nodes.store.get(node)?.view.addresses ?? { 4: null, 6: null },
        ),
      },
      {
        ...{ namespace: cluster.namespace, node, podName: speakerPodName(node) },
        flags: { lbClass: null, ignoreExcludeLabel: false },
        drainWait: DRAIN_WAIT,
        drainOnCordon: true,
        serviceBgpStatusLimit: SERVICE_BGP_STATUS_LIMIT,
      },
    );
    this.#programs.set(node, program);
    const pod = createSpeakerPod({
      ...{ node, statusApi: program.statusApi(), client },
      ...{ namespace: cluster.namespace, log: cluster.log, signal: this.#stopController.signal },
    });
    void pod.then((server) => {
      if (!server.ok && !this.#stopController.signal.aborted) this.#options.printError(server.error);
    });
    const stopped = program.run(this.#stopController.signal).finally(async () => {
      const server = await pod;
      if (server.ok) await server.value.close();
      client.close();
    });
    stopped.catch(this.#reject);
    this.#stopped.push(stopped);
  }
}
