/**
 * What a recorder saw on a segment, and what follows from it: who answers for an address, how long nobody did, and how long two
 * did. Times are milliseconds of one clock.
 */

export type Sighting = {
  readonly at: number;
  readonly kind: 'answer' | 'announcement';
  readonly address: string;
  /** Name of the host whose MAC address it was. */
  readonly node: string;
};

/** A time; without its end, until now. */
export type Span = { readonly from: number; readonly to?: number };

/** Answers that change hands again within this time come from two hosts at once, and not from one after the other. */
const CHANGES_TOGETHER_MS = 300;

/** Lines of the recorder's program; what is not complete yet is left out. */
export function readSightings(text: string, nameOf: (mac: string) => string): readonly Sighting[] {
  return text
    .slice(0, text.lastIndexOf('\n') + 1)
    .split('\n')
    .flatMap((line) => {
      const [at = '', kind, address = '', mac = ''] = line.split(' ');
      if (kind !== 'answer' && kind !== 'announcement') return [];
      return [{ at: Number(at), kind, address, node: nameOf(mac) }];
    });
}

export class SegmentRecord {
  readonly #sightings: readonly Sighting[];

  /** In the order of time. */
  constructor(sightings: readonly Sighting[]) {
    this.#sightings = sightings;
  }

  /** Nodes that answered for the address, in the order of their first answer. */
  answering(address: string, span: Span): readonly string[] {
    return [...new Set(this.#answers(address, span).map(({ node }) => node))];
  }

  /** The nodes that answered for each address. */
  answerers({ from, to = Number.POSITIVE_INFINITY }: Span): ReadonlyMap<string, ReadonlySet<string>> {
    const nodes = new Map<string, Set<string>>();
    for (const { at, kind, address, node } of this.#sightings)
      if (kind === 'answer' && at >= from && at <= to)
        nodes.set(address, (nodes.get(address) ?? new Set()).add(node));
    return nodes;
  }

  /** When another node than `node` first announced the address; null if none has. */
  announcedElsewhere(
    address: string,
    node: string,
    { from, to = Number.POSITIVE_INFINITY }: Span,
  ): number | null {
    const first = this.#sightings.find(
      (one) =>
        one.kind === 'announcement' &&
        one.address === address &&
        one.node !== node &&
        one.at >= from &&
        one.at <= to,
    );
    return first?.at ?? null;
  }

  /** When other nodes than `nodes` first announced each address. */
  firstAnnouncements(
    nodes: ReadonlySet<string>,
    { from, to = Number.POSITIVE_INFINITY }: Span,
  ): ReadonlyMap<string, number> {
    const firsts = new Map<string, number>();
    for (const { at, kind, address, node } of this.#sightings)
      if (kind === 'announcement' && at >= from && at <= to && !nodes.has(node) && !firsts.has(address))
        firsts.set(address, at);
    return firsts;
  }

  /** The node of the last answer or announcement for each address. */
  lastOwners(): ReadonlyMap<string, string> {
    return new Map(this.#sightings.map(({ address, node }) => [address, node]));
  }

  /** Between two answers, whoever gave them; the ends of the span count like answers. */
  longestSilence(address: string, span: Required<Span>): number {
    const times = [span.from, ...this.#answers(address, span).map(({ at }) => at), span.to];
    return Math.max(...times.slice(1).map((at, index) => at - (times[index] ?? at)));
  }

  /**
   * How long two nodes answered at once: from the moment when the answers first changed hands until they did so for the last
   * time. One change is a move, and no overlap.
   */
  longestOverlap(address: string, span: Span): number {
    const answers = this.#answers(address, span);
    const changes = answers
      .filter(({ node }, index) => index > 0 && answers[index - 1]?.node !== node)
      .map(({ at }) => at);
    let [longest, begin, last] = [0, Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (const at of changes) {
      if (at - last > CHANGES_TOGETHER_MS) begin = at;
      last = at;
      longest = Math.max(longest, last - begin);
    }
    return longest;
  }

  /** When answers came from another node than the one before. */
  moves(address: string, span: Span): readonly number[] {
    const answers = this.#answers(address, span);
    return answers
      .filter(({ node }, index) => index > 0 && answers[index - 1]?.node !== node)
      .map(({ at }) => at);
  }

  #answers(address: string, { from, to = Number.POSITIVE_INFINITY }: Span): readonly Sighting[] {
    return this.#sightings.filter(
      (one) => one.kind === 'answer' && one.address === address && one.at >= from && one.at <= to,
    );
  }
}
