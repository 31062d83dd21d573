/** A check of what the speakers announce: the kinds that it needs, and the function that finds problems. */
import type { CheckResultOf, FindingOf, UndecidedCheckOf } from '../../findings/finding.ts';
import type { SpeakerFindingCode } from './codes.ts';
import type { AnnouncementSnapshot, UndeliveredAddress } from './snapshot.ts';

export type SpeakerFinding = FindingOf<SpeakerFindingCode>;

export type UndecidedSpeakerCheck = UndecidedCheckOf<SpeakerFindingCode>;

export type SpeakerCheckResult = CheckResultOf<UndeliveredAddress>;

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
