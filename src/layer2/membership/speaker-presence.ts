/**
 * Decides from the API server which speakers answer by layer 2, and with which interfaces.
 *
 * A speaker that does so publishes its interfaces in the SpeakerStatus of its node. It is taken to run until that object says
 * that it has stopped, or until its Pod is gone or not ready, and no speaker that runs hears it by BFD: a Pod is also marked as not ready
 * where its kubelet, or the way to the API server, stands still. What BFD finds out beyond that comes on top, as losses.
 */

import type { Millis } from '../../base/clock.ts';
import { compareText } from '../../base/text.ts';
import type { Address, Family } from '../../net/address.ts';
import type { MacAddress } from '../packets/layer2-wire.ts';
import { type AliveNodes, aliveAlways, aliveByVerdicts } from './alive.ts';
import type { MetallbProcess, MetallbSpeaker } from './metallb-speaker.ts';
import { type Loss, nextReview, silentSpeakers, type WatchedSpeakers } from './silent-speakers.ts';
import { FULL_MESH_MAX, type WatchGraph, type WatchGraphs } from './watch-graph.ts';

/** An interface of a node that is up, not excluded, and can answer. */
export type AnsweringInterface = {
  readonly name: string;
  /** By ARP for 4 (it has broadcast), by NDP for 6 (it has a link-local address). */
  readonly families: Readonly<Record<Family, boolean>>;
};

export type PublishedInterface = AnsweringInterface & {
  readonly mac: MacAddress;
  /** Such as `192.0.2.0/24`; null where they are not known. */
  readonly subnets: readonly string[] | null;
  /** Of the node itself, without link-local ones; null where they are not known. */
  readonly addresses: readonly string[] | null;
};

/** Another host uses an address that the node owns. */
export type AddressConflict = {
  readonly address: string;
  /** Of the other host. */
  readonly mac: MacAddress;
  /** Of the node, where it was seen. */
  readonly interface: string;
};

/** The SpeakerStatus of a node. */
export type PublishedSpeaker = {
  readonly node: string;
  /** Name of its Pod; '' where it has not said so, as one that runs outside of the cluster. */
  readonly pod: string;
  /** It has withdrawn, or its process has ended. */
  readonly hasStopped: boolean;
  /** Null for a speaker that does not answer by layer 2. */
  readonly interfaces: readonly PublishedInterface[] | null;
  /** Where the others reach it; null where it has not said so. */
  readonly address: Address | null;
  /** Of its process; '' where it has not said so. */
  readonly boot: string;
  /** Increases with every change of `lost`, from 0. */
  readonly sequence: number;
  /** Those that it watches and has heard since it started. */
  readonly linked: readonly string[];
  /** Those that it watches and does not hear, though it should. */
  readonly lost: readonly string[];
  /** Nodes that came back less than `--l2-failback-delay` ago, by its clock; itself after its start. */
  readonly returned: readonly string[];
  readonly conflicts: readonly AddressConflict[];
};

/** The Pod of a speaker, of Berth's or of MetalLB's. */
export type Layer2Pod = {
  readonly name: string;
  readonly node: string;
  readonly isReady: boolean;
  /** It is about to be deleted: until it says that it has stopped, it goes on. */
  readonly isDeleting: boolean;
  /** Null for one of Berth's. */
  readonly metallb: MetallbProcess | null;
};

export type PresenceInputs = {
  /** This speaker. Its interfaces are newer than what it has published. */
  readonly own: {
    readonly node: string;
    readonly interfaces: readonly PublishedInterface[];
    /** See `PublishedSpeaker`; none where it is left out. */
    readonly returned?: readonly string[];
  };
  readonly speakers: readonly PublishedSpeaker[];
  readonly pods: readonly Layer2Pod[];
  /** Of this speaker and of the others. */
  readonly losses: readonly Loss[];
  readonly graphs: WatchGraphs;
  /** Sets of speakers that were alive before, while the network heals; null or left out: the largest is alive. */
  readonly held?: readonly ReadonlySet<string>[] | null;
  readonly now: Millis;
};

export type SpeakerPresence = {
  /** Of all that answer by layer 2, by node. */
  readonly interfaces: ReadonlyMap<string, readonly PublishedInterface[]>;
  /** Those that run as far as the API server knows, and BFD does not say otherwise. */
  readonly running: ReadonlySet<string>;
  readonly alive: AliveNodes;
  /** This speaker has published itself, and a larger set of others does not hear it. */
  readonly isOutside: boolean;
  /** Who watches whom, of all that have published themselves and have not stopped. */
  readonly graph: WatchGraph;
  /** When more may be known, though nothing changes until then; null: never. */
  readonly reviewAt: Millis | null;
  /** Nodes that take nothing from an owner that is alive, since they came back a short time ago. */
  readonly returned: ReadonlySet<string>;
  /** Nodes whose speakers do not run, and may do so soon: they have a Pod, or have published themselves once. */
  readonly expected: ReadonlySet<string>;
  /** Nodes whose speakers are about to stop, since their Pods are about to be deleted: they take nothing more. */
  readonly leaving: ReadonlySet<string>;
  /** Those of MetalLB, by the name of their Pods. */
  readonly metallb: readonly MetallbSpeaker[];
};

/** A speaker that has not published itself is not there, also in its own eyes: all have to elect among the same. */
export function speakerPresence(inputs: PresenceInputs): SpeakerPresence {
  const { own, speakers, pods, losses: said, graphs, held = null, now } = inputs;
  const interfaces = new Map(
    speakers.flatMap((one) =>
      one.interfaces === null ? [] : [[one.node, usableOf(one.node, one.interfaces, own)] as const],
    ),
  );
  const published = speakers.filter((one) => one.interfaces !== null && !one.hasStopped);
  const shown = published.filter((one) => one.node === own.node || isPodReady(one, pods));
  const isFullMesh = speakers.filter(isPartOfMesh).length <= FULL_MESH_MAX;
  const graph = graphs.of({
    speakers: namesOf(published),
    watchers: namesOf(shown.filter(({ address }) => address !== null)),
    isFullMesh,
  });
  const watched = watchedSpeakers(withHeard(new Set(namesOf(shown)), { published, pods, said }), graph, said);
  const silent = silentSpeakers({ ...watched, said, judge: own.node }, now);
  const left = [...watched.running].filter((node) => !silent.has(node));
  const { running, losses } = watchedSpeakers(new Set(left), graph, said);
  const alive = aliveAmong({ running, graph, losses }, { linked: isFullMesh ? null : speakers, held });
  return {
    ...{ interfaces, running, graph, alive },
    isOutside: running.has(own.node) && !alive.sets.some((set) => set.has(own.node)),
    reviewAt: nextReview(losses, now),
    returned: returnedNodes(own.returned ?? [], speakers, running),
    expected: expectedNodes(speakers, running, pods),
    leaving: leavingNodes(pods),
    metallb: metallbSpeakers(pods),
  };
}

const namesOf = (speakers: readonly PublishedSpeaker[]): readonly string[] =>
  speakers.map(({ node }) => node).sort(compareText);

/** One that has stopped will be back: a rollout does not take a cluster of 33 speakers to a full mesh and back. */
const isPartOfMesh = ({ interfaces, hasStopped }: PublishedSpeaker): boolean =>
  interfaces !== null || hasStopped;

type Evidence = Pick<PresenceInputs, 'pods'> & {
  readonly published: readonly PublishedSpeaker[];
  readonly said: readonly Loss[];
};

/**
 * Adds those whose Pods are not ready or gone, and whom one of the others hears. The word of a speaker counts only where it runs:
 * two that are dead would speak for each other.
 */
function withHeard(shown: ReadonlySet<string>, { published, pods, said }: Evidence): ReadonlySet<string> {
  const linked = new Map(published.map((one) => [one.node, one.linked]));
  const isLost = (watcher: string, node: string): boolean =>
    said.some((one) => one.watcher === watcher && one.node === node);
  const leaving = leavingNodes(pods);
  const running = new Set(shown);
  // A set gives its items in the order in which they were added, those added meanwhile as well.
  for (const watcher of running)
    for (const node of linked.get(watcher) ?? [])
      if (!running.has(node) && linked.has(node) && !leaving.has(node) && !isLost(watcher, node))
        running.add(node);
  return running;
}

/** A loss counts only from a speaker that runs, and about one that it watches. */
const watchedSpeakers = (
  running: ReadonlySet<string>,
  graph: WatchGraph,
  said: readonly Loss[],
): WatchedSpeakers => ({
  ...{ running, graph },
  losses: said.filter(({ watcher, node }) => running.has(watcher) && graph.get(watcher)?.has(node) === true),
});

/**
 * Since when a node is alive is read from the `returned` of all SpeakerStatus objects, so that no clocks of two nodes are
 * compared. What this speaker has published counts until all can read that it is over, also in its own eyes.
 */
function returnedNodes(
  own: readonly string[],
  speakers: readonly PublishedSpeaker[],
  running: ReadonlySet<string>,
): ReadonlySet<string> {
  const published = speakers.filter(({ node }) => running.has(node));
  return new Set([...own, ...published.flatMap((one) => one.returned)]);
}

/**
 * Pods are made anew, each when the one before it is gone: so a node that has none now may have one soon. Who runs outside of the
 * cluster is not awaited.
 */
function expectedNodes(
  speakers: readonly PublishedSpeaker[],
  running: ReadonlySet<string>,
  pods: readonly Layer2Pod[],
): ReadonlySet<string> {
  const own = pods.filter(isOwnPod);
  if (own.length === 0) return new Set();
  const assigned = own.filter(({ node, isDeleting }) => node !== '' && !isDeleting);
  return new Set([...speakers, ...assigned].flatMap(({ node }) => (running.has(node) ? [] : [node])));
}

/** Of a rollout there may be two Pods: then the node stays. */
function leavingNodes(pods: readonly Layer2Pod[]): ReadonlySet<string> {
  const own = pods.filter(isOwnPod);
  const staying = new Set(own.filter(({ isDeleting }) => !isDeleting).map(({ node }) => node));
  return new Set(own.map(({ node }) => node).filter((node) => !staying.has(node)));
}

const isOwnPod = ({ metallb }: Layer2Pod): boolean => metallb === null;

/** In an order that all share: that of names. */
const metallbSpeakers = (pods: readonly Layer2Pod[]): readonly MetallbSpeaker[] =>
  pods
    .flatMap(({ name, node, metallb }) => (metallb === null ? [] : [{ node, pod: name, ...metallb }]))
    .sort((a, b) => compareText(a.pod, b.pod));

/** An interface that this node has lost counts as lost at once; a new one when all can know of it. */
function usableOf(
  node: string,
  published: readonly PublishedInterface[],
  own: PresenceInputs['own'],
): readonly PublishedInterface[] {
  if (node !== own.node) return published;
  return published.filter(({ name }) => own.interfaces.some((one) => one.name === name));
}

/**
 * Nothing is known against a link that nobody has lost. Of many speakers (`linked` is theirs; null for a full mesh) some get new
 * watchers at times: a link that was never up does not speak for a speaker that others have lost.
 */
function aliveAmong(
  { running, graph, losses }: WatchedSpeakers,
  {
    linked,
    held,
  }: {
    readonly linked: readonly Pick<PublishedSpeaker, 'node' | 'linked'>[] | null;
    readonly held: readonly ReadonlySet<string>[] | null;
  },
): AliveNodes {
  if (losses.length === 0) return aliveAlways(running);
  const lost = new Set(losses.map(({ node }) => node));
  const linkedOf = new Map(linked?.map((one) => [one.node, new Set(one.linked)]));
  const wasUp = (a: string, b: string): boolean =>
    linked === null || linkedOf.get(a)?.has(b) === true || linkedOf.get(b)?.has(a) === true;
  const links = [...running].flatMap((watcher) =>
    [...(graph.get(watcher) ?? [])].flatMap((node) =>
      (lost.has(watcher) || lost.has(node)) && !wasUp(watcher, node) ? [] : [{ watcher, node, isUp: true }],
    ),
  );
  const down = losses.map(({ watcher, node }) => ({ watcher, node, isUp: false }));
  return aliveByVerdicts(running, [...links, ...down], held);
}

/**
 * Whether a Pod of the speaker is ready. Of a rollout there may be two. A speaker that runs outside of the cluster has none, and
 * counts; one whose Pod is gone does not, though its SpeakerStatus may say for long that it runs.
 */
export function isPodReady(
  { node, pod: name }: Pick<PublishedSpeaker, 'node' | 'pod'>,
  pods: readonly Layer2Pod[],
): boolean {
  const all = pods.filter(isOwnPod);
  const own = all.filter((pod) => pod.node === node);
  return own.length === 0 ? name === '' || all.length === 0 : own.some(({ isReady }) => isReady);
}
