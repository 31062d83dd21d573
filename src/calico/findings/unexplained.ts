/** Addresses that no router learns and no other rule speaks of: what the model saw, said plainly. P43. */

import { type ConvergedCluster, routerFamily } from '../cluster/converged-cluster.ts';
import type { SessionTrouble } from '../cluster/established-sessions.ts';
import { abbreviateList } from './check.ts';
import type { CheckResult, UnlearnedAddress } from './finding.ts';
import { type ClusterSnapshot, serviceRef } from './snapshot.ts';

const TROUBLE_TEXTS: Readonly<Record<SessionTrouble, string>> = {
  'nobody-there': 'nobody is there',
  'peer-down': 'the other end is down',
  'not-wanted': 'the other end does not peer back',
  'as-mismatch': 'the AS numbers do not agree',
  'password-mismatch': 'the passwords differ',
  'ttl-mismatch': 'one end demands a TTL that the other does not send',
  unreachable: 'neither end dials a port that the other listens on',
};

export function explainUnlearnedAddresses(
  snapshot: ClusterSnapshot,
  shortfalls: readonly UnlearnedAddress[],
): readonly CheckResult[] {
  if (shortfalls.length === 0) return [];
  const services = [...new Set(shortfalls.flatMap((one) => one.services))];
  const texts = new Set(shortfalls.map(({ address }) => address));
  return [
    {
      severity: 'error',
      object: serviceRef(services[0] ?? ''),
      field: 'status.loadBalancer',
      problem: `No router learns ${abbreviateList([...texts])} of ${services.length > 1 ? 'Services' : 'Service'} ${abbreviateList(services)}: ${unlearnedReason(snapshot.converged, shortfalls)}.`,
      remedy: 'Look at the sessions and what is sent on each: `berth doctor -o yaml` lists them.',
      concerns: services.map(serviceRef),
      explains: ({ address }) => texts.has(address),
    },
  ];
}

function unlearnedReason(
  { sessions, routers }: ConvergedCluster,
  [first]: readonly UnlearnedAddress[],
): string {
  const family = first?.family ?? 4;
  if (!routers.some((one) => routerFamily(one) === family))
    return `no session with a router carries IPv${family}`;
  const down = sessions.flatMap(({ session, live, outcome }) =>
    'trouble' in outcome && session.family === family
      ? [`${live.node.name} with ${TROUBLE_TEXTS[outcome.trouble]}`]
      : [],
  );
  if (down.length > 0) return `sessions are down (${abbreviateList(down)})`;
  return 'no node that has a session with it announces the address';
}
