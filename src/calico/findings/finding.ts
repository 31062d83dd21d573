/** A finding of the doctor: a problem with a cluster's announcements, its cause, and the edit that fixes it. */
import type { Raw } from '../../base/json.ts';
import type { FindingCode } from './codes.ts';

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

export type Finding = {
  readonly code: FindingCode;
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
export type UndecidedCheck = {
  readonly code: FindingCode;
  readonly needs: readonly string[];
  /** What the input lacks, as the end of a sentence. */
  readonly because: string;
  readonly says: string;
};

/** An address of a Service that some router does not learn. */
export type UnlearnedAddress = {
  /** The address as findings print it. */
  readonly address: string;
  readonly family: 4 | 6;
  /** Keys of the Services that have it. */
  readonly services: readonly string[];
  /** It lies in a range that Calico may announce. */
  readonly isListed: boolean;
  /** Names of the routers without a route to it; all of them where `isLearnedNowhere`. */
  readonly missingRouters: readonly string[];
  readonly isLearnedNowhere: boolean;
};

/** A way to fix a problem. */
export type Remedy = { readonly remedy: string; readonly edits: readonly ObjectEdit[] };

/** A finding as a check returns it; `diagnose` adds code, addresses and defaults. */
export type CheckResult = {
  readonly severity: Severity;
  readonly object: ObjectRef;
  readonly field: string;
  readonly problem: string;
  readonly remedy: string;
  readonly edits?: readonly ObjectEdit[];
  /** Other ways, for where the model shows that the edits do not help. */
  readonly alternatives?: readonly Remedy[];
  readonly concerns?: readonly ObjectRef[];
  /** Addresses that it is about, whether routers learn them or not. */
  readonly mentioned?: readonly string[];
  /** Whether it is the reason that routers do not learn the address. */
  readonly explains?: (unlearned: UnlearnedAddress) => boolean;
};
