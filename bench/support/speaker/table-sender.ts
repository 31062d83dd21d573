/**
 * Sends a whole table to one router, with the speaker's Adj-RIB-Out and transport. All routes are desired before the session
 * is established, as in a speaker.
 */

import { DEFAULT_ATTRIBUTES, toNextHop } from '../../../src/bgp/attributes/path.ts';
import { AdjRibOut } from '../../../src/bgp/rib/adj-rib-out.ts';
import { newRibTables } from '../../../src/bgp/rib/shared-tables.ts';
import type { StateName } from '../../../src/bgp/session/session.ts';
import { TcpSessionDriver } from '../../../src/bgp/transport/tcp-session-driver.ts';
import { parseAddress } from '../../../src/net/address.ts';
import { systemClock } from '../../../src/workqueue/system-clock.ts';
import { hostRoutes, type RouteTable } from './host-routes.ts';
import { NODE_AS } from './objects.ts';
import { nodeSettings } from './session-settings.ts';

/** As much as the speaker takes at a time. */
const OCTETS_PER_WRITE = 65_536;

const { family, from, to, routes }: RouteTable = JSON.parse(process.argv[2] ?? '');
const [source, target] = [parseAddress(from), parseAddress(to)];
if (!source.ok || !target.ok) throw new Error('no addresses');

const rib = new AdjRibOut(newRibTables());
const path = {
  nextHop: toNextHop(source.value),
  attributes: { ...DEFAULT_ATTRIBUTES, asPath: [{ kind: 'sequence' as const, asns: [NODE_AS] }] },
};
for (const prefix of hostRoutes(family, routes)) rib.setDesired(prefix, path);
rib.markComplete();

function writable(): void {
  for (;;) {
    const messages = rib.takeMessages(OCTETS_PER_WRITE);
    if (messages.length === 0 || !peering.write(Buffer.concat(messages))) return;
  }
}

const remote = { address: target.value, port: 179, source: source.value, password: null, ttlSecurity: null };
const peering = new TcpSessionDriver(
  nodeSettings(),
  remote,
  {
    stateChanged(from: StateName, to: StateName): void {
      if (to === 'Established' && peering.negotiated !== null) rib.sessionEstablished(peering.negotiated);
      if (from === 'Established') rib.sessionClosed();
    },
    received(): void {},
    writable,
  },
  { clock: systemClock, random: Math.random },
);
peering.start();
setInterval(() => {}, 60_000);
