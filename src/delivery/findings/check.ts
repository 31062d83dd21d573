/** A check of what the speakers announce: the kinds that it needs, and the function that finds problems. */
import type {
  FindingOf,
  ObjectEdit,
  ObjectRef,
  Remedy,
  Severity,
  UndecidedCheckOf,
} from '../../findings/finding.ts';
import type { SpeakerFindingCode } from './codes.ts';
import type { AnnouncementSnapshot, UndeliveredAddress } from './snapshot.ts';

export type SpeakerFinding = FindingOf<SpeakerFindingCode>;

export type UndecidedSpeakerCheck = UndecidedCheckOf<SpeakerFindingCode>;

/** A finding as a check returns it; `diagnoseSpeakers` adds the code, the addresses and defaults. */
export type SpeakerCheckResult = {
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
  readonly explains?: (undelivered: UndeliveredAddress) => boolean;
};

export type SpeakerCheck = {
  readonly code: SpeakerFindingCode;
  /** Kinds without which it cannot decide. */
  readonly needs: readonly string[];
  /** What stays undecided without them: the end of the sentence `cannot know …`. */
  readonly question: string;
  readonly find: (snapshot: AnnouncementSnapshot) => readonly SpeakerCheckResult[];
};

const LISTED_MAX = 3;

/** `a, b, c and 4 more`. */
export function listSome(names: readonly string[]): string {
  const shown = names.slice(0, LISTED_MAX).join(', ');
  const more = names.length - LISTED_MAX;
  return more > 0 ? `${shown} and ${more} more` : shown;
}
