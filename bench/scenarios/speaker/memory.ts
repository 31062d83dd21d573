/** Measures the resident memory of an idle speaker with four peers. */
import { setTimeout as sleep } from 'node:timers/promises';
import { median, note, type Row, spread } from '../../support/figures.ts';
import { residentMemory } from '../../support/process-usage.ts';
import type { SpeakerTestBed } from '../../support/speaker/test-bed.ts';

const PEERS = 4;
const RUNS = 3;
const IDLES_MS = 12_000;

export async function speakerMemory(
  testBed: SpeakerTestBed,
  first: number,
  { services, goal }: { readonly services: number; readonly goal: number },
): Promise<readonly Row[]> {
  await testBed.growTo(services);
  const ports = [first];
  while (ports.length < PEERS) {
    const port = await testBed.collector.open();
    await testBed.peer(`memory-${ports.length}`, port);
    ports.push(port);
  }
  const idle: number[] = [];
  const peak: number[] = [];
  for (let run = 0; run < RUNS; run++) {
    const complete = testBed.collector.haveAll(ports, services);
    const speaker = testBed.speaker();
    await complete;
    await sleep(IDLES_MS);
    const memory = residentMemory(speaker.pid);
    idle.push(memory.now);
    peak.push(memory.peak);
    await speaker.end();
  }
  for (let i = 1; i < PEERS; i++) await testBed.removePeer(`memory-${i}`);
  note(`${services} Services: ${spread(idle)} MB`);
  return [
    {
      figure: `resident, idle with ${services} Services and ${PEERS} peers`,
      goal: `≤ ${goal} MB`,
      seen: `${spread(idle)} MB; peak ${spread(peak)}; ${RUNS} runs`,
      met: median(idle) <= goal,
    },
  ];
}
