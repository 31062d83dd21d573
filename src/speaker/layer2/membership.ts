/**
 * Which speakers run, in the eyes of this one: what the API server shows, what BFD with its neighbours says, and what the others
 * have lost. It opens BFD sessions with those that it is to watch.
 */

import { isDeepStrictEqual } from 'node:util';
import type { Clock, Millis } from '../../base/clock.ts';
import type { SpeakerKey } from '../../layer2/membership/key-ring.ts';
import { decodeReport, encodeReport, type ReportFault } from '../../layer2/membership/loss-report.ts';
import { RemoteLosses, type ReportOutcome } from '../../layer2/membership/remote-losses.ts';
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
  readonly #graphs: WatchGraphs;
  /** Where all others are. */
  #addresses: readonly Address[] = [];
  #report: { readonly sequence: number; readonly lost: readonly string[] } = { sequence: 0, lost: [] };
  #review: { readonly at: Millis; readonly cancel: () => void } | null = null;
  #isStopped = false;

  constructor(options: MembershipOptions) {
    this.#options = options;
    this.#graphs = options.graphs ?? new WatchGraphs();
    const { clock, node, mesh, changed, linkChanged } = options;
    const linksChanged = (): void => {
      this.#updateReport();
      changed();
    };
    this.#links =
      mesh === null ? null : new SpeakerLinks({ ...mesh, clock, node, changed: linksChanged, linkChanged });
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
    const { mesh, clock, changed } = this.#options;
    const report = decodeReport(octets, mesh?.keys() ?? []);
    if (!report.ok) return report.error;
    const outcome = this.#remote.receive(report.value, clock.now());
    if (outcome === 'accepted') changed();
    return outcome;
  }

  presence({ own, speakers, pods, address }: MembershipInputs): SpeakerPresence {
    const now = this.#options.clock.now();
    this.#remote.setPublished(
      speakers.filter(({ node }) => node !== own.node),
      now,
    );
    const losses = [...(this.#links?.losses ?? []), ...this.#remote.losses];
    const presence = speakerPresence({ own, speakers, pods, losses, graphs: this.#graphs, now });
    if (address !== null && !this.#isStopped) this.#watch(address, speakers, presence);
    this.#reviewAt(presence.reviewAt);
    return presence;
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
    this.#addresses = others.flatMap(({ address }) => (address.family === own.family ? [address] : []));
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
    this.#send();
    for (const delay of COPIES_AFTER)
      clock.after(delay, () => {
        if (this.#report === report) this.#send();
      });
    return true;
  }

  #send(): void {
    const { node: sender, mesh } = this.#options;
    const keys = mesh?.keys() ?? [];
    if (mesh === null || keys.length === 0 || this.#isStopped) return;
    mesh.send(encodeReport({ sender, boot: mesh.boot, ...this.#report }, keys), this.#addresses);
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
