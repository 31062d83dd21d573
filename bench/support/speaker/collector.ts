/**
 * Routers that take what one speaker tells them: a process of its own, made of Berth's own parts. Each is a port; what
 * comes is told to the benchmark as it comes, and kept only as far as that it can be counted.
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
  /** Every session drops at once, and is taken again. */
  | { readonly kind: 'bounce' };

/** `at` is in milliseconds of the wall clock, with what is behind the point. */
export type CollectorReport =
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
const drivers: TcpSessionDriver[] = [];
/** In a network of our own all are free, and peers may have one up to 16384. */
let nextPort = 1790;

process.once('disconnect', () => process.exit(0));
process.on('message', (order: CollectorOrder) => {
  if (order.kind === 'open') void open(order);
  else bounce();
});

function bounce(): void {
  for (const peering of drivers) peering.abandon();
  for (const peering of drivers) peering.start();
}

async function open({ password, holdTime }: CollectorOrder & { kind: 'open' }): Promise<void> {
  const port = nextPort++;
  const listener = await BgpListener.open([4], port);
  if (!listener.ok || !source.ok) throw new Error('no port');
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
    report({ kind: 'heard', port, at, has: prefixes.size, marked, prefix: first, isAnnounced });
  };
  const owner = {
    stateChanged(from: StateName, to: StateName): void {
      if (from === 'Established') {
        prefixes.clear();
        marked = 0;
      }
      report({ kind: 'moved', port, at: wallNow(), to });
    },
    received,
    writable(): void {},
  };
  const remote = { address: source.value, port: 179, source: null, password, ttlSecurity: null };
  const peering = new TcpSessionDriver({ ...routerSettings(), holdTime }, remote, owner, {
    clock,
    random: Math.random,
  });
  drivers.push(peering);
  const because = await listener.value.expect(remote, (socket) => peering.accept(socket));
  if (because !== null) throw new Error(because);
  peering.start();
  report({ kind: 'opened', port });
}
