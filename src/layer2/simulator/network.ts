/**
 * Simulates the network of a case: two Ethernet segments, the interfaces of each node, and who reaches whom. Speakers and
 * the API server talk over `eth0`.
 */
import { fieldsOf, listOf, type Raw, textOf, textsOf } from '../../base/json.ts';
import { compareText } from '../../base/text.ts';
import {
  compilePattern,
  DEFAULT_EXCLUDED_INTERFACES,
  interfaceExclusion,
} from '../packets/excluded-interfaces.ts';

export type Segment = 'a' | 'b';

type Link = { readonly segment: Segment; readonly isUp: boolean };

const CLUSTER_INTERFACE = 'eth0';
const WITHOUT_SECOND_SEGMENT: ReadonlySet<string> = new Set(['n5']);
const WITH_THIRD_INTERFACE: ReadonlySet<string> = new Set(['n4']);

export class SimulatedNetwork {
  readonly #links = new Map<string, Map<string, Link>>();
  readonly #extra: Raw;
  readonly #isExcluded: (name: string) => boolean;
  #groups: readonly (readonly string[])[] = [];

  /** `file` is the case. */
  constructor(file: Raw) {
    this.#extra = fieldsOf(file['links']);
    const patterns = textsOf(file['exclude']);
    // As a speaker that starts with a list that cannot be read.
    const isReadable = patterns.every((pattern) => compilePattern(pattern).ok);
    this.#isExcluded = interfaceExclusion(isReadable ? patterns : DEFAULT_EXCLUDED_INTERFACES);
  }

  apply(action: Raw): void {
    const { dev } = action;
    const [down, up] = [textOf(action['linkDown']), textOf(action['linkUp'])];
    const [added, removed] = [textOf(action['linkAdd']), textOf(action['linkDel'])];
    if (down !== '') this.#setUp(down, textOf(dev), false);
    if (up !== '') this.#setUp(up, textOf(dev), true);
    if (added !== '')
      this.#linksOf(added).set(textOf(dev), { segment: toSegment(action['segment']), isUp: true });
    if (removed !== '') this.#linksOf(removed).delete(textOf(dev));
    if (Array.isArray(action['partition'])) this.#groups = listOf(action['partition']).map(textsOf);
    if (action['heal'] === true) this.#groups = [];
  }

  /** The interfaces that can answer, by name, with their segments. */
  answering(node: string): ReadonlyMap<string, Segment> {
    const usable = [...this.#linksOf(node)].filter(([name, { isUp }]) => isUp && !this.#isExcluded(name));
    usable.sort(([a], [b]) => compareText(a, b));
    return new Map(usable.map(([name, { segment }]) => [name, segment]));
  }

  /** Whether the node reaches the API server; a partition separates nodes alone. */
  reachesApi(node: string): boolean {
    return this.#linksOf(node).get(CLUSTER_INTERFACE)?.isUp === true;
  }

  reaches(node: string, other: string): boolean {
    if (!this.reachesApi(node) || !this.reachesApi(other)) return false;
    const [a, b] = [this.#groupOf(node), this.#groupOf(other)];
    return a === null || b === null || a === b;
  }

  /** Null for a node in no group, which reaches all. */
  #groupOf(node: string): number | null {
    const index = this.#groups.findIndex((group) => group.includes(node));
    return index < 0 ? null : index;
  }

  #setUp(node: string, name: string, isUp: boolean): void {
    const link = this.#linksOf(node).get(name);
    if (link !== undefined) this.#linksOf(node).set(name, { ...link, isUp });
  }

  #linksOf(node: string): Map<string, Link> {
    const known = this.#links.get(node);
    if (known !== undefined) return known;
    const links = new Map<string, Link>([[CLUSTER_INTERFACE, { segment: 'a', isUp: true }]]);
    if (!WITHOUT_SECOND_SEGMENT.has(node)) links.set('eth1', { segment: 'b', isUp: true });
    if (WITH_THIRD_INTERFACE.has(node)) links.set('eth2', { segment: 'a', isUp: true });
    for (const [name, segment] of Object.entries(fieldsOf(this.#extra[node])))
      links.set(name, { segment: toSegment(segment), isUp: true });
    this.#links.set(node, links);
    return links;
  }
}

const toSegment = (value: unknown): Segment => (value === 'b' ? 'b' : 'a');
