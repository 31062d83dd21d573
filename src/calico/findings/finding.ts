/** What is wrong with a cluster's announcements, or may surprise: said in two sentences, with the edit that mends it. */
import type { Raw } from '../../base/json.ts';
import type { FindingCode } from './codes.ts';

/** error: traffic cannot work; warning: it works badly or by luck; hint: worth knowing. */
export type Severity = 'error' | 'warning' | 'hint';

export type ObjectRef = {
  readonly apiVersion: string;
  readonly kind: string;
  /** '' for what lives in none. */
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
  /** What is so, and why it matters. */
  readonly problem: string;
  /** What to do. */
  readonly remedy: string;
  /** Empty where no object can mend it. */
  readonly edits: readonly ObjectEdit[];
  /** Other objects that it concerns: pools, Services, nodes. */
  readonly concerns: readonly ObjectRef[];
  /** Of an error: addresses that do not arrive as they should because of it. Of others: those that it is about. */
  readonly addresses: readonly string[];
};

/** What a kind that the input does not hold leaves open. */
export type UndecidedCheck = {
  readonly code: FindingCode;
  readonly needs: readonly string[];
  readonly says: string;
};

/** An address of a Service that some router does not learn. */
export type UnlearnedAddress = {
  /** As text, as findings name it. */
  readonly address: string;
  readonly family: 4 | 6;
  /** The Services that hold it. */
  readonly services: readonly string[];
  /** Lies in the ranges that Calico may announce. */
  readonly isListed: boolean;
  /** The routers without a route to it, by address; all of them where `nowhere`. */
  readonly missingRouters: readonly string[];
  readonly isLearnedNowhere: boolean;
};

/** A finding as a check makes it; `diagnose` fills in the rest. */
export type CheckResult = {
  readonly severity: Severity;
  readonly object: ObjectRef;
  readonly field: string;
  readonly problem: string;
  readonly remedy: string;
  readonly edits?: readonly ObjectEdit[];
  readonly concerns?: readonly ObjectRef[];
  /** Addresses that it names whether they arrive or not. */
  readonly mentioned?: readonly string[];
  /** Whether it explains why the address does not arrive. */
  readonly explains?: (unlearned: UnlearnedAddress) => boolean;
};
