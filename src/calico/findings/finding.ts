/** Findings about what Calico announces. */
import type { CheckResultOf, FindingOf, UndecidedCheckOf } from '../../findings/finding.ts';
import type { FindingCode } from './codes.ts';

export type Finding = FindingOf<FindingCode>;

export type UndecidedCheck = UndecidedCheckOf<FindingCode>;

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

export type CheckResult = CheckResultOf<UnlearnedAddress> & {
  /** Addresses that it is about, whether routers learn them or not. */
  readonly mentioned?: readonly string[];
};
