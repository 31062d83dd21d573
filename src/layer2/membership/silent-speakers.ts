/**
 * Decides which speakers do not run though the API server still shows them: those that nobody hears any more, and that have not
 * said themselves that they lost somebody. Both ends of a link that broke notice that at the same time.
 */
import type { Millis } from '../../base/clock.ts';
import type { WatchGraph } from './watch-graph.ts';

/** One speaker does not hear another that it watches. */
export type Loss = {
  readonly watcher: string;
  readonly node: string;
  /** By the clock of who decides: when it learned of it. Infinite where that is not known; then the node is not silent yet. */
  readonly since: Millis;
  /** Known from BFD or a report alone: the API server has not shown it yet. Default: false. */
  readonly isUnpublished?: boolean;
};

/** A speaker that all its watchers lost, and that says nothing of it for this long, does not run. */
export const SILENCE_GRACE: Millis = 250;

/**
 * The same for several speakers that were lost and may still hear each other: after this time they died together. Longer,
 * since there is nobody else who could tell them from the other half of a network that broke.
 */
export const GROUP_SILENCE_GRACE: Millis = 1000;

export type WatchedSpeakers = {
  readonly running: ReadonlySet<string>;
  readonly graph: WatchGraph;
  /** Those of speakers that run, about neighbours of theirs. */
  readonly losses: readonly Loss[];
};

export type SilenceQuestion = WatchedSpeakers & {
  /** Losses of all, also of speakers that do not run. */
  readonly said: readonly Loss[];
  /** Who decides: it runs. */
  readonly judge: string;
};

export function silentSpeakers(question: SilenceQuestion, now: Millis): ReadonlySet<string> {
  if (question.losses.length === 0) return NOBODY;
  const evidence = evidenceOf(question);
  const alone = lostFor(question, now - SILENCE_GRACE).filter((node) => isSilent(node, evidence, NOBODY));
  const published = publishedNodes(question.losses);
  const together = lostFor(question, now - GROUP_SILENCE_GRACE).filter((node) => published.has(node));
  return new Set([...alone, ...silentTogether(together, evidence)]);
}

/**
 * Nodes whose loss the API server shows. What it has not shown since then says nothing about a group: where it is away, the other
 * half of a network that broke cannot say that it runs.
 */
const publishedNodes = (losses: readonly Loss[]): ReadonlySet<string> =>
  new Set(losses.flatMap(({ node, isUnpublished = false }) => (isUnpublished ? [] : [node])));

/** The losses by node, so that hundreds of speakers that die together are judged in one pass over them. */
type Evidence = Pick<SilenceQuestion, 'running' | 'graph'> & {
  /** Who of those that run lost a node. */
  readonly losersOf: ReadonlyMap<string, ReadonlySet<string>>;
  /** Whom a speaker says that it has lost, whether it runs or not. */
  readonly saidBy: ReadonlyMap<string, ReadonlySet<string>>;
};

const evidenceOf = ({ running, graph, losses, said }: SilenceQuestion): Evidence => ({
  ...{ running, graph },
  losersOf: groupedBy(losses, ({ node, watcher }) => [node, watcher]),
  saidBy: groupedBy(said, ({ node, watcher }) => [watcher, node]),
});

function groupedBy(
  losses: readonly Loss[],
  entryOf: (loss: Loss) => readonly [key: string, value: string],
): ReadonlyMap<string, ReadonlySet<string>> {
  const groups = new Map<string, Set<string>>();
  for (const loss of losses) {
    const [key, value] = entryOf(loss);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, new Set([value]));
    else group.add(value);
  }
  return groups;
}

/** When one of the two times is over for the next loss; null where they are for all. */
export function nextReview(losses: readonly Loss[], now: Millis): Millis | null {
  const ends = losses.flatMap(({ since }) => [since + SILENCE_GRACE, since + GROUP_SILENCE_GRACE]);
  const next = Math.min(...ends.filter((at) => at > now));
  return Number.isFinite(next) ? next : null;
}

/** Other speakers that run and were lost, the last time then or earlier. */
function lostFor({ running, losses, judge }: SilenceQuestion, latest: Millis): readonly string[] {
  const lostAt = new Map<string, Millis>();
  for (const { node, since } of losses) lostAt.set(node, Math.max(since, lostAt.get(node) ?? since));
  return [...lostAt].flatMap(([node, at]) =>
    node !== judge && running.has(node) && at <= latest ? [node] : [],
  );
}

const NOBODY: ReadonlySet<string> = new Set();

/**
 * Speakers that died together: each of them might hear the others, but all who are left hear none of them, and none has said
 * that it lost anybody.
 */
function silentTogether(lost: readonly string[], evidence: Evidence): ReadonlySet<string> {
  let silent: ReadonlySet<string> = new Set(lost);
  for (;;) {
    const deaf = silent;
    const left = [...deaf].filter((node) => isSilent(node, evidence, deaf));
    if (left.length === deaf.size) return deaf;
    silent = new Set(left);
  }
}

/** Nobody who runs and watches it hears it, except for `deaf`, and it has not said that it lost one of those who lost it. */
function isSilent(
  node: string,
  { running, graph, losersOf, saidBy }: Evidence,
  deaf: ReadonlySet<string>,
): boolean {
  const losers = losersOf.get(node) ?? NOBODY;
  for (const other of graph.get(node) ?? NOBODY)
    if (running.has(other) && !losers.has(other) && !deaf.has(other)) return false;
  for (const other of saidBy.get(node) ?? NOBODY) if (losers.has(other)) return false;
  return true;
}
