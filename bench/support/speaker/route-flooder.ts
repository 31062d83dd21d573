/**
 * A router that sends very many routes, in a process of its own, and measures how long the receiver needs to read them. At
 * the end it sends a ROUTE-REFRESH (RFC 2918): the receiver answers when it has read everything before.
 */

import { DEFAULT_ATTRIBUTES, toNextHop } from '../../../src/bgp/attributes/path.ts';
import { BgpListener } from '../../../src/bgp/transport/bgp-listener.ts';
import { TcpSessionDriver } from '../../../src/bgp/transport/tcp-session-driver.ts';
import { AFI, SAFI_UNICAST } from '../../../src/bgp/wire/codes.ts';
import { REFRESH_SUBTYPE } from '../../../src/bgp/wire/message.ts';
import { encodeMessage } from '../../../src/bgp/wire/write/encode.ts';
import { packAnnouncements } from '../../../src/bgp/wire/write/pack.ts';
import { parseAddress } from '../../../src/net/address.ts';
import { systemClock } from '../../../src/workqueue/system-clock.ts';
import { hostRoutes } from './host-routes.ts';
import { COLLECTOR_ADDRESS } from './network-namespace.ts';
import { ROUTER_AS } from './objects.ts';
import { routerSettings } from './session-settings.ts';

/** Its argument; it replies with the milliseconds. */
export type Flood = { readonly port: number; readonly from: string; readonly routes: number };

const CHUNK_MESSAGES = 16;

const { port, from, routes } = JSON.parse(process.argv[2] ?? '') as Flood;
const [speakerAddress, hop] = [parseAddress(from), parseAddress(COLLECTOR_ADDRESS)];
if (!speakerAddress.ok || !hop.ok) throw new Error('no addresses');

const packed = packAnnouncements(
  {
    family: 4,
    path: {
      nextHop: toNextHop(hop.value),
      attributes: { ...DEFAULT_ATTRIBUTES, asPath: [{ kind: 'sequence', asns: [ROUTER_AS] }] },
    },
    prefixes: hostRoutes(4, routes),
  },
  { fourOctetAs: true, extendedNextHop: false, sendMax: 4096 },
);
if (!packed.ok) throw new Error(packed.error.kind);
const chunks: Uint8Array[] = [];
for (let at = 0; at < packed.value.length; at += CHUNK_MESSAGES)
  chunks.push(Buffer.concat(packed.value.slice(at, at + CHUNK_MESSAGES)));
chunks.push(
  encodeMessage({ kind: 'route-refresh', afi: AFI[4], safi: SAFI_UNICAST, subtype: REFRESH_SUBTYPE.request }),
);

let [startedAt, next] = [Number.NaN, 0];

function writable(): void {
  if (Number.isNaN(startedAt)) return;
  while (next < chunks.length) {
    const chunk = chunks[next++];
    if (chunk !== undefined && !peering.write(chunk)) return;
  }
}

const remote = { address: speakerAddress.value, port: 179, source: null, password: null, ttlSecurity: null };
const peering = new TcpSessionDriver(
  routerSettings(),
  remote,
  {
    stateChanged(): void {},
    received(message): void {
      if (message.kind !== 'update' || message.announced.length === 0) return;
      if (Number.isNaN(startedAt)) {
        startedAt = performance.now(); // the receiver has sent its own routes
        writable();
      } else if (next === chunks.length) process.send?.(performance.now() - startedAt);
    },
    writable,
  },
  { clock: systemClock, random: Math.random },
);
const listener = await BgpListener.open([4], port);
if (!listener.ok) throw new Error(listener.error);
await listener.value.expect(remote, (socket) => peering.accept(socket));
peering.start();
process.once('disconnect', () => process.exit(0));
process.send?.('ready');
