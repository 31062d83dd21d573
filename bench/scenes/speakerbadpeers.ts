/**
 * Beside a good peer one that never answers and one with another password. For whoever dials, both are silence: the kernel
 * of the other side drops what is not signed as it should be.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { median, note, percentile, type Row, spread } from '../support/figures.ts';
import { becomeReady } from '../support/readiness.ts';
import type { SpeakerBed } from '../support/speakerbed.ts';

const ROUNDS = 5;
const SERVICES = 80; // a round and side
const WARM_UP = 50;
const GOAL = 1.2;
/** Until the peers that came or went are seen. */
const SETTLES_MS = 1000;

export async function speakerBadPeers(bed: SpeakerBed, port: number): Promise<readonly Row[]> {
  const silent = await bed.collector.open({ password: 'needed' });
  const locked = await bed.collector.open({ password: 'right' });
  const complete = bed.collector.has(port, bed.services);
  const speaker = bed.speaker();
  await complete;
  await becomeReady(bed, port, { from: 0, count: WARM_UP });
  const waits: Record<'alone' | 'beside', number[]> = { alone: [], beside: [] };
  const ratios: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const p99: Record<'alone' | 'beside', number> = { alone: 0, beside: 0 };
    for (const side of round % 2 === 0 ? (['alone', 'beside'] as const) : (['beside', 'alone'] as const)) {
      if (side === 'beside') {
        await bed.peer('silent', silent);
        await bed.peer('locked', locked, { password: 'wrong' });
      }
      await sleep(SETTLES_MS);
      const waited = await becomeReady(bed, port, { from: round * SERVICES, count: SERVICES });
      const all = waited.map(({ told }) => told);
      waits[side].push(...all);
      p99[side] = percentile(all, 0.99);
      if (side === 'beside') for (const name of ['silent', 'locked']) await bed.removePeer(name);
    }
    ratios.push(p99.beside / p99.alone);
    note(
      `round ${round + 1}: p99 beside bad peers ${p99.beside.toFixed(1)} ms, alone ${p99.alone.toFixed(1)}`,
    );
  }
  await speaker.end();
  const [alone, beside] = [percentile(waits.alone, 0.99), percentile(waits.beside, 0.99)];
  return [
    {
      figure: `one peer that never answers and one with another password: p99 of PATCH sent → UPDATE at a good peer ÷ without them, ${bed.services} Services`,
      goal: `≤ ${GOAL}`,
      seen: `${(beside / alone).toFixed(2)} of all (${beside.toFixed(1)} ÷ ${alone.toFixed(1)} ms; p50 ${median(waits.beside).toFixed(1)} ÷ ${median(waits.alone).toFixed(1)}); by round ${spread(ratios)}; ${ROUNDS} rounds of ${SERVICES}`,
      met: beside / alone <= GOAL,
    },
  ];
}
