/** Measures the start of the speaker until the router has the routes of all Services. */
import { median, note, type Row, spread } from '../../support/figures.ts';
import { cpuSeconds } from '../../support/process-usage.ts';
import type { SpeakerTestBed } from '../../support/speaker/test-bed.ts';

const SIZES = [
  { services: 1000, goal: 0.7 },
  { services: 5000, goal: 1.5 },
] as const;
const RUNS = 5;

export async function speakerStartup(testBed: SpeakerTestBed, port: number): Promise<readonly Row[]> {
  const medians: number[] = [];
  const rows: Row[] = [];
  for (const { services, goal } of SIZES) {
    await testBed.growTo(services);
    const all: number[] = [];
    const up: number[] = [];
    const cpu: number[] = [];
    for (let run = 0; run < RUNS; run++) {
      const complete = testBed.collector.has(port, services);
      const speaker = testBed.speaker();
      const at = await complete;
      cpu.push(cpuSeconds(speaker.pid));
      all.push((at - speaker.startedAt) / 1000);
      up.push(((await speaker.firstLogAt) - speaker.startedAt) / 1000);
      await speaker.end();
    }
    note(`${services} Services: all routes at the router after ${spread(all)} s`);
    medians.push(median(all));
    rows.push({
      figure: `start of the process → the routes of all ${services} Services at the router`,
      goal: `≤ ${goal} s`,
      seen: `${spread(all)} s, of which ${spread(up)} s until the first log line; CPU time ${spread(cpu)} s; ${RUNS} runs`,
      met: median(all) <= goal,
    });
  }
  const [few = Number.NaN, many = Number.NaN] = medians;
  const times = SIZES[1].services / SIZES[0].services;
  return [
    ...rows,
    {
      figure: `the same: ${SIZES[1].services} Services ÷ ${SIZES[0].services}`,
      goal: `≤ ${times}`,
      seen: (many / few).toFixed(2),
      met: many / few <= times,
    },
  ];
}
