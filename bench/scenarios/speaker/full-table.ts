/**
 * Measures a hundred thousand host routes to BIRD 2, from the established session on, by Berth, BIRD and GoBGP as senders.
 * BIRD sends static routes, GoBGP routes that it received before. All are new processes in each run, and take turns.
 */
import { writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Family } from '../../../src/net/address.ts';
import { Bird } from '../../../test/support/netns/bird.ts';
import { type NetworkNamespace, TestNetwork } from '../../../test/support/netns/network.ts';
import { requireNetworkBinaries } from '../../../test/support/network-binaries.ts';
import { median, note, type Row, spread } from '../../support/figures.ts';
import { BirdWatch, type RouteArrival } from '../../support/speaker/bird-watch.ts';
import {
  birdReceiverConfig,
  birdSenderConfig,
  gobgpSenderConfig,
  type RouteTable,
} from '../../support/speaker/host-routes.ts';

const ROUTES = 100_000;
const RUNS = 5;
const SENDER = fileURLToPath(new URL('../../support/speaker/table-sender.ts', import.meta.url));
const ADDRESSES = {
  4: { from: '198.18.4.1', to: '198.18.4.2', feeder: '198.18.3.1' },
  6: { from: 'fd98:4::1', to: 'fd98:4::2', feeder: 'fd98:3::1' },
} as const;
const SIDES = ['berth', 'bird', 'gobgp'] as const;
type Side = (typeof SIDES)[number];
const GOALS = { bird: 1, gobgp: 5 } as const;
const RECEIVED_WITHIN_MS = 30_000;

export async function speakerFullTable(): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for (const family of [4, 6] as const) {
    const seen: Record<Side, RouteArrival[]> = { berth: [], bird: [], gobgp: [] };
    for (let run = 0; run < RUNS; run++) {
      const order = [...SIDES.slice(run % SIDES.length), ...SIDES.slice(0, run % SIDES.length)];
      for (const side of order) seen[side].push(await measureSender(side, family));
    }
    rows.push(...rowsOf(family, seen));
  }
  return rows;
}

function rowsOf(family: Family, seen: Readonly<Record<Side, readonly RouteArrival[]>>): readonly Row[] {
  const all = (side: Side): readonly number[] => seen[side].map((one) => one.all - one.establishedAt);
  const most = (side: Side): readonly number[] => seen[side].map((one) => one.most - one.establishedAt);
  note(`IPv${family}: ${SIDES.map((side) => `${side} ${spread(all(side))} ms`).join(', ')}`);
  return (['bird', 'gobgp'] as const).map((side) => {
    const ours = all('berth');
    const ratios = all(side).map((time, run) => time / (ours[run] ?? Number.NaN));
    const ofMost = most(side).map((time, run) => time / (most('berth')[run] ?? Number.NaN));
    return {
      figure: `${ROUTES} IPv${family} host routes, session established → all in BIRD: ${side === 'bird' ? 'BIRD' : 'GoBGP'} as sender ÷ Berth`,
      goal: `≥ ${GOALS[side]}`,
      seen: `${spread(ratios)}; Berth ${spread(ours)} ms, the other ${spread(all(side))} ms; until 99.5 % ${spread(ofMost)}; ${RUNS} runs`,
      met: median(ratios) >= GOALS[side],
    };
  });
}

async function measureSender(side: Side, family: Family): Promise<RouteArrival> {
  const net = new TestNetwork();
  try {
    const { from, to, feeder } = ADDRESSES[family];
    const order: RouteTable = { family, from, to, routes: ROUTES };
    const [sender, router] = [net.namespace('sender'), net.namespace('router')];
    sender.addVeth('eth0', router, 'eth0');
    const long = family === 4 ? '24' : '64 nodad';
    sender.ip(`addr add ${from}/${long} dev eth0`, `addr add ${feeder}/${family === 4 ? 32 : 128} dev lo`);
    router.ip(`addr add ${to}/${long} dev eth0`);
    const receiver = birdIn(router, birdReceiverConfig(order, { dials: side === 'gobgp' }));
    if (side !== 'gobgp') receiver.start();
    if (side === 'berth') startBerth(sender, order);
    else if (side === 'bird') birdIn(sender, birdSenderConfig(order)).start();
    else {
      await startGobgp(sender, order, feeder);
      receiver.start();
    }
    const birdWatch = await BirdWatch.open(`${router.folder}/${router.name}.ctl`);
    const arrival = await birdWatch.waitForRoutes('peer', ROUTES);
    birdWatch.close();
    return arrival;
  } finally {
    net.destroy();
  }
}

function startBerth(namespace: NetworkNamespace, order: RouteTable): void {
  namespace.start('berth', process.execPath, '--import', 'tsx', SENDER, JSON.stringify(order));
}

function birdIn(namespace: NetworkNamespace, text: string): Bird {
  const { bird: daemon, birdc: control } = requireNetworkBinaries();
  const bird = new Bird(namespace, namespace.name, { daemon, control });
  bird.write(text);
  return bird;
}

/** GoBGP gets its routes from Berth, over a session within the namespace. It logs nothing. */
async function startGobgp(namespace: NetworkNamespace, order: RouteTable, feeder: string): Promise<void> {
  const { gobgpd, gobgp } = requireNetworkBinaries();
  const file = `${namespace.folder}/gobgp.json`;
  writeFileSync(file, JSON.stringify(gobgpSenderConfig(order, feeder)));
  namespace.start('gobgp', gobgpd, '-f', file, '-t', 'json', '-l', 'error', '--pprof-disable');
  startBerth(namespace, { ...order, from: feeder, to: order.from });
  const summary = ['global', 'rib', 'summary', '-a', `ipv${order.family}`];
  const giveUpAt = performance.now() + RECEIVED_WITHIN_MS;
  for (;;) {
    const output = await namespace.run(gobgp, ...summary).catch(() => '');
    if (output.includes(`Destination: ${order.routes}`)) return;
    if (performance.now() > giveUpAt) throw new Error(`GoBGP did not receive the routes: ${output}`);
    await sleep(200);
  }
}
