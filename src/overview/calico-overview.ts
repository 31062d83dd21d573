/** What Calico announces, by its model. */

import { plural } from '../base/text.ts';
import type { Diagnosis } from '../calico/findings/diagnose.ts';
import type { Finding } from '../calico/findings/finding.ts';
import { reportRouters } from '../calico/report/router-report.ts';
import type { CalicoOverview } from './announcing-document.ts';

/** The result of Calico's model, as far as the overview shows it. */
export type CalicoFacts = {
  readonly overview: CalicoOverview;
  readonly findings: readonly Finding[];
  /** Sentences, without a full stop, about checks that could not be decided. */
  readonly undecided: readonly string[];
  /** Sentences, without a full stop, about objects that could not be read. */
  readonly notRead: readonly string[];
};

/** `unread` are kinds that could not be read. */
export function calicoFacts(
  { findings, unknown, snapshot }: Diagnosis,
  unread: Iterable<string> = [],
): CalicoFacts {
  const kinds = [...unread].sort();
  const { converged, assigned } = snapshot;
  return {
    overview: {
      version: converged.cluster.version?.join('.') ?? null,
      routers: reportRouters(converged, assigned).map(({ address, as, sessions, routes }) => ({
        router: address,
        as,
        sessions: { up: sessions.filter(({ trouble }) => trouble === '').length, all: sessions.length },
        routes: routes.length,
      })),
    },
    findings,
    notRead:
      kinds.length === 0 ? [] : [`Calico was checked without ${kinds.join(', ')}, which cannot be read`],
    undecided:
      unknown.length === 0
        ? []
        : [`${plural(unknown.length, 'check')} of Calico could not be decided: berth doctor lists them`],
  };
}
