/**
 * Routers that take what one speaker tells them: a process of its own, made of Berth's own parts. Each is a port; what
 * comes is told to the benchmark as it comes, and kept only as far as that it can be counted.
 */

import type { StateName } from '../../src/bgp/session/session.ts';
import type { RouteRefresh, Update } from '../../src/bgp/wire/message.ts';
import { prefixesIn } from '../../src/bgp/wire/nlri.ts';
import { parseAddress } from '../../src/net/address.ts';
import { formatPrefix } from '../../src/net/prefix.ts';
import { Listener } from '../../src/sockets/listener.ts';
import { Peering } from '../../src/sockets/peering.ts';
import { systemClock } from '../../src/work/clock.ts';
import { NODE_ADDRESS } from './ownnetwork.ts';
import { routerSettings } from './sessions.ts';
import { wallNow } from './wallclock.ts';

export type Order =
  | { readonly kind: 'open'; readonly password: string | null; readonly holdTime: number }
  /** Every session drops at once, and is taken again. */
  | { readonly kind: 'bounce' };

/** `at` is in milliseconds of the wall clock, with what is behind the point. */
export type Told =
  | { readonly kind: 'opened'; readonly port: number }
  | { readonly kind: 'moved'; readonly port: number; readonly at: number; readonly to: StateName }
  | {
      readonly kind: 'heard';
      readonly port: number;
      readonly at: number;
      /** Prefixes that it has now, and how many of them with a community. */
      readonly has: number;
      readonly marked: number;
      /** The first one of the message. */
      readonly prefix: string;
      readonly isAnnounced: boolean;
    };

const clock = systemClock;
const source = parseAddress(NODE_ADDRESS);
const peerings: Peering[] = [];
/** In a network of our own all are free, and peers may have one up to 16384. */
let nextPort = 1790;

process.once('disconnect', () => process.exit(0));
process.on('message', (order: Order) => {
  if (order.kind === 'open') void open(order);
  else bounce();
});

function bounce(): void {
  for (const peering of peerings) peering.abandon();
  for (const peering of peerings) peering.start();
}

async function open({ password, holdTime }: Order & { kind: 'open' }): Promise<void> {
  const port = nextPort++;
  const listener = await Listener.open([4], port);
  if (!listener.ok || !source.ok) throw new Error('no port');
  const tell = (told: Told): void => void process.send?.(told);
  const held = new Map<string, boolean>();
  let marked = 0;
  const hold = (prefix: string, isMarked: boolean | null): void => {
    if (held.get(prefix) === true) marked -= 1;
    if (isMarked === true) marked += 1;
    if (isMarked === null) held.delete(prefix);
    else held.set(prefix, isMarked);
  };
  const received = (message: Update | RouteRefresh): void => {
    if (message.kind !== 'update') return;
    const at = wallNow();
    const isMarked = (message.attributes?.communities.length ?? 0) > 0;
    let first = '';
    for (const prefix of message.withdrawn.flatMap(prefixesIn)) {
      const text = formatPrefix(prefix);
      first ||= text;
      hold(text, null);
    }
    for (const prefix of message.announced.flatMap(({ nlri }) => prefixesIn(nlri))) {
      const text = formatPrefix(prefix);
      first ||= text;
      hold(text, isMarked);
    }
    if (first === '') return;
    const isAnnounced = message.announced.length > 0;
    tell({ kind: 'heard', port, at, has: held.size, marked, prefix: first, isAnnounced });
  };
  const owner = {
    moved(from: StateName, to: StateName): void {
      if (from === 'Established') {
        held.clear();
        marked = 0;
      }
      tell({ kind: 'moved', port, at: wallNow(), to });
    },
    received,
    writable(): void {},
  };
  const remote = { address: source.value, port: 179, source: null, password, ttlSecurity: null };
  const peering = new Peering({ ...routerSettings(), holdTime }, remote, owner, {
    clock,
    random: Math.random,
  });
  peerings.push(peering);
  const because = await listener.value.expect(remote, (socket) => peering.accept(socket));
  if (because !== null) throw new Error(because);
  peering.start();
  tell({ kind: 'opened', port });
}
