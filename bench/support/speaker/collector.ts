/**
 * Collector: routers that receive the routes of one speaker, in a process of its own, made of Berth's own parts. Each router
 * is a port. Updates are reported to the benchmark at once; only the prefixes are kept, to count them.
 */

import type { StateName } from '../../../src/bgp/session/session.ts';
import { BgpListener } from '../../../src/bgp/transport/bgp-listener.ts';
import { TcpSessionDriver } from '../../../src/bgp/transport/tcp-session-driver.ts';
import type { RouteRefresh, Update } from '../../../src/bgp/wire/message.ts';
import { decodePrefixes } from '../../../src/bgp/wire/nlri.ts';
import { parseAddress } from '../../../src/net/address.ts';
import { formatPrefix } from '../../../src/net/prefix.ts';
import { systemClock } from '../../../src/workqueue/system-clock.ts';
import { wallNow } from '../wall-clock.ts';
import { NODE_ADDRESS } from './network-namespace.ts';
import { routerSettings } from './session-settings.ts';

export type CollectorOrder =
  | { readonly kind: 'open'; readonly password: string | null; readonly holdTime: number }
  /** Resets all sessions at once; they are accepted again. */
  | { readonly kind: 'reset' };

/** `at` is by `wallNow`. */
export type CollectorReport =
  | { readonly kind: 'opened'; readonly port: number }
  | { readonly kind: 'state'; readonly port: number; readonly at: number; readonly to: StateName }
  | {
      readonly kind: 'update';
      readonly port: number;
      readonly at: number;
      /** The number of prefixes, and of those with a community. */
      readonly has: number;
      readonly marked: number;
      /** The first prefix of the message. */
      readonly prefix: string;
      readonly isAnnounced: boolean;
    };

const clock = systemClock;
const source = parseAddress(NODE_ADDRESS);
const drivers: TcpSessionDriver[] = [];
/** In a namespace of our own all ports are free; a BGPPeer may have a port up to 16384. */
let nextPort = 1790;

process.once('disconnect', () => process.exit(0));
process.on('message', (order: CollectorOrder) => {
  if (order.kind === 'open') void open(order);
  else reset();
});

function reset(): void {
  for (const peering of drivers) peering.abandon();
  for (const peering of drivers) peering.start();
}

async function open({ password, holdTime }: CollectorOrder & { kind: 'open' }): Promise<void> {
  const port = nextPort++;
  const listener = await BgpListener.open([4], port);
  if (!listener.ok || !source.ok) throw new Error('the port could not be opened');
  const report = (entry: CollectorReport): void => void process.send?.(entry);
  const prefixes = new Map<string, boolean>();
  let marked = 0;
  const record = (prefix: string, isMarked: boolean | null): void => {
    if (prefixes.get(prefix) === true) marked -= 1;
    if (isMarked === true) marked += 1;
    if (isMarked === null) prefixes.delete(prefix);
    else prefixes.set(prefix, isMarked);
  };
  const received = (message: Update | RouteRefresh): void => {
    if (message.kind !== 'update') return;
    const at = wallNow();
    const isMarked = (message.attributes?.communities.length ?? 0) > 0;
    let first = '';
    for (const prefix of message.withdrawn.flatMap(decodePrefixes)) {
      const text = formatPrefix(prefix);
      first ||= text;
      record(text, null);
    }
    for (const prefix of message.announced.flatMap(({ nlri }) => decodePrefixes(nlri))) {
      const text = formatPrefix(prefix);
      first ||= text;
      record(text, isMarked);
    }
    if (first === '') return;
    const isAnnounced = message.announced.length > 0;
    report({ kind: 'update', port, at, has: prefixes.size, marked, prefix: first, isAnnounced });
  };
  const handler = {
    stateChanged(from: StateName, to: StateName): void {
      if (from === 'Established') {
        prefixes.clear();
        marked = 0;
      }
      report({ kind: 'state', port, at: wallNow(), to });
    },
    received,
    writable(): void {},
  };
  const remote = { address: source.value, port: 179, source: null, password, ttlSecurity: null };
  const peering = new TcpSessionDriver({ ...routerSettings(), holdTime }, remote, handler, {
    clock,
    random: Math.random,
  });
  drivers.push(peering);
  const error = await listener.value.expect(remote, (socket) => peering.accept(socket));
  if (error !== null) throw new Error(error);
  peering.start();
  report({ kind: 'opened', port });
}
