/**
 * Which speakers run, in the eyes of this one: what the API server shows, what BFD with its neighbours says, and what the others
 * have lost. It opens BFD sessions with those that it is to watch.
 */
import type { Clock, Millis } from '../../base/clock.ts';
import { RemoteLosses } from '../../layer2/membership/remote-losses.ts';
import {
  type PresenceInputs,
  type PublishedSpeaker,
  type SpeakerPresence,
  speakerPresence,
} from '../../layer2/membership/speaker-presence.ts';
import { WatchGraphs } from '../../layer2/membership/watch-graph.ts';
import type { Address } from '../../net/address.ts';
import { SpeakerLinks, type SpeakerLinksOptions } from './speaker-links.ts';

/** BFD between the speakers. */
export type BfdMesh = Pick<SpeakerLinksOptions, 'sessions' | 'port' | 'authentication'>;

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
  #review: { readonly at: Millis; readonly cancel: () => void } | null = null;
  #isStopped = false;

  constructor(options: MembershipOptions) {
    this.#options = options;
    this.#graphs = options.graphs ?? new WatchGraphs();
    const { clock, node, mesh, changed, linkChanged } = options;
    this.#links = mesh === null ? null : new SpeakerLinks({ ...mesh, clock, node, changed, linkChanged });
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
    return this.#links?.lost ?? [];
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
    this.#links?.setSpeakers(own, others);
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
