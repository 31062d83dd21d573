/**
 * What a busy segment costs a node that owns addresses: 50,000 broadcast frames a second, half of them ARP requests for others,
 * and each half alone. Then a flood of requests for its own addresses, which has a limit.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Flood } from '../../../test/layer2/transport/support/flood-program.ts';
import { LineProgram } from '../../../test/layer2/transport/support/line-program.ts';
import { TestNetwork } from '../../../test/support/netns/network.ts';
import { note, percentile, type Row } from '../../support/figures.ts';

import { startNode, type WireNode } from '../../support/layer2/node.ts';
import { cpuSeconds } from '../../support/process-usage.ts';

const PROBER = new URL('../../support/layer2/prober.ts', import.meta.url);
const FLOODER = new URL('../../../test/layer2/transport/support/flood-program.ts', import.meta.url);
const [RATE, SECONDS, ADDRESSES] = [50_000, 8, 1000];
const QUESTIONS = 400;
const CPU_SHARE_MAX = 0.5;

const FLOODS: readonly (readonly [flood: Flood, rate: number, what: string])[] = [
  ['others', RATE / 2, 'ARP requests for others'],
  ['datagrams', RATE / 2, 'datagrams'],
  ['mixed', RATE, 'frames, half ARP requests for others'],
  ['owned', RATE, 'ARP requests for its own addresses'],
];

export async function layer2BusySegment(): Promise<readonly Row[]> {
  const network = new TestNetwork();
  try {
    const bed = await startNode(network);
    const addresses = Array.from({ length: ADDRESSES }, (_, index) => `10.1.${index >> 8}.${index & 255}`);
    await bed.own(addresses);
    await sleep(5000); // the last announcements of the start
    const prober = new LineProgram(bed.host, PROBER);
    await prober.next((line) => line.includes(':'), 'prober');
    const rows: Row[] = [];
    for (const [flood, rate, what] of FLOODS)
      rows.push(...(await measure(bed, prober, { flood, rate, what, asked: addresses.slice(0, QUESTIONS) })));
    prober.kill();
    bed.stop();
    return rows;
  } finally {
    network.destroy();
  }
}

async function measure(
  bed: WireNode,
  prober: LineProgram,
  scene: {
    readonly flood: Flood;
    readonly rate: number;
    readonly what: string;
    readonly asked: readonly string[];
  },
): Promise<readonly Row[]> {
  const flooder = new LineProgram(bed.host, FLOODER, [`${scene.rate}`, `${SECONDS}`, scene.flood]);
  // Under the flood of requests for the same addresses, no answer is the prober's alone.
  const isAsked = scene.flood !== 'owned';
  if (isAsked) prober.send(JSON.stringify({ addresses: scene.asked, source: '192.0.2.1', pauseMillis: 10 }));
  const [before, startedAt] = [cpuSeconds(bed.pid), performance.now()];
  const sent = Number(await flooder.next(() => true, 'flood'));
  const seconds = (performance.now() - startedAt) / 1000;
  const share = (cpuSeconds(bed.pid) - before) / seconds;
  flooder.kill();
  note(`${scene.what}: ${sent} in ${seconds.toFixed(1)} s`);
  const cost = {
    figure: `layer 2: CPU of the speaker's process at ${Math.round(sent / SECONDS)} ${scene.what} a second`,
    goal: `≤ ${CPU_SHARE_MAX} cores`,
    seen: `${share.toFixed(3)}; ${((share / (sent / seconds)) * 1e6).toFixed(2)} µs each`,
    met: share <= CPU_SHARE_MAX,
  };
  if (!isAsked) return [cost];
  const line = await prober.next((one) => one.startsWith('['), 'times');
  const times = (JSON.parse(line) as readonly (number | null)[]).map(
    (time) => time ?? Number.POSITIVE_INFINITY,
  );
  const lost = times.filter((time) => !Number.isFinite(time)).length;
  const lostRow = {
    figure: 'layer 2: requests for owned addresses among them, lost',
    goal: '0',
    seen: `${lost} of ${times.length}; p50 ${percentile(times, 0.5).toFixed(0)} µs, p99 ${percentile(times, 0.99).toFixed(0)} µs`,
    met: lost === 0,
  };
  return [cost, lostRow];
}
