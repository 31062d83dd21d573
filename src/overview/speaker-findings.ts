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

/** So many pairs of a Service and a node take the model about a second. */
export const MODELLED_PAIRS_MAX = 50_000;

/** Of a cluster that is too large for the model to be computed on one screen's time; null for one that is not. */
export const unmodelledFindings = (counts: {
  readonly services: number;
  readonly nodes: number;
}): SpeakerFindings | null =>
  counts.services * counts.nodes <= MODELLED_PAIRS_MAX
    ? null
    : {
        ...{ findings: [], notRead: [] },
        undecided: [
          `what the speakers announce of ${plural(counts.services, 'Service')} from ${plural(counts.nodes, 'node')} was not computed: berth doctor does`,
        ],
      };
