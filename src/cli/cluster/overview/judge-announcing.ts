/** What the models of Calico and of the speakers say of a cluster, for its overview. */
import { type CalicoFacts, calicoFacts } from '../../../overview/calico-overview.ts';
import { type Known, known } from '../../../overview/knowledge.ts';
import {
  type SpeakerFindings,
  speakerFindings,
  unmodelledFindings,
} from '../../../overview/speaker-findings.ts';
import { type AnnouncingInput, diagnoseAnnouncing } from '../announcing-diagnosis.ts';
import { hasCalicoBgp } from '../calico-input.ts';
import { hasSpeakers } from '../speaker-input.ts';
import type { OverviewFlags } from './options.ts';

export type AnnouncingFacts = {
  /** Null where Calico's BGP is not configured. */
  readonly calico: Known<CalicoFacts | null>;
  /** Null where no speakers announce. */
  readonly speakers: Known<SpeakerFindings | null>;
};

/** `notRead` are sentences about kinds of the speakers that could not be read. */
export function judgeAnnouncing(
  input: AnnouncingInput,
  flags: Pick<OverviewFlags, 'pool-namespace' | 'lb-class'>,
  notRead: readonly string[] = [],
): AnnouncingFacts {
  const namespace = flags['pool-namespace'];
  const isByCalico = hasCalicoBgp(input.objects);
  const isBySpeakers = hasSpeakers([...input.objects, ...input.speakers.objects], namespace);
  const unmodelled = isBySpeakers ? unmodelledFindings(sizeOf(input)) : null;
  const isModelled = isBySpeakers && unmodelled === null;
  if (!isByCalico && !isModelled) return { calico: known(null), speakers: known(unmodelled) };
  const { calico, speakers } = diagnoseAnnouncing(
    // Without their objects, the speakers' model computes nothing.
    isModelled ? input : { ...input, speakers: { objects: [] } },
    { namespace, lbClass: flags['lb-class'] || null, triesEdits: false, calicoNamespace: '' },
  );
  return {
    calico: known(calico === null || !isByCalico ? null : calicoFacts(calico, input.forbidden)),
    speakers: known(speakers === null || !isModelled ? unmodelled : speakerFindings(speakers, notRead)),
  };
}

function sizeOf({ speakers: { objects } }: AnnouncingInput) {
  const count = (kind: string): number => objects.filter((raw) => raw['kind'] === kind).length;
  return { services: count('Service'), nodes: count('Node') };
}
