/** A check of a cluster, and how all checks of one kind of snapshot are run. */
import { compareText } from '../base/text.ts';
import { SEVERITY_ORDER, type UndecidedCheckOf, undecidedCheck } from './finding.ts';
import { judgedWithout, type KnownKinds, watchReads } from './read-kinds.ts';
import type { DraftFinding } from './tried-edits.ts';

export type CheckOf<Code extends string, Snapshot, Result> = {
  readonly code: Code;
  /** Kinds without which it cannot decide. */
  readonly needs: readonly string[];
  /** Kinds whose absent objects it draws conclusions from. Where some may be missing in the input, it is decided in part. */
  readonly needsAll?: readonly string[];
  /** Kinds of which one object is enough to refute it: where one of them could not be read, it does not decide. */
  readonly refutedBy?: readonly string[];
  /** The kinds that it depends on, where those are fewer than the properties it reads depend on. */
  readonly dependsOn?: readonly string[];
  /** What stays undecided without them: the end of the sentence `cannot know …`. */
  readonly question: string;
  readonly find: (snapshot: Snapshot) => readonly Result[];
};

/** Findings before their edits are tried, and what the input does not decide. */
export type CheckedFindings<Code extends string> = {
  readonly drafts: readonly DraftFinding<Code>[];
  readonly unknown: readonly UndecidedCheckOf<Code>[];
};

/**
 * Runs every check that the input allows. `complete` adds to a result what the check itself does not know. What depends on kinds
 * that could not be read says so in its problem.
 */
export function runChecks<Code extends string, Snapshot extends KnownKinds, Result>(
  checks: readonly CheckOf<Code, Snapshot, Result>[],
  snapshot: Snapshot,
  complete: (code: Code, result: Result) => DraftFinding<Code>,
): CheckedFindings<Code> {
  const drafts: DraftFinding<Code>[] = [];
  const unknown: UndecidedCheckOf<Code>[] = [];
  for (const { code, needs, needsAll = [], refutedBy = [], dependsOn, question, find } of checks) {
    const missing = [
      ...needs.filter((kind) => !snapshot.isKindKnown(kind)),
      ...refutedBy.filter((kind) => snapshot.unread.has(kind)),
    ];
    if (missing.length > 0) {
      unknown.push(undecidedCheck({ code, question }, missing, `no ${missing.join(', no ')} in the input`));
      continue;
    }
    const partial = needsAll.filter((kind) => !snapshot.isKindComplete(kind));
    if (partial.length > 0) {
      const because = `the input may not have every ${partial.join(', ')}`;
      unknown.push(undecidedCheck({ code, question }, partial, because));
    }
    const read = new Set([...needs, ...needsAll]);
    // Where all is read, nothing depends on what is not: such snapshots are looked at as they are, which costs less.
    const results = find(snapshot.unread.size === 0 ? snapshot : watchReads(snapshot, read));
    drafts.push(...results.map((result) => withUnread(complete(code, result), snapshot, dependsOn ?? read)));
  }
  return { drafts, unknown };
}

/** The finding, whose problem names the kinds of `read` that could not be read. */
export function withUnread<Code extends string>(
  draft: DraftFinding<Code>,
  { unread }: KnownKinds,
  read: Iterable<string>,
): DraftFinding<Code> {
  const says = judgedWithout(unread, read);
  if (says === '') return draft;
  return { ...draft, finding: { ...draft.finding, problem: `${draft.finding.problem}${says}` } };
}

/** The most severe first, then those about most addresses; `codes` is the order of the rest. */
export function sortDrafts<Code extends string>(
  drafts: readonly DraftFinding<Code>[],
  codes: readonly string[],
): readonly DraftFinding<Code>[] {
  const position = new Map(codes.map((code, index) => [code, index]));
  return drafts.toSorted(
    ({ finding: a }, { finding: b }) =>
      SEVERITY_ORDER[a.severity] - SEVERITY_ORDER[b.severity] ||
      b.addresses.length - a.addresses.length ||
      (position.get(a.code) ?? 0) - (position.get(b.code) ?? 0) ||
      compareText(a.object.name, b.object.name),
  );
}
