/** Tries the edits of findings on the model: only edits that fix their finding, and bring none as bad, are kept. */
import type { Raw } from '../base/json.ts';
import { applyEdits } from './apply-edits.ts';
import { type FindingOf, type Remedy, SEVERITY_ORDER } from './finding.ts';

/** Above this many objects edits are kept untried, since each try evaluates the whole cluster. */
const TRIED_OBJECTS_MAX = 2_000;

/** A finding with the other ways to fix it. */
export type DraftFinding<Code extends string> = {
  readonly finding: FindingOf<Code>;
  readonly alternatives: readonly Remedy[];
};

/** The findings, their edits tried on `objects`. `evaluate` returns all findings about a set of objects. */
export function tryEdits<Code extends string>(
  drafts: readonly DraftFinding<Code>[],
  objects: readonly Raw[],
  evaluate: (objects: readonly Raw[]) => readonly FindingOf<Code>[],
): readonly FindingOf<Code>[] {
  const findings = findingsOf(drafts);
  if (objects.length > TRIED_OBJECTS_MAX) return findings;
  return drafts.map((draft) => withTriedEdits(draft, objects, findings, evaluate));
}

/** The findings, with edits that nothing was tried on. */
export const findingsOf = <Code extends string>(
  drafts: readonly DraftFinding<Code>[],
): readonly FindingOf<Code>[] => drafts.map(({ finding }) => finding);

/**
 * The finding with the first remedy that works, out of its own and the alternatives. Where none does, it has no edits, and
 * its own remedy in words.
 */
function withTriedEdits<Code extends string>(
  { finding, alternatives }: DraftFinding<Code>,
  objects: readonly Raw[],
  before: readonly FindingOf<Code>[],
  evaluate: (objects: readonly Raw[]) => readonly FindingOf<Code>[],
): FindingOf<Code> {
  if (finding.edits.length === 0) return finding;
  const working = [finding, ...alternatives].find(
    ({ edits }) => edits.length > 0 && isFixed(finding, before, evaluate(applyEdits(objects, edits))),
  );
  return working === undefined
    ? { ...finding, edits: [] }
    : { ...finding, remedy: working.remedy, edits: working.edits };
}

/** Equal for findings about the same fault. */
export const findingKey = ({ code, object, field }: FindingOf<string>): string =>
  [code, object.kind, object.namespace, object.name, field].join(' ');

/** Whether the finding is gone, and no other of at least its severity has come. */
function isFixed(
  finding: FindingOf<string>,
  before: readonly FindingOf<string>[],
  after: readonly FindingOf<string>[],
): boolean {
  const own = findingKey(finding);
  const known = new Set(before.map((one) => `${one.severity} ${findingKey(one)}`));
  return after.every(
    (one) =>
      findingKey(one) !== own &&
      (known.has(`${one.severity} ${findingKey(one)}`) ||
        SEVERITY_ORDER[one.severity] > SEVERITY_ORDER[finding.severity]),
  );
}
