/** A check of what the speakers announce, and what it finds. */
import type { CheckOf } from '../../findings/check.ts';
import type { CheckResultOf, FindingOf, UndecidedCheckOf } from '../../findings/finding.ts';
import type { SpeakerFindingCode } from './codes.ts';
import type { AnnouncementSnapshot, UndeliveredAddress } from './snapshot.ts';

export type SpeakerFinding = FindingOf<SpeakerFindingCode>;

export type UndecidedSpeakerCheck = UndecidedCheckOf<SpeakerFindingCode>;

export type SpeakerCheckResult = CheckResultOf<UndeliveredAddress>;

export type SpeakerCheck = CheckOf<SpeakerFindingCode, AnnouncementSnapshot, SpeakerCheckResult>;
