/** What Calico announces, by its model. */

import { compareText, plural } from '../base/text.ts';
import type { Diagnosis } from '../calico/findings/diagnose.ts';
import type { Finding } from '../calico/findings/finding.ts';
import { TROUBLE_TEXTS } from '../calico/findings/unexplained.ts';
import { type RouterReport, reportRouters } from '../calico/report/router-report.ts';
import type { CalicoOverview, CalicoRouterOverview, RoutesOverview } from './announcing-document.ts';
import { groupRoutes, type ServicePrefix } from './route-groups.ts';

/** The result of Calico's model, as far as the overview shows it. */
export type CalicoFacts = {
  readonly overview: CalicoOverview;
  readonly routes: RoutesOverview;
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
  const routers = reportRouters(converged, assigned);
  return {
    overview: {
      version: converged.cluster.version?.join('.') ?? null,
      routers: routers.map(describeRouter),
    },
    routes: groupRoutes('calico', routers.flatMap(servicePrefixes)),
    findings,
    notRead:
      kinds.length === 0 ? [] : [`Calico was checked without ${kinds.join(', ')}, which cannot be read`],
    undecided:
      unknown.length === 0
        ? []
        : [`${plural(unknown.length, 'check')} of Calico could not be decided: berth doctor lists them`],
  };
}

function describeRouter({ address, as, sessions, routes }: RouterReport): CalicoRouterOverview {
  const down = sessions.flatMap(({ node, trouble }) =>
    trouble === '' ? [] : [{ node, because: TROUBLE_TEXTS[trouble] }],
  );
  return {
    ...{ router: address, as },
    sessions: { up: sessions.length - down.length, all: sessions.length },
    nodes: [...new Set(sessions.map(({ node }) => node))].sort(compareText),
    ...{ down, routes: routes.length },
  };
}

/** Routes to Pods are left out: there is one for each node at least. */
const servicePrefixes = ({ address, routes }: RouterReport): readonly ServicePrefix[] =>
  routes
    .filter(({ services }) => services.length > 0)
    .map(({ prefix, services, nextHops }) => ({
      ...{ prefix, services },
      learned: [{ router: address, nodes: nextHops.map((hop) => hop.node || hop.address) }],
    }));
