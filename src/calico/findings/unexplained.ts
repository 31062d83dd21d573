/** P43: addresses that routers do not learn or misdirect, and that no other finding explains. */

import { groupBy } from '../../base/list.ts';
import { inflect, listSome } from '../../base/text.ts';
import { type ConvergedCluster, routerFamily } from '../cluster/converged-cluster.ts';
import type { SessionTrouble } from '../cluster/established-sessions.ts';
import type { FindingCode } from './codes.ts';
import type { MisdirectedAddress } from './delivery.ts';
import type { CheckResult, Finding, UnlearnedAddress } from './finding.ts';
import { type ClusterSnapshot, patchOf, serviceRef } from './snapshot.ts';

/** Why a session is not established: a few words. */
export const TROUBLE_TEXTS: Readonly<Record<SessionTrouble, string>> = {
  'nobody-there': 'no node or router has the address',
  'peer-down': 'the peer is down',
  'not-wanted': 'the peer has no such session',
  'as-mismatch': 'the AS numbers differ',
  'password-mismatch': 'the passwords differ',
  'ttl-mismatch': 'only one side uses TTL security',
  superseded: 'another session has the same peer',
  unreachable: 'no side connects to a port that the other listens on',
};

/** Codes of warnings that explain why an address is not delivered. */
const EXPLAINING_WARNINGS: ReadonlySet<FindingCode> = new Set(['P1', 'P28', 'P29']);

/** Results for undelivered addresses that none of the findings names. */
export function explainUndelivered(
  snapshot: ClusterSnapshot,
  findings: readonly Finding[],
): readonly CheckResult[] {
  const named = new Set(
    findings
      .filter(({ severity, code }) => severity === 'error' || EXPLAINING_WARNINGS.has(code))
      .flatMap(({ addresses }) => addresses),
  );
  const errors = new Set(
    findings.filter(({ severity }) => severity === 'error').flatMap(({ addresses }) => addresses),
  );
  const nowhere = snapshot.unlearned.filter((one) => one.isLearnedNowhere && !errors.has(one.address));
  const partly = snapshot.unlearned.filter((one) => !one.isLearnedNowhere && !named.has(one.address));
  const misdirected = snapshot.misdirected.filter(({ assigned }) => !named.has(assigned.text));
  return [
    ...(nowhere.length === 0 ? [] : [learnedNowhere(snapshot, nowhere)]),
    ...[...groupBy(partly, ({ missingRouters }) => missingRouters.join()).values()].map(learnedInPart),
    ...(misdirected.length === 0 ? [] : [routedByRange(misdirected)]),
  ];
}

const describeServices = (keys: readonly string[]): string =>
  `${inflect(keys.length, 'Service', 'Services')} ${listSome(keys)}`;

function learnedNowhere(snapshot: ClusterSnapshot, unlearned: readonly UnlearnedAddress[]): CheckResult {
  const services = [...new Set(unlearned.flatMap((one) => one.services))];
  const texts = new Set(unlearned.map(({ address }) => address));
  return {
    severity: 'error',
    object: serviceRef(services[0] ?? ''),
    field: 'status.loadBalancer',
    problem: `No router learns ${listSome([...texts])} of ${describeServices(services)}. ${unlearnedReason(snapshot.converged, unlearned)}.`,
    remedy: 'Check the sessions and their routes: `berth doctor -o yaml` lists them.',
    concerns: services.map(serviceRef),
    explains: ({ address }) => texts.has(address),
  };
}

/** Addresses that the same routers do not learn. */
function learnedInPart(unlearned: readonly UnlearnedAddress[]): CheckResult {
  const services = [...new Set(unlearned.flatMap((one) => one.services))];
  const texts = unlearned.map(({ address }) => address);
  const routers = unlearned[0]?.missingRouters ?? [];
  return {
    severity: 'warning',
    object: serviceRef(services[0] ?? ''),
    field: 'status.loadBalancer',
    problem: `${inflect(routers.length, 'Router', 'Routers')} ${listSome(routers)} ${inflect(routers.length, 'does', 'do')} not learn ${listSome(texts)} of ${describeServices(services)}. Other routers do.`,
    remedy: 'Check the sessions with it and what they filter: `berth doctor -o yaml` lists them.',
    concerns: services.map(serviceRef),
    mentioned: texts,
  };
}

/** Addresses of Local Services for which routers have only the route of a whole range. */
function routedByRange(misdirected: readonly MisdirectedAddress[]): CheckResult {
  const services = [
    ...new Set(misdirected.flatMap(({ assigned }) => assigned.services.map(({ key }) => key))),
  ];
  const texts = [...new Set(misdirected.map(({ assigned }) => assigned.text))];
  const routers = [...new Set(misdirected.map(({ router }) => router))];
  const nodes = [...new Set(misdirected.flatMap((one) => one.nodes))];
  return {
    severity: 'error',
    object: serviceRef(services[0] ?? ''),
    field: 'spec.externalTrafficPolicy',
    problem: `Requests to Local ${describeServices(services)} are dropped at ${listSome(nodes)} without an endpoint. ${inflect(routers.length, 'Router', 'Routers')} ${listSome(routers)} ${inflect(routers.length, 'has', 'have')} no host route to ${listSome(texts)}, only a range.`,
    remedy:
      'Let nodes with endpoints announce the host route to the router, or set externalTrafficPolicy: Cluster.',
    edits: services.map((key) => patchOf(serviceRef(key), { spec: { externalTrafficPolicy: 'Cluster' } })),
    concerns: services.map(serviceRef),
    mentioned: texts,
  };
}

function unlearnedReason(
  { sessions, routers }: ConvergedCluster,
  [first]: readonly UnlearnedAddress[],
): string {
  const family = first?.family ?? 4;
  if (!routers.some((one) => routerFamily(one) === family))
    return `There is no session with an IPv${family} router`;
  const down = sessions.flatMap(({ session, live, outcome }) =>
    'trouble' in outcome && session.family === family
      ? [`${live.node.name}: ${TROUBLE_TEXTS[outcome.trouble]}`]
      : [],
  );
  if (down.length > 0) return `Sessions are down (${listSome(down)})`;
  return 'No node with a session to a router announces the address';
}
