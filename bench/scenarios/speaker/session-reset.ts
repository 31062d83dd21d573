/** Measures the recovery of sixty-four sessions that are reset at once. */
import { setTimeout as sleep } from 'node:timers/promises';
import { note, type Row, spread } from '../../support/figures.ts';
import type { SpeakerTestBed } from '../../support/speaker/test-bed.ts';
import { wallNow } from '../../support/wall-clock.ts';

const PEERS = 64;
const SERVICES = 1000;
const RUNS = 3;
/** The minimum of RFC 4271. */
const HOLD_SECONDS = 3;
const WATCHED_MS = 4 * HOLD_SECONDS * 1000;

export async function speakerSessionReset(testBed: SpeakerTestBed): Promise<readonly Row[]> {
  await testBed.growTo(SERVICES);
  const { collector } = testBed;
  const ports: number[] = [];
  for (let i = 0; i < PEERS; i++) {
    const port = await collector.open({ holdTime: HOLD_SECONDS });
    await testBed.peer(`reset-${i}`, port, { holdTime: `${HOLD_SECONDS}s` });
    ports.push(port);
  }
  const complete = collector.haveAll(ports, SERVICES);
  const speaker = testBed.speaker();
  await complete;
  const recoverySeconds: number[] = [];
  let lostAgain = 0;
  for (let run = 0; run < RUNS; run++) {
    const lostBefore = collector.lost;
    const all = collector.haveAll(ports, SERVICES);
    const resetAt = wallNow();
    collector.reset();
    recoverySeconds.push(((await all) - resetAt) / 1000);
    await sleep(WATCHED_MS);
    lostAgain += collector.lost - lostBefore - PEERS;
  }
  const establishedCount = ports.filter((port) => collector.established.has(port)).length;
  await speaker.end();
  for (let i = 0; i < PEERS; i++) await testBed.removePeer(`reset-${i}`);
  note(`${PEERS} sessions established again after ${spread(recoverySeconds)} s`);
  return [
    {
      figure: `${PEERS} sessions of one node reset at once, ${SERVICES} Services, hold time ${HOLD_SECONDS} s: all established with all routes, and none lost later`,
      goal: 'yes',
      seen: `${establishedCount} after ${spread(recoverySeconds)} s; ${lostAgain} lost in the ${WATCHED_MS / 1000} s after that; ${RUNS} runs`,
      met: establishedCount === PEERS && lostAgain === 0,
    },
  ];
}
