/**
 * A whole table for one router: everything is wanted before the session comes up, as in a speaker. The parts are the
 * speaker's: Adj-RIB-Out and sockets.
 */
import { AdjRibOut } from '../../src/bgp/rib/adjribout.ts';
import { newTables } from '../../src/bgp/rib/tables.ts';
import type { StateName } from '../../src/bgp/session/session.ts';
import { parseAddress } from '../../src/net/address.ts';
import { PLAIN_ATTRIBUTES, toNextHop } from '../../src/routes/path.ts';
import { Peering } from '../../src/sockets/peering.ts';
import { systemClock } from '../../src/work/clock.ts';
import { nodeSettings } from './sessions.ts';
import { NODE_AS } from './speakerobjects.ts';
import { type TableOrder, tableOf } from './table.ts';

/** As the speaker takes at a time. */
const OCTETS_A_TURN = 65_536;

const { family, from, to, routes }: TableOrder = JSON.parse(process.argv[2] ?? '');
const [source, target] = [parseAddress(from), parseAddress(to)];
if (!source.ok || !target.ok) throw new Error('no addresses');

const rib = new AdjRibOut(newTables());
const path = {
  nextHop: toNextHop(source.value),
  attributes: { ...PLAIN_ATTRIBUTES, asPath: [{ kind: 'sequence' as const, asns: [NODE_AS] }] },
};
for (const prefix of tableOf(family, routes)) rib.want(prefix, path);
rib.pictureComplete();

function writable(): void {
  for (;;) {
    const messages = rib.take(OCTETS_A_TURN);
    if (messages.length === 0 || !peering.write(Buffer.concat(messages))) return;
  }
}

const remote = { address: target.value, port: 179, source: source.value, password: null, ttlSecurity: null };
const peering = new Peering(
  nodeSettings(),
  remote,
  {
    moved(from: StateName, to: StateName): void {
      if (to === 'Established' && peering.agreement !== null) rib.opened(peering.agreement);
      if (from === 'Established') rib.closed();
    },
    received(): void {},
    writable,
  },
  { clock: systemClock, random: Math.random },
);
peering.start();
setInterval(() => {}, 60_000);
