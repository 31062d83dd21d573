/** Addresses that no router learns and no other rule speaks of: what the model saw, said plainly. P43. */

import type { LinkTrouble } from '../links.ts';
import { familyOf, type Picture } from '../picture.ts';
import { someOf } from './check.ts';
import type { Found, Shortfall } from './finding.ts';
import { serviceRef, type World } from './world.ts';

const TROUBLES: Readonly<Record<LinkTrouble, string>> = {
  'nobody-there': 'nobody is there',
  'peer-down': 'the other end is down',
  'not-wanted': 'the other end does not peer back',
  'as-mismatch': 'the AS numbers do not agree',
  'password-mismatch': 'the passwords differ',
  'ttl-mismatch': 'one end demands a TTL that the other does not send',
  unreachable: 'neither end dials a port that the other listens on',
};

export function unexplained(world: World, shortfalls: readonly Shortfall[]): readonly Found[] {
  if (shortfalls.length === 0) return [];
  const services = [...new Set(shortfalls.flatMap((one) => one.services))];
  const texts = new Set(shortfalls.map(({ address }) => address));
  return [
    {
      severity: 'error',
      object: serviceRef(services[0] ?? ''),
      field: 'status.loadBalancer',
      says: `No router learns ${someOf([...texts])} of ${services.length > 1 ? 'Services' : 'Service'} ${someOf(services)}: ${reason(world.picture, shortfalls)}.`,
      todo: 'Look at the sessions and what is sent on each: `berth doctor -o yaml` lists them.',
      concerns: services.map(serviceRef),
      hurts: ({ address }) => texts.has(address),
    },
  ];
}

function reason({ sessions, routers }: Picture, [first]: readonly Shortfall[]): string {
  const family = first?.family ?? 4;
  if (!routers.some((one) => familyOf(one) === family))
    return `no session with a router carries IPv${family}`;
  const down = sessions.flatMap(({ session, live, result }) =>
    'trouble' in result && session.family === family
      ? [`${live.node.name} with ${TROUBLES[result.trouble]}`]
      : [],
  );
  if (down.length > 0) return `sessions are down (${someOf(down)})`;
  return 'no node that has a session with it announces the address';
}
