/**
 * What each node may do for each Service. Services with the same L2Advertisements and families differ only in where their
 * endpoints are, so most of them share one list: it is computed once, however many Services there are.
 */
import type { SpeakerFlags } from '../../announce/decision/should-announce.ts';
import { rememberByObject } from '../../base/remember.ts';
import type { L2Advertisement } from '../../config/l2-advertisement.ts';
import type { WantedService } from './layer2-service.ts';
import { type OwnAddresses, ownAddresses, reserveOwnAddresses } from './own-addresses.ts';
import { type ElectionNode, type GroupStanding, nodeStanding, type StandingSubject } from './standing.ts';

/** Of one kind of Service, for each node. */
type Row = {
  /** Of Services that need no endpoint on the node. */
  readonly anywhere: readonly GroupStanding[];
  /** Of Services that need an endpoint on the node, by the nodes that have one. */
  readonly whereLocal: (nodes: ReadonlySet<string>) => readonly GroupStanding[];
};

export class StandingTable {
  readonly #nodes: readonly ElectionNode[];
  readonly #own: OwnAddresses;
  readonly #flags: Pick<SpeakerFlags, 'ignoreExcludeLabel'>;
  /** By families, and by the L2Advertisements in their order: advertisements of one configuration are the same objects. */
  readonly #rows = new Map<string, Row>();
  readonly #ids = new Map<L2Advertisement, number>();

  constructor(nodes: readonly ElectionNode[], flags: Pick<SpeakerFlags, 'ignoreExcludeLabel'>) {
    this.#nodes = nodes;
    this.#own = ownAddresses(nodes);
    this.#flags = flags;
  }

  /** In the order of the nodes. Lists that are equal are mostly one and the same. */
  standingsOf(group: readonly WantedService[]): readonly GroupStanding[] {
    return reserveOwnAddresses(group, this.#ableOf(group), this.#own);
  }

  #ableOf(group: readonly WantedService[]): readonly GroupStanding[] {
    const [first, ...others] = group.map((wanted) => this.#standingsOf(wanted));
    if (first === undefined || others.length === 0) return first ?? [];
    return first.map(({ node, standings }, index) => ({
      ...{ node, standings: [...standings, ...others.flatMap((list) => list[index]?.standings ?? [])] },
    }));
  }

  #standingsOf({ service, addresses, advertisements, endpoints }: WantedService): readonly GroupStanding[] {
    const families = addresses.map(({ family }) => family);
    const key = `${families.join('')} ${advertisements.map((one) => this.#idOf(one)).join(' ')}`;
    const row = this.#rows.get(key) ?? this.#rowOf({ families, advertisements, hasEndpoint: true });
    this.#rows.set(key, row);
    if (service.externalTrafficPolicy !== 'Local') return row.anywhere;
    return row.whereLocal(endpoints.nodes);
  }

  #rowOf(subject: StandingSubject): Row {
    const standings = (hasEndpoint: boolean): readonly GroupStanding[] =>
      this.#nodes.map((node) => ({
        ...{ node: node.name, standings: [nodeStanding({ ...subject, hasEndpoint }, node, this.#flags)] },
      }));
    const anywhere = standings(true);
    const without = standings(false);
    const whereLocal = (nodes: ReadonlySet<string>): readonly GroupStanding[] =>
      anywhere.map((one, index) => (nodes.has(one.node) ? one : (without[index] ?? one)));
    return { anywhere, whereLocal: rememberByObject(whereLocal) };
  }

  #idOf(advertisement: L2Advertisement): number {
    const id = this.#ids.get(advertisement) ?? this.#ids.size;
    this.#ids.set(advertisement, id);
    return id;
  }
}
