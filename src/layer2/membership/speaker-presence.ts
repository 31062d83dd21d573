/**
 * Decides from the API server which speakers answer by layer 2, and with which interfaces.
 *
 * A speaker that does so publishes its interfaces in the SpeakerStatus of its node. It is taken to run until that object says
 * that it has stopped, or until its Pod is not ready. What BFD between the speakers finds out comes on top, as verdicts.
 */

import type { Address, Family } from '../../net/address.ts';
import type { MacAddress } from '../packets/layer2-wire.ts';
import { type AliveNodes, aliveAlways, aliveByVerdicts, type Verdict } from './alive.ts';

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
  /** It has withdrawn, or its process has ended. */
  readonly hasStopped: boolean;
  /** Null for a speaker that does not answer by layer 2. */
  readonly interfaces: readonly PublishedInterface[] | null;
  /** Where the others reach it; null where it has not said so. */
  readonly address: Address | null;
  /** Speakers that it has heard since it started. */
  readonly linked: readonly string[];
  /** Of these, those that it hears no more. */
  readonly lost: readonly string[];
  /** Nodes that came back less than `--l2-failback-delay` ago, by its clock; itself after its start. */
  readonly returned: readonly string[];
  readonly conflicts: readonly AddressConflict[];
};

/** The Pod of a speaker, of Berth's or of MetalLB's. */
export type Layer2Pod = {
  readonly name: string;
  readonly node: string;
  /** It is ready, and not about to be deleted. */
  readonly isServing: boolean;
  readonly isMetallb: boolean;
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
  /** Of this speaker; those of others are published. */
  readonly verdicts: readonly Verdict[];
  /** Speakers that this one lost a while ago: they do not run, unless they have published that they lost somebody. */
  readonly longLost: ReadonlySet<string>;
  /** Those of them that were lost so long ago that it also counts where only other lost ones may hear them. */
  readonly lostForLonger: ReadonlySet<string>;
};

export type SpeakerPresence = {
  /** Of all that answer by layer 2, by node. */
  readonly interfaces: ReadonlyMap<string, readonly PublishedInterface[]>;
  /** Those that run as far as the API server knows. */
  readonly running: ReadonlySet<string>;
  readonly alive: AliveNodes;
  /** Nodes that take nothing from an owner that is alive, since they came back a short time ago. */
  readonly returned: ReadonlySet<string>;
  /** Speakers of MetalLB are ready. They elect apart, so Berth's answer for nothing meanwhile. */
  readonly standsBy: boolean;
};

/** A speaker that has not published itself is not there, also in its own eyes: all have to elect among the same. */
export function speakerPresence({
  own,
  speakers,
  pods,
  verdicts: ownVerdicts,
  longLost,
  lostForLonger,
}: PresenceInputs): SpeakerPresence {
  const interfaces = new Map(
    speakers.flatMap((one) =>
      one.interfaces === null ? [] : [[one.node, usableOf(one.node, one.interfaces, own)] as const],
    ),
  );
  const stopped = new Set(speakers.filter(({ hasStopped }) => hasStopped).map(({ node }) => node));
  const running = new Set(
    [...interfaces.keys()].filter(
      (node) => !stopped.has(node) && (node === own.node || isPodServing(node, pods)),
    ),
  );
  const published = speakers
    .filter(({ node }) => node !== own.node && running.has(node))
    .flatMap(({ node: watcher, lost }) => lost.map((node) => ({ watcher, node, isUp: false })));
  const verdicts = [...ownVerdicts, ...published];
  for (const node of longLost)
    if (isSilent(node, speakers, { running, verdicts, deaf: NOBODY })) running.delete(node);
  for (const node of silentTogether(lostForLonger, speakers, { running, verdicts })) running.delete(node);
  const standsBy = pods.some(({ isMetallb, isServing }) => isMetallb && isServing);
  const returned = returnedNodes(own.returned ?? [], speakers, running);
  return { interfaces, running, alive: aliveAmong(running, verdicts), returned, standsBy };
}

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

/** An interface that this node has lost counts as lost at once; a new one when all can know of it. */
function usableOf(
  node: string,
  published: readonly PublishedInterface[],
  own: PresenceInputs['own'],
): readonly PublishedInterface[] {
  if (node !== own.node) return published;
  return published.filter(({ name }) => own.interfaces.some((one) => one.name === name));
}

/** Without verdicts about two speakers nothing is known against their link. */
function aliveAmong(running: ReadonlySet<string>, verdicts: readonly Verdict[]): AliveNodes {
  if (verdicts.every(({ isUp }) => isUp)) return aliveAlways(running);
  const assumed = [...running].flatMap((watcher) =>
    [...running].map((node) => ({ watcher, node, isUp: true })),
  );
  return aliveByVerdicts(running, [...assumed, ...verdicts]);
}

type Hearing = { readonly running: ReadonlySet<string>; readonly verdicts: readonly Verdict[] };

const NOBODY: ReadonlySet<string> = new Set();

/**
 * Speakers that died together: each of them might hear the others, but all who are left hear none of them, and none has said
 * that it lost anybody.
 */
function silentTogether(
  lost: ReadonlySet<string>,
  speakers: readonly PublishedSpeaker[],
  { running, verdicts }: Hearing,
): ReadonlySet<string> {
  let silent: ReadonlySet<string> = new Set([...lost].filter((node) => running.has(node)));
  for (;;) {
    const deaf = silent;
    const left = [...deaf].filter((node) => isSilent(node, speakers, { running, verdicts, deaf }));
    if (left.length === deaf.size) return deaf;
    silent = new Set(left);
  }
}

/** Nobody who runs hears it, except for `deaf`, and it has not said that it hears others no more. */
function isSilent(
  node: string,
  speakers: readonly PublishedSpeaker[],
  { running, verdicts, deaf }: Hearing & { readonly deaf: ReadonlySet<string> },
): boolean {
  const losers = new Set(verdicts.flatMap((one) => (one.node === node && !one.isUp ? [one.watcher] : [])));
  const isHeard = [...running].some((other) => other !== node && !losers.has(other) && !deaf.has(other));
  const says = speakers.find((one) => one.node === node)?.lost ?? [];
  return !isHeard && !says.some((other) => losers.has(other));
}

/** Of a rollout there may be two; a speaker that runs outside of the cluster has none. */
function isPodServing(node: string, pods: readonly Layer2Pod[]): boolean {
  const own = pods.filter((pod) => pod.node === node && !pod.isMetallb);
  return own.length === 0 || own.some(({ isServing }) => isServing);
}
