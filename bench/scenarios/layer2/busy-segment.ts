/** What a busy segment costs a node that owns addresses: 50,000 broadcast frames a second, half of them ARP requests for others. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { LineProgram } from '../../../test/layer2/transport/support/line-program.ts';
import { TestNetwork } from '../../../test/support/netns/network.ts';
import { note, percentile, type Row } from '../../support/figures.ts';
import { startNode } from '../../support/layer2/node.ts';

const PROBER = new URL('../../support/layer2/prober.ts', import.meta.url);
const FLOODER = new URL('../../support/layer2/flooder.ts', import.meta.url);
const [RATE, SECONDS, ADDRESSES] = [50_000, 10, 1000];
const QUESTIONS = 500;
const CPU_SHARE_MAX = 0.5;

/** Seconds of CPU that the process has used. `nsenter` became the program, so its id is the program's. */
function cpuSeconds(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const ticksPerSecond = Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }));
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
}

export async function layer2BusySegment(): Promise<readonly Row[]> {
  const network = new TestNetwork();
  try {
    const bed = await startNode(network);
    const addresses = Array.from({ length: ADDRESSES }, (_, index) => `10.1.${index >> 8}.${index & 255}`);
    await bed.own(addresses);
    await sleep(5000); // the last announcements of the start
    const shareOver = async (wait: () => Promise<unknown>): Promise<number> => {
      const [before, startedAt] = [cpuSeconds(bed.pid), performance.now()];
      await wait();
      return (cpuSeconds(bed.pid) - before) / ((performance.now() - startedAt) / 1000);
    };
    const quiet = await shareOver(() => sleep(SECONDS * 500));
    const prober = new LineProgram(bed.host, PROBER);
    await prober.next((line) => line.includes(':'), 'prober');
    const flooder = new LineProgram(bed.host, FLOODER, [`${RATE}`, `${SECONDS}`]);
    const asked = addresses.slice(0, QUESTIONS);
    prober.send(JSON.stringify({ addresses: asked, source: '192.0.2.1', pauseMillis: 10 }));
    let sent = 0;
    const busy = await shareOver(async () => {
      sent = Number(await flooder.next(() => true, 'flood'));
    });
    const line = await prober.next((one) => one.startsWith('['), 'times');
    const times = (JSON.parse(line) as readonly (number | null)[]).map(
      (time) => time ?? Number.POSITIVE_INFINITY,
    );
    const lost = times.filter((time) => !Number.isFinite(time)).length;
    for (const program of [prober, flooder]) program.kill();
    bed.stop();
    note(`${sent} frames in ${SECONDS} s; quiet: ${(quiet * 100).toFixed(1)} % of a core`);
    return [
      {
        figure: `layer 2: CPU of the speaker's process at ${Math.round(sent / SECONDS)} broadcast frames/s, half ARP requests for others`,
        goal: `≤ ${CPU_SHARE_MAX} cores`,
        seen: `${busy.toFixed(2)}; ${((busy / (sent / SECONDS / 2)) * 1e6).toFixed(1)} µs an ARP request; quiet ${quiet.toFixed(3)}`,
        met: busy <= CPU_SHARE_MAX,
      },
      {
        figure: 'layer 2: ARP requests for owned addresses among them, lost',
        goal: '0',
        seen: `${lost} of ${times.length}; p50 ${percentile(times, 0.5).toFixed(0)} µs, p99 ${percentile(times, 0.99).toFixed(0)} µs`,
        met: lost === 0,
      },
    ];
  } finally {
    network.destroy();
  }
}
