/**
 * Decides which speakers are alive from what they say about each other: the largest set of speakers that are connected.
 *
 * A link is up or down for both of its ends. Connected is also who hears another through a third: then nothing changes
 * where two nodes alone lose each other. Of sets of equal size the one with the recorded owner is alive, else the one with
 * the lowest node name; so an address has one owner also where nobody hears anybody. While a network heals, those sets count that
 * did before.
 */
import { sameItems, sameMembers } from '../../base/list.ts';
import { compareText } from '../../base/text.ts';

/** What one speaker says about another that it watches. */
export type Verdict = { readonly watcher: string; readonly node: string; readonly isUp: boolean };

export type AliveNodes = {
  /** The sets of speakers that may be alive: one for all addresses, or several. They determine `among`. */
  readonly sets: readonly ReadonlySet<string>[];
  /** Those of `nodes` that are alive for addresses whose recorded owner is `recorded`. */
  readonly among: (nodes: readonly string[], recorded: string | null) => ReadonlySet<string>;
};

/** The same set for each address. */
export const aliveAlways = (nodes: Iterable<string>): AliveNodes => {
  const all = new Set(nodes);
  return { sets: [all], among: (names) => new Set(names.filter((name) => all.has(name))) };
};

/**
 * `speakers` are those that run as far as anybody knows; verdicts about others are ignored. Of several verdicts about one
 * pair, a single one that says down counts: BFD is up on both sides or on none (RFC 5880, 6.2). `held` are sets that were alive
 * before: those that have a node of them are, whatever their size, if there is one; null: the size decides.
 */
export function aliveByVerdicts(
  speakers: Iterable<string>,
  verdicts: readonly Verdict[],
  held: readonly ReadonlySet<string>[] | null = null,
): AliveNodes {
  const sets = connectedSets([...new Set(speakers)].sort(compareText), verdicts);
  const bySize = [...sets].sort((a, b) => b.size - a.size); // a stable sort: equal ones stay in the order of their names
  const before = bySize.filter((one) => held?.some((other) => [...other].some((name) => one.has(name))));
  const counting = before.length > 0 ? before : bySize.filter((one) => one.size === bySize[0]?.size);
  const [first = new Set<string>()] = counting;
  return {
    sets: counting,
    among: (names, recorded) => {
      const living = (recorded === null ? undefined : counting.find((one) => one.has(recorded))) ?? first;
      return new Set(names.filter((name) => living.has(name)));
    },
  };
}

/** Whether the two give the same answers. */
export const sameAlive = (a: AliveNodes, b: AliveNodes): boolean => sameItems(a.sets, b.sets, sameMembers);

/** Answers each question about the same list of nodes once. */
export function rememberAlive({ sets, among }: AliveNodes): AliveNodes {
  const known = new WeakMap<readonly string[], Map<number, ReadonlySet<string>>>();
  return {
    sets,
    among: (nodes, recorded) => {
      const answers = known.get(nodes) ?? new Map<number, ReadonlySet<string>>();
      known.set(nodes, answers);
      const index = recorded === null ? -1 : sets.findIndex((one) => one.has(recorded));
      const answer = answers.get(index) ?? among(nodes, recorded);
      answers.set(index, answer);
      return answer;
    },
  };
}

/** In the order of the lowest name of each; `names` are sorted and unique. */
export function connectedSets(
  names: readonly string[],
  verdicts: readonly Verdict[],
): readonly ReadonlySet<string>[] {
  const known = new Set(names);
  const links = new Map<string, Map<string, boolean>>(names.map((name) => [name, new Map()]));
  for (const { watcher, node, isUp } of verdicts) {
    if (watcher === node || !known.has(watcher) || !known.has(node)) continue;
    const isUpNow = isUp && (links.get(watcher)?.get(node) ?? true);
    links.get(watcher)?.set(node, isUpNow);
    links.get(node)?.set(watcher, isUpNow);
  }
  const seen = new Set<string>();
  return names.flatMap((start) => {
    if (seen.has(start)) return [];
    const set = new Set([start]);
    // A set gives its items in the order in which they were added, those added meanwhile as well.
    for (const name of set) for (const [other, isUp] of links.get(name) ?? []) if (isUp) set.add(other);
    for (const name of set) seen.add(name);
    return [set];
  });
}
