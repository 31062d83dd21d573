/**
 * Measures the delay of UPDATEs to a good peer beside two bad ones: one never answers, and one has another password. Both
 * look the same to the speaker, since the kernel of the peer drops segments with a wrong signature.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { median, note, percentile, type Row, spread } from '../../support/figures.ts';
import { becomeReady } from '../../support/speaker/readiness.ts';
import type { SpeakerTestBed } from '../../support/speaker/test-bed.ts';

const ROUNDS = 5;
const SERVICES = 80; // a round and side
const WARM_UP = 50;
const GOAL = 1.2;
/** Until the speaker has seen the change of its peers. */
const SETTLES_MS = 1000;

export async function speakerBadPeers(testBed: SpeakerTestBed, port: number): Promise<readonly Row[]> {
  const silent = await testBed.collector.open({ password: 'needed' });
  const wrongPassword = await testBed.collector.open({ password: 'right' });
  const complete = testBed.collector.has(port, testBed.services);
  const speaker = testBed.speaker();
  await complete;
  await becomeReady(testBed, port, { from: 0, count: WARM_UP });
  const waits: Record<'alone' | 'beside', number[]> = { alone: [], beside: [] };
  const ratios: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const p99: Record<'alone' | 'beside', number> = { alone: 0, beside: 0 };
    for (const side of round % 2 === 0 ? (['alone', 'beside'] as const) : (['beside', 'alone'] as const)) {
      if (side === 'beside') {
        await testBed.peer('silent', silent);
        await testBed.peer('wrong-password', wrongPassword, { password: 'wrong' });
      }
      await sleep(SETTLES_MS);
      const delays = await becomeReady(testBed, port, { from: round * SERVICES, count: SERVICES });
      const all = delays.map(({ untilUpdate }) => untilUpdate);
      waits[side].push(...all);
      p99[side] = percentile(all, 0.99);
      if (side === 'beside') for (const name of ['silent', 'wrong-password']) await testBed.removePeer(name);
    }
    ratios.push(p99.beside / p99.alone);
    note(
      `round ${round + 1}: p99 with bad peers ${p99.beside.toFixed(1)} ms, without ${p99.alone.toFixed(1)}`,
    );
  }
  await speaker.end();
  const [alone, withBadPeers] = [percentile(waits.alone, 0.99), percentile(waits.beside, 0.99)];
  return [
    {
      figure: `one peer that never answers and one with another password: p99 of PATCH sent → UPDATE at a good peer ÷ without them, ${testBed.services} Services`,
      goal: `≤ ${GOAL}`,
      seen: `${(withBadPeers / alone).toFixed(2)} of all (${withBadPeers.toFixed(1)} ÷ ${alone.toFixed(1)} ms; p50 ${median(waits.beside).toFixed(1)} ÷ ${median(waits.alone).toFixed(1)}); by round ${spread(ratios)}; ${ROUNDS} rounds of ${SERVICES}`,
      met: withBadPeers / alone <= GOAL,
    },
  ];
}
