/** What a speaker with four peers occupies once it is idle. */
import { setTimeout as sleep } from 'node:timers/promises';
import { median, note, type Row, spread } from '../support/figures.ts';
import { residentMemory } from '../support/process.ts';
import type { SpeakerBed } from '../support/speakerbed.ts';

const PEERS = 4;
const RUNS = 3;
const IDLES_MS = 12_000;

export async function speakerMemory(
  bed: SpeakerBed,
  first: number,
  { services, goal }: { readonly services: number; readonly goal: number },
): Promise<readonly Row[]> {
  await bed.grow(services);
  const ports = [first];
  while (ports.length < PEERS) {
    const port = await bed.collector.open();
    await bed.peer(`memory-${ports.length}`, port);
    ports.push(port);
  }
  const idle: number[] = [];
  const peak: number[] = [];
  for (let run = 0; run < RUNS; run++) {
    const complete = bed.collector.haveAll(ports, services);
    const speaker = bed.speaker();
    await complete;
    await sleep(IDLES_MS);
    const memory = residentMemory(speaker.pid);
    idle.push(memory.now);
    peak.push(memory.peak);
    await speaker.end();
  }
  for (let i = 1; i < PEERS; i++) await bed.removePeer(`memory-${i}`);
  note(`${services} Services: ${spread(idle)} MB`);
  return [
    {
      figure: `resident, idle with ${services} Services and ${PEERS} peers`,
      goal: `≤ ${goal} MB`,
      seen: `${spread(idle)} MB; at its peak ${spread(peak)}; ${RUNS} runs`,
      met: median(idle) <= goal,
    },
  ];
}
