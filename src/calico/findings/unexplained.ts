/** P43: addresses that no router learns and no other finding explains, with what the model knows of them. */

import { type ConvergedCluster, routerFamily } from '../cluster/converged-cluster.ts';
import type { SessionTrouble } from '../cluster/established-sessions.ts';
import { abbreviateList, plural } from './check.ts';
import type { CheckResult, UnlearnedAddress } from './finding.ts';
import { type ClusterSnapshot, serviceRef } from './snapshot.ts';

const TROUBLE_TEXTS: Readonly<Record<SessionTrouble, string>> = {
  'nobody-there': 'no node or router has the address',
  'peer-down': 'the peer is down',
  'not-wanted': 'the peer has no such session',
  'as-mismatch': 'the AS numbers differ',
  'password-mismatch': 'the passwords differ',
  'ttl-mismatch': 'only one side uses TTL security',
  unreachable: 'no side connects to a port that the other listens on',
};

export function explainUnlearnedAddresses(
  snapshot: ClusterSnapshot,
  unlearned: readonly UnlearnedAddress[],
): readonly CheckResult[] {
  if (unlearned.length === 0) return [];
  const services = [...new Set(unlearned.flatMap((one) => one.services))];
  const texts = new Set(unlearned.map(({ address }) => address));
  return [
    {
      severity: 'error',
      object: serviceRef(services[0] ?? ''),
      field: 'status.loadBalancer',
      problem: `No router learns ${abbreviateList([...texts])} of ${plural(services.length, 'Service', 'Services')} ${abbreviateList(services)}. ${unlearnedReason(snapshot.converged, unlearned)}.`,
      remedy: 'Check the sessions and their routes: `berth doctor -o yaml` lists them.',
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
    return `There is no session with an IPv${family} router`;
  const down = sessions.flatMap(({ session, live, outcome }) =>
    'trouble' in outcome && session.family === family
      ? [`${live.node.name}: ${TROUBLE_TEXTS[outcome.trouble]}`]
      : [],
  );
  if (down.length > 0) return `Sessions are down (${abbreviateList(down)})`;
  return 'No node with a session to a router announces the address';
}
