/** What the model of the speakers says of a cluster, as far as the overview shows it. */
import { plural } from '../base/text.ts';
import type { SpeakerFinding } from '../delivery/findings/check.ts';
import type { SpeakerDiagnosis } from '../delivery/findings/diagnose.ts';

export type SpeakerFindings = {
  readonly findings: readonly SpeakerFinding[];
  /** Sentences, without a full stop, about checks that were not decided. */
  readonly undecided: readonly string[];
  /** Sentences, without a full stop, about objects that could not be read. */
  readonly notRead: readonly string[];
};

/** `notRead` are sentences about kinds that could not be read. */
export const speakerFindings = (
  { findings, unknown }: Pick<SpeakerDiagnosis, 'findings' | 'unknown'>,
  notRead: readonly string[] = [],
): SpeakerFindings => ({
  ...{ findings, notRead },
  undecided:
    unknown.length === 0
      ? []
      : [`${plural(unknown.length, 'check')} of the speakers could not be decided: berth doctor lists them`],
});

/** Of a cluster whose model was not computed, and why: the end of a sentence. */
export const notModelledFindings = (
  because: string,
  findings: readonly SpeakerFinding[],
): SpeakerFindings => ({
  ...{ findings, notRead: [] },
  undecided: [`what the speakers announce was not checked: ${because}`],
});
