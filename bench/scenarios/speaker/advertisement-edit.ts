/** Measures an edit of an advertisement of all Services, while one of them becomes ready. */
import { setTimeout as sleep } from 'node:timers/promises';
import { median, note, type Row, spread } from '../../support/figures.ts';
import { makeReady, makeUnready } from '../../support/speaker/readiness.ts';
import type { SpeakerTestBed } from '../../support/speaker/test-bed.ts';
import { wallNow } from '../../support/wall-clock.ts';

const SERVICES = 5000;
const RUNS = 7;
const COMMUNITY = '65116:100';
const LATER_MS = 300;
const SETTLES_MS = 1000;
const EDIT_SECONDS = 1;
const READY_MS = 50;

export async function speakerAdvertisementEdit(
  testBed: SpeakerTestBed,
  port: number,
): Promise<readonly Row[]> {
  await testBed.growTo(SERVICES);
  const complete = testBed.collector.has(port, SERVICES);
  const speaker = testBed.speaker();
  await complete;
  const edits: number[] = [];
  const readies: number[] = [];
  const marked = async (services: number): Promise<number> => {
    const report = await testBed.collector.until((one) => one.kind === 'update' && one.marked === services);
    return report.kind === 'update' ? report.at : Number.NaN;
  };
  for (let run = 0; run < RUNS; run++) {
    await makeUnready(testBed, port, run);
    await sleep(SETTLES_MS);
    // The Service that is not ready has the community when it is announced again.
    const edited = marked(SERVICES - 1);
    const sentAt = wallNow();
    await testBed.advertise({ communities: [COMMUNITY] });
    await sleep(LATER_MS);
    readies.push(await makeReady(testBed, port, run));
    edits.push(((await edited) - sentAt) / 1000);
    await sleep(SETTLES_MS);
    const unmarked = marked(0);
    await testBed.advertise({ communities: [] });
    await unmarked;
  }
  await speaker.end();
  note(`edit ${spread(edits)} s; ready meanwhile ${spread(readies)} ms`);
  return [
    {
      figure: `an advertisement of ${SERVICES} Services gets a community → all routes have it at the router`,
      goal: `≤ ${EDIT_SECONDS} s`,
      seen: `${spread(edits)} s; ${RUNS} runs`,
      met: median(edits) <= EDIT_SECONDS,
    },
    {
      figure: `a Service that becomes ready ${LATER_MS / 1000} s later: PATCH sent → UPDATE`,
      goal: `≤ ${READY_MS} ms`,
      seen: `${spread(readies)} ms; ${RUNS} runs`,
      met: median(readies) <= READY_MS,
    },
  ];
}
