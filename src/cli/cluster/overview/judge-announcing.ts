/** What the models of Calico and of the speakers say of a cluster, for its overview. */
import type { Millis } from '../../../base/clock.ts';
import { type CalicoFacts, calicoFacts } from '../../../overview/calico-overview.ts';
import { type Known, known } from '../../../overview/knowledge.ts';
import {
  notModelledFindings,
  type SpeakerFindings,
  speakerFindings,
} from '../../../overview/speaker-findings.ts';
import { type AnnouncingInput, diagnoseAnnouncing, findInObjects } from '../announcing-diagnosis.ts';
import { hasCalicoBgp } from '../calico-input.ts';
import { hasSpeakers } from '../speaker-input.ts';
import type { OverviewFlags } from './options.ts';

export type AnnouncingFacts = {
  /** Null where Calico's BGP is not configured. */
  readonly calico: Known<CalicoFacts | null>;
  /** Null where no speakers announce. */
  readonly speakers: Known<SpeakerFindings | null>;
};

export type JudgeContext = {
  /** Sentences about kinds of the speakers that could not be read. */
  readonly notRead?: readonly string[];
  /** When the objects were read; null for files that do not say so. */
  readonly wall: Millis | null;
};

export function judgeAnnouncing(
  input: AnnouncingInput,
  flags: Pick<OverviewFlags, 'pool-namespace' | 'lb-class'>,
  { notRead = [], wall }: JudgeContext,
): AnnouncingFacts {
  const namespace = flags['pool-namespace'];
  const isByCalico = hasCalicoBgp(input.objects);
  const isBySpeakers = hasSpeakers([...input.objects, ...input.speakers.objects], namespace);
  if (!isByCalico && !isBySpeakers) {
    // Pools are the controller's, whoever announces.
    const findings = findInObjects(input.objects, { namespace, triesEdits: false });
    const facts = findings.length === 0 ? null : speakerFindings({ findings, unknown: [] });
    return { calico: known(null), speakers: known(facts) };
  }
  const { calico, speakers, notModelled, pools } = diagnoseAnnouncing(input, {
    ...{ namespace, lbClass: flags['lb-class'] || null },
    ...{ triesEdits: false, calicoNamespace: '', wall },
  });
  const found =
    speakers === null
      ? speakerFindings({ findings: pools, unknown: [] })
      : speakerFindings(speakers, notRead);
  return {
    calico: known(calico === null || !isByCalico ? null : calicoFacts(calico, input.forbidden)),
    speakers: known(notModelled === null ? found : notModelledFindings(notModelled, pools)),
  };
}
