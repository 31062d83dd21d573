/**
 * A finding of the doctor: a problem, its cause, and the edit that fixes it. The checks of Calico and those of the speakers have
 * their own codes, and the rest in common.
 */
import type { Raw } from '../base/json.ts';

/** error: some traffic cannot work; warning: it works badly or by chance; hint: worth knowing. */
export type Severity = 'error' | 'warning' | 'hint';

/** The worst first. */
export const SEVERITY_ORDER: Readonly<Record<Severity, number>> = { error: 0, warning: 1, hint: 2 };

export type ObjectRef = {
  readonly apiVersion: string;
  readonly kind: string;
  /** '' for a cluster-scoped object. */
  readonly namespace: string;
  readonly name: string;
};

export type ObjectEdit =
  /** A JSON merge patch (RFC 7386); containers of a workload are matched by name, as a strategic merge does. */
  | { readonly do: 'patch'; readonly object: ObjectRef; readonly patch: Raw }
  | { readonly do: 'create'; readonly object: ObjectRef; readonly manifest: Raw }
  | { readonly do: 'delete'; readonly object: ObjectRef };

/** A way to fix a problem. */
export type Remedy = { readonly remedy: string; readonly edits: readonly ObjectEdit[] };

/** `Code` never changes; it has a name and a paragraph in the documentation. */
export type FindingOf<Code extends string> = {
  readonly code: Code;
  readonly severity: Severity;
  readonly object: ObjectRef;
  /** Path in the object, '' for the object itself. */
  readonly field: string;
  /** The problem and its cause, in short sentences. */
  readonly problem: string;
  /** How to fix it. */
  readonly remedy: string;
  /** Empty where no edit of an object can fix it. */
  readonly edits: readonly ObjectEdit[];
  /** Other objects that are affected: pools, Services, nodes. */
  readonly concerns: readonly ObjectRef[];
  /** Of an error: the addresses that do not work because of it. Of a warning or hint: the addresses that it is about. */
  readonly addresses: readonly string[];
};

/** A check that was not decided, or only in part, since the input lacks objects. */
export type UndecidedCheckOf<Code extends string> = {
  readonly code: Code;
  readonly needs: readonly string[];
  /** What the input lacks, as the end of a sentence. */
  readonly because: string;
  readonly says: string;
};

/** A finding as a check returns it; the diagnosis adds the code, the addresses and defaults. */
export type CheckResultOf<Undelivered> = {
  /** Becomes `error` where it explains an address that is not delivered. */
  readonly severity: Severity;
  readonly object: ObjectRef;
  readonly field: string;
  readonly problem: string;
  readonly remedy: string;
  readonly edits?: readonly ObjectEdit[];
  /** Other ways, for where the model shows that the edits do not help. */
  readonly alternatives?: readonly Remedy[];
  readonly concerns?: readonly ObjectRef[];
  /** Whether it is the reason that an address is not delivered. */
  readonly explains?: (undelivered: Undelivered) => boolean;
};

/** `question` is the end of the sentence `cannot know …`. */
export const undecidedCheck = <Code extends string>(
  { code, question }: { readonly code: Code; readonly question: string },
  needs: readonly string[],
  because: string,
): UndecidedCheckOf<Code> => ({ code, needs, because, says: `cannot know ${question}: ${because}` });
