/**
 * Which speakers run, in the eyes of this one: what the API server shows, what BFD with its neighbours says, and what the others
 * have lost. It opens BFD sessions with those that it is to watch.
 */

import { isDeepStrictEqual } from 'node:util';
import type { Clock, Millis } from '../../base/clock.ts';
import { HealingNetwork } from '../../layer2/membership/healing-network.ts';
import type { SpeakerKey } from '../../layer2/membership/key-ring.ts';
import { decodeReport, encodeReport, type ReportFault } from '../../layer2/membership/loss-report.ts';
import { RemoteLosses, type ReportOutcome } from '../../layer2/membership/remote-losses.ts';
import { REPEAT_INTERVAL, ReturnSigns } from '../../layer2/membership/return-signs.ts';
import {
  type PresenceInputs,
  type PublishedSpeaker,
  type SpeakerPresence,
  speakerPresence,
} from '../../layer2/membership/speaker-presence.ts';
import { WatchGraphs } from '../../layer2/membership/watch-graph.ts';
import type { Address } from '../../net/address.ts';
import { SpeakerLinks, type SpeakerLinksOptions } from './speaker-links.ts';

/** Copies of a report, after the first: datagrams get lost. */
const COPIES_AFTER: readonly Millis[] = [100, 300];

/** BFD between the speakers, and what they tell each other of it. */
export type BfdMesh = Pick<SpeakerLinksOptions, 'sessions' | 'port' | 'authentication'> & {
  /** Of this process, random. */
  readonly boot: string;
  /** Without one, nothing is reported, and no report is accepted. */
  readonly keys: () => readonly SpeakerKey[];
  /** Sends a datagram to each of these addresses. */
  readonly send: (octets: Uint8Array, to: readonly Address[]) => void;
};

export type MembershipOptions = {
  readonly clock: Clock;
  readonly node: string;
  /** Null: then the API server alone says who runs. */
  readonly mesh: BfdMesh | null;
  /** What `presence` returns may differ. */
  readonly changed: () => void;
  readonly linkChanged: SpeakerLinksOptions['linkChanged'];
  /** A speaker that was lost can be reached again, and is the same process: both may answer for an address. */
  readonly returned: (node: string) => void;
  /** Default: its own. */
  readonly graphs?: WatchGraphs;
};

export type MembershipInputs = Pick<PresenceInputs, 'own' | 'speakers' | 'pods'> & {
  /** Where the others reach this speaker; null where it is not known: then it has no sessions. */
  readonly address: Address | null;
};

export class Membership {
  readonly #options: MembershipOptions;
  readonly #links: SpeakerLinks | null;
  readonly #remote = new RemoteLosses();
  readonly #signs = new ReturnSigns();
  readonly #healing = new HealingNetwork();
  readonly #graphs: WatchGraphs;
  /** Where all others are, by node. */
  #addresses: ReadonlyMap<string, Address> = new Map();
  #report: { readonly sequence: number; readonly lost: readonly string[] } = { sequence: 0, lost: [] };
  #serial = 0;
  #isRepeating = false;
  #review: { readonly at: Millis; readonly cancel: () => void } | null = null;
  #isStopped = false;

  constructor(options: MembershipOptions) {
    this.#options = options;
    this.#graphs = options.graphs ?? new WatchGraphs();
    const { clock, node, mesh, changed } = options;
    const linksChanged = (): void => {
      this.#updateReport();
      changed();
    };
    const linkChanged = (other: string, isUp: boolean): void => this.#linkChanged(other, isUp);
    this.#links =
      mesh === null ? null : new SpeakerLinks({ ...mesh, clock, node, changed: linksChanged, linkChanged });
  }

  #linkChanged(other: string, isUp: boolean): void {
    const { clock, linkChanged, returned } = this.#options;
    const boot = this.#remote.bootOf(other);
    linkChanged(other, isUp);
    if (!isUp) this.#signs.lost(other, boot);
    else if (this.#signs.up(other, boot, clock.now())) returned(other);
  }

  /** It has heard others, and hears none of them any more. */
  get isAlone(): boolean {
    return this.#links?.isAlone ?? false;
  }

  /** Of its neighbours, those that it has heard; sorted. */
  get linked(): readonly string[] {
    return this.#links?.linked ?? [];
  }

  /** Of its neighbours, those that it does not hear though it should; sorted. */
  get lost(): readonly string[] {
    return this.#report.lost;
  }

  /** Increases with every change of `lost`. */
  get sequence(): number {
    return this.#report.sequence;
  }

  /** A datagram of another speaker, or of anybody. */
  receive(octets: Uint8Array): ReportOutcome | ReportFault {
    const { mesh, clock, changed, returned } = this.#options;
    const report = decodeReport(octets, mesh?.keys() ?? []);
    if (!report.ok) return report.error;
    const now = clock.now();
    const outcome = this.#remote.receive(report.value, now);
    if (outcome === 'accepted') changed();
    const isOfPublished = outcome === 'accepted' || outcome === 'replayed';
    if (isOfPublished && this.#signs.received(report.value, now)) returned(report.value.sender);
    return outcome;
  }

  presence({ own, speakers, pods, address }: MembershipInputs): SpeakerPresence {
    const now = this.#options.clock.now();
    this.#remote.setPublished(
      speakers.filter(({ node }) => node !== own.node),
      now,
    );
    const isUnpublished = !this.#isPublished(speakers.find(({ node }) => node === own.node));
    const ownLosses = (this.#links?.losses ?? []).map((loss) => ({ ...loss, isUnpublished }));
    const losses = [...ownLosses, ...this.#remote.losses];
    const held = this.#healing.review(losses, now);
    const presence = speakerPresence({ own, speakers, pods, losses, graphs: this.#graphs, held, now });
    this.#healing.decided(presence.alive.sets);
    if (address !== null && !this.#isStopped) this.#watch(address, speakers, presence);
    this.#reviewAt(earlierOf(presence.reviewAt, this.#healing.endsAt(now)));
    return presence;
  }

  /** Whether the API server shows whom this process has lost, as it is now. */
  #isPublished(own: PublishedSpeaker | undefined): boolean {
    return own?.boot === this.#options.mesh?.boot && own?.sequence === this.#report.sequence;
  }

  /** Says AdminDown to all neighbours: others take over at once. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#review?.cancel();
    await this.#links?.stop();
  }

  #watch(own: Address, speakers: readonly PublishedSpeaker[], { graph }: SpeakerPresence): void {
    const { node: ownNode } = this.#options;
    const neighbours = graph.get(ownNode) ?? new Set();
    const others = speakers.flatMap(({ node, interfaces, address, hasStopped, linked }) => {
      if (node === ownNode || interfaces === null || address === null || hasStopped) return [];
      return [{ node, address, isNeighbour: neighbours.has(node), wasLinked: linked.includes(ownNode) }];
    });
    const reachable = others.filter(({ address }) => address.family === own.family);
    this.#addresses = new Map(reachable.map(({ node, address }) => [node, address]));
    this.#signs.keepOnly((sender) => this.#addresses.has(sender));
    this.#links?.setSpeakers(own, others);
    if (this.#updateReport()) this.#options.changed();
  }

  /** Tells all others, where this speaker has lost or found one. */
  #updateReport(): boolean {
    const { clock } = this.#options;
    const lost = this.#links?.lost ?? [];
    if (isDeepStrictEqual(lost, this.#report.lost)) return false;
    const report = { sequence: this.#report.sequence + 1, lost };
    this.#report = report;
    this.#send([...this.#addresses.values()]);
    for (const delay of COPIES_AFTER)
      clock.after(delay, () => {
        if (this.#report === report) this.#send([...this.#addresses.values()]);
      });
    this.#repeat();
    return true;
  }

  /** Those that are lost get the report again and again: the first one that arrives shows that the network is whole. */
  #repeat(): void {
    if (this.#isRepeating || this.lost.length === 0 || this.#isStopped) return;
    this.#isRepeating = true;
    this.#options.clock.after(REPEAT_INTERVAL, () => {
      this.#isRepeating = false;
      this.#send(this.lost.flatMap((node) => this.#addresses.get(node) ?? []));
      this.#repeat();
    });
  }

  #send(to: readonly Address[]): void {
    const { node: sender, mesh } = this.#options;
    const keys = mesh?.keys() ?? [];
    if (mesh === null || keys.length === 0 || to.length === 0 || this.#isStopped) return;
    this.#serial += 1;
    const report = { sender, boot: mesh.boot, serial: this.#serial, ...this.#report };
    mesh.send(encodeReport(report, keys), to);
  }

  #reviewAt(at: Millis | null): void {
    if (this.#review?.at === at) return;
    const { clock, changed } = this.#options;
    this.#review?.cancel();
    this.#review = null;
    if (at === null || this.#isStopped) return;
    const cancel = clock.after(at - clock.now(), () => {
      this.#review = null;
      changed();
    });
    this.#review = { at, cancel };
  }
}

const earlierOf = (a: Millis | null, b: Millis | null): Millis | null =>
  a === null || b === null ? (a ?? b) : Math.min(a, b);
