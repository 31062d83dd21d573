/** What the model of the speakers says of a cluster, as far as the overview shows it. */
import { rememberByObject } from '../base/remember.ts';
import { plural } from '../base/text.ts';
import type { SpeakerFinding } from '../delivery/findings/check.ts';
import type { SpeakerDiagnosis } from '../delivery/findings/diagnose.ts';
import type { RoutesOverview } from './announcing-document.ts';
import { groupRoutes, type RouterRoute } from './route-groups.ts';

export type SpeakerFindings = {
  readonly findings: readonly SpeakerFinding[];
  /** Null where the model was not computed. */
  readonly routes: RoutesOverview | null;
  /** Sentences, without a full stop, about checks that were not decided. */
  readonly undecided: readonly string[];
  /** Sentences, without a full stop, about objects that could not be read. */
  readonly notRead: readonly string[];
};

/** `notRead` are sentences about kinds that could not be read. */
export const speakerFindings = (
  {
    findings,
    unknown,
    snapshot,
  }: Pick<SpeakerDiagnosis, 'findings' | 'unknown'> & Partial<Pick<SpeakerDiagnosis, 'snapshot'>>,
  notRead: readonly string[] = [],
): SpeakerFindings => ({
  ...{ findings, notRead, routes: snapshot === undefined ? null : routesOf(snapshot) },
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
  ...{ findings, notRead: [], routes: null },
  undecided: [`what the speakers announce was not checked: ${because}`],
});

/** A router is the BGPPeer that names it. */
function routesOf({ announced }: SpeakerDiagnosis['snapshot']): RoutesOverview {
  const learnedOf = rememberByObject((via: Via): readonly RouterRoute[] =>
    via.map(({ peer, nodes }) => ({ router: peer, nodes })),
  );
  return groupRoutes(
    'speakers',
    announced.deliveries.flatMap(({ service, routes }) =>
      routes.map(({ prefix, via }) => ({ prefix, services: [service], learned: learnedOf(via) })),
    ),
  );
}

type Via = SpeakerDiagnosis['snapshot']['announced']['deliveries'][number]['routes'][number]['via'];
