/**
 * A hundred thousand host routes into BIRD 2, from the moment in which the session stands. BIRD sends static routes, GoBGP
 * what it was fed before; all of them are fresh processes each time, and take turns.
 */
import { writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Family } from '../../src/net/address.ts';
import { Bird } from '../../test/support/netns/bird.ts';
import { type Namespace, Net } from '../../test/support/netns/net.ts';
import { presentNetParts } from '../../test/support/netparts.ts';
import { BirdWatch, type Brought } from '../support/birdwatch.ts';
import { median, note, type Row, spread } from '../support/figures.ts';
import { birdSends, birdTakes, gobgpSends, type TableOrder } from '../support/table.ts';

const ROUTES = 100_000;
const RUNS = 5;
const SENDER = fileURLToPath(new URL('../support/tablesender.ts', import.meta.url));
const ENDS = {
  4: { from: '198.18.4.1', to: '198.18.4.2', feeder: '198.18.3.1' },
  6: { from: 'fd98:4::1', to: 'fd98:4::2', feeder: 'fd98:3::1' },
} as const;
const SIDES = ['berth', 'bird', 'gobgp'] as const;
type Side = (typeof SIDES)[number];
const GOALS = { bird: 1, gobgp: 5 } as const;
const FED_WITHIN_MS = 30_000;

export async function speakerTable(): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for (const family of [4, 6] as const) {
    const seen: Record<Side, Brought[]> = { berth: [], bird: [], gobgp: [] };
    for (let run = 0; run < RUNS; run++) {
      const order = [...SIDES.slice(run % SIDES.length), ...SIDES.slice(0, run % SIDES.length)];
      for (const side of order) seen[side].push(await sent(side, family));
    }
    rows.push(...rowsOf(family, seen));
  }
  return rows;
}

function rowsOf(family: Family, seen: Readonly<Record<Side, readonly Brought[]>>): readonly Row[] {
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
      seen: `${spread(ratios)}; Berth ${spread(ours)} ms, the other ${spread(all(side))} ms; until 99.5 % are there ${spread(ofMost)}; ${RUNS} runs`,
      met: median(ratios) >= GOALS[side],
    };
  });
}

async function sent(side: Side, family: Family): Promise<Brought> {
  const net = new Net();
  try {
    const { from, to, feeder } = ENDS[family];
    const order: TableOrder = { family, from, to, routes: ROUTES };
    const [sender, router] = [net.namespace('sender'), net.namespace('router')];
    sender.cable('eth0', router, 'eth0');
    const long = family === 4 ? '24' : '64 nodad';
    sender.ip(`addr add ${from}/${long} dev eth0`, `addr add ${feeder}/${family === 4 ? 32 : 128} dev lo`);
    router.ip(`addr add ${to}/${long} dev eth0`);
    const taker = birdIn(router, birdTakes(order, { dials: side === 'gobgp' }));
    if (side !== 'gobgp') taker.start();
    if (side === 'berth') startBerth(sender, order);
    else if (side === 'bird') birdIn(sender, birdSends(order)).start();
    else {
      await startGobgp(sender, order, feeder);
      taker.start();
    }
    const watch = await BirdWatch.open(`${router.folder}/${router.name}.ctl`);
    const brought = await watch.brings('peer', ROUTES);
    watch.close();
    return brought;
  } finally {
    net.destroy();
  }
}

function startBerth(space: Namespace, order: TableOrder): void {
  space.start('berth', process.execPath, '--import', 'tsx', SENDER, JSON.stringify(order));
}

function birdIn(space: Namespace, text: string): Bird {
  const { bird: daemon, birdc: control } = presentNetParts();
  const bird = new Bird(space, space.name, { daemon, control });
  bird.write(text);
  return bird;
}

/** Fed by Berth, over a session within the namespace; it logs nothing. */
async function startGobgp(space: Namespace, order: TableOrder, feeder: string): Promise<void> {
  const { gobgpd, gobgp } = presentNetParts();
  const file = `${space.folder}/gobgp.json`;
  writeFileSync(file, JSON.stringify(gobgpSends(order, feeder)));
  space.start('gobgp', gobgpd, '-f', file, '-t', 'json', '-l', 'error', '--pprof-disable');
  startBerth(space, { ...order, from: feeder, to: order.from });
  const summary = ['global', 'rib', 'summary', '-a', `ipv${order.family}`];
  const giveUpAt = performance.now() + FED_WITHIN_MS;
  for (;;) {
    const says = await space.run(gobgp, ...summary).catch(() => '');
    if (says.includes(`Destination: ${order.routes}`)) return;
    if (performance.now() > giveUpAt) throw new Error(`GoBGP has not been fed: ${says}`);
    await sleep(200);
  }
}
